import type { Playback } from "../workers/contract/playback.ts";
import type { Feed, SearchResult, Suggestions } from "../workers/contract/search.ts";
import type {
  PartUrls,
  Upload,
  UploadCompleted,
  UploadCreate,
  UploadCreated,
} from "../workers/contract/upload.ts";
import type { Job, JobList, Video, VideoPage, VideoPatch } from "../workers/contract/video.ts";
import type {
  App,
  AppCreate,
  AppCreated,
  Grant,
  Token,
  TokenCreate,
  TokenCreated,
} from "../workers/contract/account.ts";
import type { z } from "zod";
import { authorizedFetch, errorOf } from "./http.ts";

type Query = Record<string, string | number | boolean | undefined>;
interface Options {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** One call of `/v1`. Throws `ApiError`. An empty answer resolves to undefined. */
async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  const isJson = options.body !== undefined && typeof options.body !== "string";
  const response = await authorizedFetch(url, {
    method,
    headers: { ...(isJson ? { "content-type": "application/json" } : {}), ...options.headers },
    body: isJson ? JSON.stringify(options.body) : (options.body as string | undefined),
    signal: options.signal,
  });
  if (!response.ok) throw await errorOf(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

const idempotent = () => ({ "idempotency-key": crypto.randomUUID() });

export const getFeed = (signal?: AbortSignal) => call<Feed>("GET", "/v1/feed", { signal });
export const search = (query: Query, signal?: AbortSignal) =>
  call<SearchResult>("GET", "/v1/search", { query, signal });
export const suggest = (q: string, signal?: AbortSignal) =>
  call<Suggestions>("GET", "/v1/suggest", { query: { q }, signal });

export const listVideos = (query: Query, signal?: AbortSignal) =>
  call<VideoPage>("GET", "/v1/videos", { query, signal });
export const getVideo = (id: string, signal?: AbortSignal) =>
  call<Video>("GET", `/v1/videos/${id}`, { signal });
export const updateVideo = (id: string, patch: VideoPatch) =>
  call<Video>("PATCH", `/v1/videos/${id}`, { body: patch });
export const deleteVideo = (id: string) => call<void>("DELETE", `/v1/videos/${id}`);
export const retryVideo = (id: string) => call<unknown>("POST", `/v1/videos/${id}/retry`);
export const listJobs = async (id: string, signal?: AbortSignal): Promise<Job[]> =>
  (await call<JobList>("GET", `/v1/videos/${id}/jobs`, { signal })).items;

/** @param at seconds into the film */
export const setPoster = (id: string, at: number) =>
  call<unknown>("PUT", `/v1/videos/${id}/poster`, { body: { at } });
/** @param text WebVTT or SubRip */
export const putCaptions = (id: string, language: string, text: string) =>
  call<unknown>("PUT", `/v1/videos/${id}/captions/${encodeURIComponent(language)}`, {
    body: text,
    headers: { "content-type": "text/vtt; charset=utf-8" },
  });
export const deleteCaptions = (id: string, language: string) =>
  call<void>("DELETE", `/v1/videos/${id}/captions/${encodeURIComponent(language)}`);

export const grantPlayback = (id: string, signal?: AbortSignal) =>
  call<Playback>("POST", `/v1/videos/${id}/playback`, { signal });

export const createUpload = (body: UploadCreate) =>
  call<UploadCreated>("POST", "/v1/uploads", { body, headers: idempotent() });
export const getUpload = (id: string, signal?: AbortSignal) =>
  call<Upload>("GET", `/v1/uploads/${id}`, { signal });
export const signParts = async (id: string, partNumbers: number[], signal?: AbortSignal) =>
  (
    await call<PartUrls>("POST", `/v1/uploads/${id}/parts`, {
      body: { partNumbers },
      signal,
    })
  ).parts;
export const recordPart = (id: string, partNumber: number, etag: string, signal?: AbortSignal) =>
  call<void>("PUT", `/v1/uploads/${id}/parts/${partNumber}`, { body: { etag }, signal });
export const completeUpload = (id: string, signal?: AbortSignal) =>
  call<UploadCompleted>("POST", `/v1/uploads/${id}/complete`, { signal });
export const abortUpload = (id: string) => call<void>("DELETE", `/v1/uploads/${id}`);

const itemsOf = async <T>(path: string, signal?: AbortSignal): Promise<T[]> =>
  (await call<{ items: T[] }>("GET", path, { signal })).items;
export const listTokens = (signal?: AbortSignal) => itemsOf<Token>("/v1/tokens", signal);
export const createToken = (body: TokenCreate) =>
  call<TokenCreated>("POST", "/v1/tokens", { body, headers: idempotent() });
export const revokeToken = (id: string) => call<void>("DELETE", `/v1/tokens/${id}`);
export const listApps = (signal?: AbortSignal) => itemsOf<App>("/v1/apps", signal);
export const createApp = (body: AppCreate) =>
  call<z.infer<typeof AppCreated>>("POST", "/v1/apps", { body, headers: idempotent() });
export const deleteApp = (clientId: string) => call<void>("DELETE", `/v1/apps/${clientId}`);
export const listGrants = (signal?: AbortSignal) =>
  itemsOf<z.infer<typeof Grant>>("/v1/grants", signal);
export const revokeGrant = (clientId: string) => call<void>("DELETE", `/v1/grants/${clientId}`);
