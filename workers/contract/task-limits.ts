import { z } from "zod";

/** Limits that the plan enforces, each with its own failure code. Durations in seconds. */
export const Limits = z.object({
  maxDuration: z.number(),
  maxPixels: z.int(),
  maxStreams: z.int(),
  maxFrameRate: z.number(),
  maxTaskSeconds: z.number(),
  maxOutputBytes: z.int(),
});
export type Limits = z.infer<typeof Limits>;
