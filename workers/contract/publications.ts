import { z } from "zod";
import { CaptionKind } from "./caption-kinds.ts";
import { Chapter } from "./chapters.ts";
import { Grid, Rendition, RenditionOutput } from "./transcodes.ts";

/**
 * The data from which the playlists and manifests of one version are rendered. `finish` writes it as `index.json` next
 * to the final playlists; while a video is only `playable` it is assembled from D1.
 */
export const PublishedOutput = RenditionOutput.extend({
  /** Folder of these segments below the version: `h264-720/3.1`. */
  folder: z.string(),
});
export type PublishedOutput = z.infer<typeof PublishedOutput>;

export const Publication = z.object({
  videoId: z.string(),
  version: z.int(),
  duration: z.number(),
  grid: Grid,
  renditions: z.array(
    z.object({
      rendition: Rendition,
      /** In order of firstSegment, contiguous from 0. */
      outputs: z.array(PublishedOutput),
    }),
  ),
  captions: z.array(
    z.object({
      language: z.string(),
      /** Older records have none. */
      kind: CaptionKind.default("subtitles"),
      name: z.string(),
      path: z.string(),
    }),
  ),
  /** Absent if it has none. */
  chapters: z.array(Chapter).optional(),
  /** True while more segments may follow. */
  live: z.boolean(),
  /** The stored segments are encrypted with the version's content key; sizes here are before encryption. */
  encrypted: z.boolean().default(false),
});
export type Publication = z.infer<typeof Publication>;
