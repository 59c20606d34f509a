import { z } from "zod";

/** A named part of a video, from `start` (seconds) to the start of the next one. */
export const Chapter = z.object({ start: z.number(), title: z.string() });
export type Chapter = z.infer<typeof Chapter>;
