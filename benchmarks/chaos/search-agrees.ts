import { z } from "zod";
import type { ApiClient } from "../../scripts/api-client.ts";
import { page } from "../../workers/contract/common.ts";
import { Video } from "../../workers/contract/videos.ts";

const Mine = page(Video);
const FoundVideos = page(z.object({ video: Video }));

async function readAll<T>(
  api: ApiClient,
  path: string,
  schema: z.ZodType<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const answer = schema.parse(await api.call("GET", `${path}&limit=100${query}`));
    items.push(...answer.items);
    cursor = answer.nextCursor;
  }
  return items;
}

const idsOf = (videos: readonly Video[]): string =>
  JSON.stringify(videos.map(({ id }) => id).sort());

/** Whether search finds all videos of an account that can be watched, and no other. @param word in all of their titles */
export async function searchAgrees(api: ApiClient, word: string): Promise<boolean> {
  const mine = await readAll(api, "/v1/videos?creator=me", Mine);
  const found = await readAll(api, `/v1/search?q=${word}`, FoundVideos);
  const watchable = mine.filter(({ state }) => state === "ready" || state === "playable");
  return idsOf(found.map(({ video }) => video)) === idsOf(watchable);
}
