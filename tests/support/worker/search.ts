import { env } from "cloudflare:workers";
import type { SearchQuery, SearchResult } from "../../../workers/contract/search.ts";
import { SearchQuery as SearchQuerySchema } from "../../../workers/contract/search.ts";
import { type Cue, writeWebVtt } from "../../../workers/domain/captions/cues.ts";
import { user } from "../../../workers/db/accounts/auth-schema.ts";
import { type CaptionRow, storeCaptions } from "../../../workers/db/captions.ts";
import { catalog, runBatch } from "../../../workers/db/client.ts";
import { videos } from "../../../workers/db/schema.ts";
import { indexVideos } from "../../../workers/jobs/search/index-video.ts";
import { captionsKey } from "../../../workers/media/storage-keys.ts";
import { putText } from "../../../workers/media/objects.ts";
import { newId } from "../../../workers/domain/id.ts";
import { searchVideos } from "../../../workers/services/search/search.ts";

type VideoChange = Partial<typeof videos.$inferInsert>;

/** Inserts public videos that are ready, and indexes them. @returns their ids */
export async function publish(...changes: VideoChange[]): Promise<string[]> {
  const db = catalog(env);
  const now = Date.now();
  const rows = changes.map((change) => ({
    id: newId(),
    ownerId: "creator",
    title: "Untitled",
    visibility: "public" as const,
    state: "ready" as const,
    createdAt: now,
    updatedAt: now,
    publishedAt: now,
    ...change,
  }));
  for (const row of rows) await db.insert(videos).values(row);
  const ids = rows.map((row) => row.id);
  await indexVideos(env, ids);
  return ids;
}

export function cue(start: number, text: string): Cue {
  return {
    start,
    end: start + 3,
    text,
    settings: "",
  };
}

/** Stores captions like an upload, without indexing them. */
export async function storeCues(
  videoId: string,
  cues: readonly Cue[],
  language = "en",
): Promise<CaptionRow> {
  const now = Date.now();
  const key = captionsKey(videoId, language, now);
  await putText(env, key, writeWebVtt(cues), "text/vtt");
  const row = {
    videoId,
    language,
    label: language,
    key,
    origin: "uploaded" as const,
    cues: cues.length,
    revision: now,
    updatedAt: now,
  };
  await runBatch(catalog(env), storeCaptions(catalog(env), row));
  return row;
}

/** Stores and indexes captions. */
export async function caption(
  videoId: string,
  cues: readonly Cue[],
  language?: string,
): Promise<CaptionRow> {
  const row = await storeCues(videoId, cues, language);
  await indexVideos(env, [videoId]);
  return row;
}

/** Inserts an account, whose name is indexed with its videos. @returns its id */
export async function creator(name: string): Promise<string> {
  const id = newId();
  const now = new Date();
  await catalog(env)
    .insert(user)
    .values({
      id,
      name,
      email: `${id}@example.com`,
      emailVerified: true,
      createdAt: now,
      updatedAt: now,
    });
  return id;
}

export function find(
  q: string,
  more: Partial<Record<keyof SearchQuery, unknown>> = {},
): Promise<SearchResult> {
  return searchVideos(env, SearchQuerySchema.parse({ q, ...more }), null);
}

export const titles = (result: SearchResult): string[] =>
  result.items.map((item) => item.video.title);
