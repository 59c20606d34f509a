import { z } from "zod";

/**
 * Bodies of the transcode queues. A ticket carries no work: it wakes a consumer, which asks D1
 * what to do next, so duplicate, late and lost tickets change nothing.
 */
export const WakeMessage = z.object({ kind: z.literal("wake") });
export type WakeMessage = z.infer<typeof WakeMessage>;

/** Bodies of the `events` queue. */
export const EventMessage = z.discriminatedUnion("kind", [
  /** Bring the search index up to date with one video, whatever happened to it. */
  z.object({ kind: z.literal("index-video"), videoId: z.string() }),
  /** Remove every object of a deleted video. */
  z.object({ kind: z.literal("purge-video"), videoId: z.string() }),
  /** Make the files to download that a video is to have, or remove those that it is not to have any more. */
  z.object({ kind: z.literal("sync-downloads"), videoId: z.string() }),
  /** Someone opened a video that a search had found. `who`: keyed hash of the account or address. */
  z.object({
    kind: z.literal("search-pick"),
    query: z.string(),
    videoId: z.string(),
    who: z.string(),
    at: z.string(),
  }),
  /** Player measurements, already validated at the border. */
  z.object({ kind: z.literal("view"), videoId: z.string(), sessionId: z.string(), at: z.string() }),
]);
export type EventMessage = z.infer<typeof EventMessage>;
