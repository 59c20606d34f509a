import { z } from "zod";
import { Timestamp } from "./common.ts";

/** A named part of a video; times in seconds. */
export const Clip = z.object({ title: z.string(), start: z.number(), end: z.number() });
export type Clip = z.infer<typeof Clip>;

/** Metadata that links to a public video show elsewhere: in search results, chats and feeds. All URLs are absolute. */
export const SharedVideo = z.object({
  title: z.string(),
  description: z.string(),
  siteName: z.string(),
  creator: z.object({ name: z.string(), url: z.string() }),
  /** The canonical address of the watch page. */
  url: z.string(),
  /** The player alone; null where the creator's rules limit which sites may frame it. */
  embedUrl: z.string().nullable(),
  oembedUrl: z.string(),
  image: z.string().nullable(),
  /** Width of the player in pixels. */
  width: z.int(),
  height: z.int(),
  /** Seconds. */
  duration: z.number().nullable(),
  publishedAt: Timestamp,
  updatedAt: Timestamp,
  language: z.string().nullable(),
  tags: z.array(z.string()),
  views: z.int(),
  /** The chapters, as in a playback. */
  clips: z.array(Clip),
});
export type SharedVideo = z.infer<typeof SharedVideo>;

/** Metadata that links to a scheduled video show before its premiere. All URLs are absolute. */
export const SharedPremiere = z.object({
  title: z.string(),
  description: z.string(),
  siteName: z.string(),
  url: z.string(),
  image: z.string().nullable(),
  /** Null for a premiere that is late. */
  startsAt: Timestamp.nullable(),
});
export type SharedPremiere = z.infer<typeof SharedPremiere>;

/**
 * `video` is null for a video that is not public: its link works but reveals nothing about it, unless it is a premiere
 * that has not started.
 */
export const VideoSharing = z.object({
  video: SharedVideo.nullable(),
  premiere: SharedPremiere.nullable(),
});
export type VideoSharing = z.infer<typeof VideoSharing>;

/** A page of the video sitemap, as its index lists them. */
export const SitemapQuery = z.object({
  page: z.coerce.number().int().min(0).max(50_000).default(0),
});
