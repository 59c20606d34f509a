import { z } from "zod";
import { CaptionKind } from "./caption-kinds.ts";
import { Chapter } from "./chapters.ts";
import { Timestamp } from "./common.ts";

/** ISO 3166-1 alpha-2. */
const Country = z.string().regex(/^[A-Z]{2}$/, "must be country codes of two letters, such as DE");

/** Either list refuses viewers whose country is unknown. */
const Countries = z.strictObject({
  allow: z.array(Country).max(250).optional(),
  deny: z.array(Country).max(250).optional(),
});

const Origin = z
  .string()
  .regex(
    /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/,
    "must be the origin of a site, such as https://example.com",
  );

/** Optional conditions of a playback token; all that are given must hold for each request. */
export const PlaybackTokenRules = z.strictObject({
  countries: Countries.optional(),
  /** CIDR ranges such as `203.0.113.0/24`. Addresses change often on mobile networks: prefer countries. */
  ipRanges: z
    .array(z.union([z.cidrv4(), z.cidrv6()], "must be ranges of addresses, such as 203.0.113.0/24"))
    .max(20)
    .optional(),
  /**
   * Origins whose pages may play, such as `https://example.com`; our own always may. This deters hot-linking but proves
   * nothing.
   */
  origins: z.array(Origin.max(253)).max(20).optional(),
});
export type PlaybackTokenRules = z.infer<typeof PlaybackTokenRules>;

/**
 * The creator's rules for every playback of a video: each playback token carries them in addition to its own. Pages of
 * other origins may not embed the player either.
 */
export const PlaybackRules = z.strictObject({
  countries: Countries.optional(),
  /** Few and short enough for a token. */
  origins: z.array(Origin.max(100)).max(10).optional(),
});
export type PlaybackRules = z.infer<typeof PlaybackRules>;

export const PlaybackRequest = z.strictObject({
  /** Lifetime of the token in seconds: a minute to a day. */
  expiresIn: z.int().min(60).max(86_400).default(7200),
  rules: PlaybackTokenRules.default({}),
  /** The current token of this playback: the new one continues its session, if it is valid. */
  renew: z.string().max(4096).optional(),
});
export type PlaybackRequest = z.infer<typeof PlaybackRequest>;

/** URLs by key system: `{"com.widevine.alpha": "https://license.example/widevine"}`. */
export const Licenses = z.record(z.string().regex(/^[a-z0-9.]+$/), z.url({ protocol: /^https$/ }));
export type Licenses = z.infer<typeof Licenses>;

/** What a player needs; every URL is origin-relative or absolute and carries the playback token in its path. */
export const Playback = z.object({
  hls: z.string(),
  /** null while the video is only `playable`, and for encrypted videos. */
  dash: z.string().nullable(),
  downloads: z.array(
    z.object({ format: z.enum(["mp4", "webm", "m4a"]), url: z.string(), size: z.int() }),
  ),
  poster: z.string().nullable(),
  storyboard: z.string().nullable(),
  captions: z.array(
    z.object({ language: z.string(), kind: CaptionKind, label: z.string(), url: z.string() }),
  ),
  /** Licence servers of the deployment's DRM systems, by key system; empty without DRM (docs/encryption.md). */
  licenses: Licenses,
  /** Sorted by time. From the timestamps in the description, or else from the source; empty without either. */
  chapters: z.array(Chapter),
  token: z.string(),
  /** Identifies this playback, to revoke it. */
  sessionId: z.string(),
  /**
   * The playback counts against the account's limit of concurrent streams: renew it with `renew`, and end it with a
   * beacon with `closed`.
   */
  counted: z.boolean(),
  expiresAt: Timestamp,
  /** Seconds from this response to `expiresAt`, for clients whose clock may be wrong. */
  expiresIn: z.int(),
});
export type Playback = z.infer<typeof Playback>;
