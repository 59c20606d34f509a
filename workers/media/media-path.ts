/** A request for one file of one version of a video. */
export interface MediaPath {
  videoId: string;
  version: number;
  /** Below the version, as in the URL. */
  path: string;
  kind:
    | "segment"
    | "encrypted-frame"
    | "playlist"
    | "live-playlist"
    | "file"
    | "download"
    | "captions"
    | "caption-segment"
    | "key";
}

/**
 * Everything that can be requested, by the layout of storage-keys.ts. No pattern admits a percent sign, an empty or dotted
 * path segment, or a way to `sources/`: a path that matches none is refused before a key is built from it.
 */
const PATTERNS: readonly [MediaPath["kind"], RegExp][] = [
  ["segment", /^[a-z0-9-]{1,32}\/\d{1,6}\.\d{1,6}\/(?:init\.mp4|\d{5,7}\.m4s)$/],
  ["encrypted-frame", /^[a-z0-9-]{1,32}\/\d{1,6}\.\d{1,6}\/\d{5,7}\.\d{1,8}\.m4s$/],
  [
    "playlist",
    /^p\d{1,6}\/(?:[A-Za-z0-9][A-Za-z0-9-]{0,40}(?:\.iframes)?\.(?:m3u8|mpd)|chapters\.json)$/,
  ],
  [
    "live-playlist",
    /^event\/(?:[A-Za-z0-9][A-Za-z0-9-]{0,40}(?:\.iframes)?\.m3u8|chapters\.json)$/,
  ],
  ["key", /^key$/],
  ["captions", /^captions\/[A-Za-z0-9-]{2,35}\.\d{1,15}\.vtt$/],
  [
    "caption-segment",
    /^(?:captions\/[A-Za-z0-9-]{2,35}\.\d{1,15}|files\/[A-Za-z0-9-]{1,40}\.\d{1,6}\/[A-Za-z0-9][A-Za-z0-9_-]{0,60})\/\d{1,9}-\d{1,9}\.vtt$/,
  ],
  [
    "download",
    /^files\/[A-Za-z0-9-]{1,40}\.\d{1,6}\/[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.(?:mp4|webm|m4a)$/,
  ],
  [
    "file",
    /^files\/[A-Za-z0-9-]{1,40}\.\d{1,6}\/[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.(?:jpg|png|webp|avif|gif|vtt)$/,
  ],
];

const VERSIONED = /^([0-9A-Za-z]{22})\/([1-9]\d{0,5})\/(.+)$/;

/** Parses what follows `/images/` or `/media/{token}/`; null for anything that is not a file we serve. */
export function parseMediaPath(rest: string): MediaPath | null {
  const [, videoId, version, path] = VERSIONED.exec(rest) ?? [];
  if (!videoId || !path) return null;
  const kind = PATTERNS.find(([, pattern]) => pattern.test(path))?.[0];
  return kind ? { videoId, version: Number(version), path, kind } : null;
}

/**
 * Prefix of the paths in the cache of the entrypoint. Cached responses, headers included, outlive deployments: raise the
 * number when they change.
 */
const CACHE_PREFIX = "/1/";

/** The URL of a file at the cached entrypoint: it names no viewer. */
export const storedUrl = ({ videoId, version, path }: MediaPath): string =>
  `https://media.internal${CACHE_PREFIX}${videoId}/${version}/${path}`;

/** Parses a URL made by `storedUrl`; null for any other. */
export function parseStoredUrl(url: string): MediaPath | null {
  const { pathname } = new URL(url);
  return pathname.startsWith(CACHE_PREFIX)
    ? parseMediaPath(pathname.slice(CACHE_PREFIX.length))
    : null;
}

const ENTRY = /^([0-9A-Za-z]{22})\/(multivariant\.m3u8|manifest\.mpd)$/;

/** Parses `{videoId}/multivariant.m3u8` and `{videoId}/manifest.mpd`, which stand for the newest playlists. */
export function parseEntryPath(rest: string): { videoId: string; name: string } | null {
  const [, videoId, name] = ENTRY.exec(rest) ?? [];
  return videoId && name ? { videoId, name } : null;
}

const TOKEN_AND_REST = /^\/media\/([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)\/(.+)$/;

/** Splits `/media/{token}/{rest}`; null unless the token looks like a JWT (RFC 7515, compact serialization). */
export function splitToken(pathname: string): { token: string; rest: string } | null {
  const [, token, rest] = TOKEN_AND_REST.exec(pathname) ?? [];
  return token && rest ? { token, rest } : null;
}
