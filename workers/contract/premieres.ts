import { z } from "zod";
import { Id, Timestamp } from "./common.ts";

/** When a video starts, and what its page shows until then. */
export const Premiere = z.object({
  id: Id,
  title: z.string(),
  description: z.string(),
  creator: z.object({ id: z.string(), name: z.string() }),
  /** Origin-relative URL; null while it has none. */
  poster: z.string().nullable(),
  /** Null for a video that is not scheduled. */
  startsAt: Timestamp.nullable(),
  /** The video can be watched now. */
  isStarted: z.boolean(),
  /** The server's time, which is decisive. */
  now: Timestamp,
});
export type Premiere = z.infer<typeof Premiere>;
