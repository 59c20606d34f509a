/** A request for one file of one version of a video. */
export interface MediaPath {
  videoId: string;
  version: number;
  /** Below the version, as it follows in the URL. */
  path: string;
  kind: "segment" | "playlist" | "live-playlist" | "file" | "download" | "captions" | "key";
}

/**
 * All that may be asked for, by the folder layout of keys.ts. There is no percent sign, no empty or dotted step and
 * no way to `sources/` in here: what does not match is refused before any key is built.
 */
const FILES: readonly [MediaPath["kind"], RegExp][] = [
  ["segment", /^[a-z0-9-]{1,32}\/\d{1,6}\.\d{1,6}\/(?:init\.mp4|\d{5,7}\.m4s)$/],
  ["playlist", /^p\d{1,6}\/[A-Za-z0-9][A-Za-z0-9-]{0,40}(?:\.iframes)?\.(?:m3u8|mpd)$/],
  ["live-playlist", /^event\/[A-Za-z0-9][A-Za-z0-9-]{0,40}(?:\.iframes)?\.m3u8$/],
  ["key", /^key$/],
  ["captions", /^captions\/[A-Za-z0-9-]{2,35}\.\d{1,15}\.vtt$/],
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
  const kind = FILES.find(([, pattern]) => pattern.test(path))?.[0];
  return kind ? { videoId, version: Number(version), path, kind } : null;
}

/**
 * Stands before the path of what the entrypoint keeps. Its answers stay in the cache across deployments, headers
 * included: raise it when they change.
 */
const FORM = "/1/";

/** Where the cached entrypoint has a file: a URL that names no viewer. */
export const storedUrl = ({ videoId, version, path }: MediaPath): string =>
  `https://media.internal${FORM}${videoId}/${version}/${path}`;

/** The file that a URL of `storedUrl` names; null for any other. */
export function parseStoredUrl(url: string): MediaPath | null {
  const { pathname } = new URL(url);
  return pathname.startsWith(FORM) ? parseMediaPath(pathname.slice(FORM.length)) : null;
}

const ENTRY = /^([0-9A-Za-z]{22})\/(multivariant\.m3u8|manifest\.mpd)$/;

/** Parses `{videoId}/multivariant.m3u8` and `{videoId}/manifest.mpd`: whatever the newest lists are. */
export function parseEntryPath(rest: string): { videoId: string; name: string } | null {
  const [, videoId, name] = ENTRY.exec(rest) ?? [];
  return videoId && name ? { videoId, name } : null;
}

const TOKEN_AND_REST = /^\/media\/([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)\/(.+)$/;

/** Splits `/media/{token}/{rest}`; null without something that looks like a JWT (RFC 7515 compact form). */
export function splitToken(pathname: string): { token: string; rest: string } | null {
  const [, token, rest] = TOKEN_AND_REST.exec(pathname) ?? [];
  return token && rest ? { token, rest } : null;
}
