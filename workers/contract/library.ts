import { z } from "zod";
import { Id, Language, page, Timestamp } from "./common.ts";
import { Video } from "./videos.ts";

/** Videos of your watchlist, or that you like. */
export const SavedVideos = page(z.object({ video: Video, addedAt: Timestamp }));
export type SavedVideos = z.infer<typeof SavedVideos>;

/** The caller's library data about a video. */
export const VideoMarks = z.object({ inWatchlist: z.boolean(), liked: z.boolean() });
export type VideoMarks = z.infer<typeof VideoMarks>;

/** Data that a browser stored before the viewer signed in. */
export const LibraryImport = z.strictObject({
  /** The latest first. */
  watchlist: z.array(Id).max(50),
  positions: z
    .array(
      z.strictObject({
        videoId: Id,
        /** Seconds from the start. */
        position: z.number().nonnegative().max(1_000_000),
        at: Timestamp,
      }),
    )
    .max(200),
});
export type LibraryImport = z.infer<typeof LibraryImport>;

/** Languages of the site, as in `web/i18n/languages.ts`. */
export const SiteLanguage = z.enum(["en", "de", "ar"]);

/** How a profile watches, on all devices. */
export const WatchSettings = z.object({
  /** The language of the site; null for the browser's language. */
  siteLanguage: SiteLanguage.nullable(),
  /** Preferred language of audio tracks; null takes the video's own. */
  audioLanguage: Language.nullable(),
  /** Captions in this language are shown by themselves; null shows none. */
  captionLanguage: Language.nullable(),
  /** The next video starts automatically. */
  playNext: z.boolean(),
  dataSaver: z.boolean(),
  /** Positions and the history are not kept. */
  historyPaused: z.boolean(),
  /** The player reports what is watched to the statistics of videos, anonymously. */
  countsViews: z.boolean(),
});
export type WatchSettings = z.infer<typeof WatchSettings>;

export const DEFAULT_WATCH_SETTINGS: WatchSettings = {
  siteLanguage: null,
  audioLanguage: null,
  captionLanguage: null,
  playNext: false,
  dataSaver: false,
  historyPaused: false,
  countsViews: true,
};

export const WatchSettingsPatch = z.strictObject(WatchSettings.shape).partial();
export type WatchSettingsPatch = z.infer<typeof WatchSettingsPatch>;
