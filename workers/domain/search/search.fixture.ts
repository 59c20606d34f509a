import { env } from "cloudflare:workers";
import type { SearchQuery, SearchResult } from "../../contract/search.ts";
import { SearchQuery as SearchQuerySchema } from "../../contract/search.ts";
import { user } from "../../db/auth-schema.ts";
import { catalog } from "../../db/client.ts";
import { videos } from "../../db/schema.ts";
import { indexVideos } from "../../jobs/index-video.ts";
import { newId } from "../id.ts";
import { searchVideos } from "./search.ts";

type Given = Partial<typeof videos.$inferInsert>;

/** Test support: puts public, watchable videos into CATALOG and the index. @returns their ids */
export async function publish(...given: Given[]): Promise<string[]> {
  const db = catalog(env);
  const now = Date.now();
  const rows = given.map((video) => ({
    id: newId(),
    ownerId: "creator",
    title: "Untitled",
    visibility: "public" as const,
    state: "ready" as const,
    createdAt: now,
    updatedAt: now,
    publishedAt: now,
    ...video,
  }));
  for (const row of rows) await db.insert(videos).values(row);
  const ids = rows.map((row) => row.id);
  await indexVideos(env, ids);
  return ids;
}

/** An account that can own videos, so that its name is indexed. */
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

export const find = (
  q: string,
  more: Partial<Record<keyof SearchQuery, unknown>> = {},
): Promise<SearchResult> => searchVideos(env, SearchQuerySchema.parse({ q, ...more }));

export const titles = (result: SearchResult): string[] =>
  result.items.map((item) => item.video.title);
