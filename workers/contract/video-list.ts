import { z } from "zod";
import { Id, PageQuery, Timestamp } from "./common.ts";
import { PlaylistId } from "./playlists.ts";
import { Fingerprint } from "./uploads.ts";
import { VIDEO_SORTS } from "./video-sorts.ts";
import { Category, VideoState, Visibility } from "./videos.ts";

/** Filters that only a list of one's own videos has. */
const OwnFilters = z.object({
  /** Words that the title or the tags contain, ignoring case and accents. */
  q: z.string().trim().max(200).optional(),
  /** Created at this time or later. */
  createdAfter: Timestamp.optional(),
  /** Created before this time. */
  createdBefore: Timestamp.optional(),
  /** A playlist or series that has them. */
  playlist: PlaylistId.optional(),
  /** Only videos that failed, have lost something, or were hidden by a moderator. */
  problems: z.literal("true").optional(),
});

export const VideoListQuery = PageQuery.extend({
  /** `me` or an account id. The filters after it, and sorting by length or size, are for `me` only. */
  creator: z.string().max(64).optional(),
  state: VideoState.optional(),
  visibility: Visibility.optional(),
  category: Category.optional(),
  ...OwnFilters.shape,
  sort: z.enum(VIDEO_SORTS).default("newest"),
});
export type VideoListQuery = z.infer<typeof VideoListQuery>;

export const OWN_FILTERS = OwnFilters.keyof().options;

/** A file that is about to be uploaded. */
export const DuplicateQuery = z.object({
  fingerprint: Fingerprint,
  /** Bytes. */
  size: z.coerce.number().int().nonnegative(),
});
export type DuplicateQuery = z.infer<typeof DuplicateQuery>;

/** Your own videos that were made of the same file, at most ten. */
export const Duplicates = z.object({
  items: z.array(z.object({ id: Id, title: z.string(), createdAt: Timestamp })),
});
export type Duplicates = z.infer<typeof Duplicates>;
