import { z } from "zod";
import { Id } from "./common.ts";
import { MAX_BULK_VIDEOS } from "./max-bulk-videos.ts";
import { PlaylistId } from "./playlists.ts";
import { Tags, VideoPatch } from "./videos.ts";

/** What happens to each of the videos. Repeating it changes nothing more. */
export const Edit = z.discriminatedUnion("kind", [
  VideoPatch.pick({
    visibility: true,
    category: true,
    language: true,
    downloadsEnabled: true,
  }).extend({ kind: z.literal("change") }),
  /** Tags are compared without case. A tag in both lists is removed. */
  z.strictObject({
    kind: z.literal("tags"),
    add: Tags.default([]),
    remove: Tags.default([]),
  }),
  /** Videos that are not in the playlist yet are added at the end, in this order. */
  z.strictObject({ kind: z.literal("playlist"), playlistId: PlaylistId }),
  z.strictObject({ kind: z.literal("delete") }),
  /** Restores them from the bin. */
  z.strictObject({ kind: z.literal("restore") }),
]);
export type Edit = z.infer<typeof Edit>;

export const BulkEdit = z.strictObject({
  ids: z
    .array(Id)
    .min(1)
    .max(MAX_BULK_VIDEOS)
    .refine((ids) => new Set(ids).size === ids.length, "must not repeat an id"),
  edit: Edit,
});
export type BulkEdit = z.infer<typeof BulkEdit>;

/** The result for each video, in the order of the request. */
export const BulkEditResult = z.object({
  items: z.array(
    z.object({
      id: Id,
      /** Null if the video is now as the request wants it. */
      error: z.object({ code: z.string(), detail: z.string() }).nullable(),
    }),
  ),
});
export type BulkEditResult = z.infer<typeof BulkEditResult>;
