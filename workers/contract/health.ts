import { z } from "zod";
import { HEALTH_PARTS } from "./health-parts.ts";

export const HealthPart = z.enum(HEALTH_PARTS);
export type HealthPart = z.infer<typeof HealthPart>;

export const Liveness = z.object({ status: z.literal("alive") });

/** How one part answered, for operators. */
export const PartHealth = z.object({
  part: HealthPart,
  isReady: z.boolean(),
  /** How long the check took. */
  milliseconds: z.number(),
  /** What is wrong, and where to look. */
  problem: z.string().optional(),
});
export type PartHealth = z.infer<typeof PartHealth>;

/**
 * `ready`: everything answers. `degraded`: videos can be watched and uploaded, but something else does not work or is late.
 * `unavailable`: neither.
 */
export const Readiness = z.object({
  status: z.enum(["ready", "degraded", "unavailable"]),
  /** When the parts were checked, at most a few seconds ago. */
  checkedAt: z.string(),
  /** For an admin's token with the scope `admin` only. */
  parts: z.array(PartHealth).optional(),
});
export type Readiness = z.infer<typeof Readiness>;
