import { z } from "zod";
import { Id, page, PageQuery, Timestamp } from "./common.ts";
import { lineOfText, linesOfText } from "./text.ts";
import { Video, Visibility } from "./videos.ts";

/** The id of its account and twelve more characters, so that nothing has to be looked up to find where it is kept. */
export const PlaylistId = z
  .string()
  .regex(/^[0-9A-Za-z]{34}$/, "must be an id of 34 letters and digits");

/** A series is a creator's own videos by season and episode. */
export const PlaylistKind = z.enum(["playlist", "series"]);
export type PlaylistKind = z.infer<typeof PlaylistKind>;

const PlaylistTitle = lineOfText(150);
const PlaylistDescription = linesOfText(2000);

export const PlaylistCreate = z.strictObject({
  title: PlaylistTitle,
  description: PlaylistDescription.default(""),
  visibility: Visibility.default("private"),
  kind: PlaylistKind.default("playlist"),
});
export type PlaylistCreate = z.infer<typeof PlaylistCreate>;

export const PlaylistPatch = z
  .strictObject({
    title: PlaylistTitle,
    description: PlaylistDescription,
    visibility: Visibility,
  })
  .partial();
export type PlaylistPatch = z.infer<typeof PlaylistPatch>;

const MAX_SEASON = 200;

/**
 * The position of a video in a playlist. Without it, a new video is added at the end, and a video that is in the
 * playlist is not moved.
 */
export const PlaylistItemPut = z.strictObject({
  /** The video follows this one; null puts it first. */
  after: Id.nullable().optional(),
  /** Only in a series. */
  season: z.int().min(1).max(MAX_SEASON).optional(),
});
export type PlaylistItemPut = z.infer<typeof PlaylistItemPut>;

export const Playlist = z.object({
  id: PlaylistId,
  kind: PlaylistKind,
  title: z.string(),
  description: z.string(),
  visibility: Visibility,
  creator: z.object({ id: z.string(), name: z.string() }),
  /** Videos that the caller may not see are counted too. */
  videoCount: z.int(),
  /** Poster of its first video, if the caller may see it. */
  poster: z.string().nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Playlist = z.infer<typeof Playlist>;

export const PlaylistItem = z.object({
  video: Video,
  /** 0 in a playlist without seasons. */
  season: z.int(),
  /** Position within the season, or in the whole playlist, from 1. */
  episode: z.int(),
});
export type PlaylistItem = z.infer<typeof PlaylistItem>;

/** A playlist with a page of its videos. */
export const PlaylistPage = Playlist.extend(page(PlaylistItem).shape);
export type PlaylistPage = z.infer<typeof PlaylistPage>;

export const PlaylistPageQuery = PageQuery.extend({
  /** The page begins a few videos before this one. */
  at: Id.optional(),
});
export type PlaylistPageQuery = z.infer<typeof PlaylistPageQuery>;

export const PlaylistListQuery = z.object({
  /** `me` or an account id. */
  creator: z.string().max(64),
  /** Makes `having` list which of your playlists contain this video. */
  video: Id.optional(),
});
export type PlaylistListQuery = z.infer<typeof PlaylistListQuery>;

export const PlaylistList = z.object({
  items: z.array(Playlist),
  /** Ids of your playlists that have the video of the query. */
  having: z.array(PlaylistId),
  /** It is in your watchlist. */
  inWatchlist: z.boolean(),
});
export type PlaylistList = z.infer<typeof PlaylistList>;
