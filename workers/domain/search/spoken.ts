import type { SearchResult } from "../../contract/search.ts";
import { listCaptions } from "../../db/captions.ts";
import { catalogReplica } from "../../db/client.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import { spokenWindows } from "../../db/search/moments.ts";
import type { SearchIndex } from "../../db/search/shards.ts";
import type { Matcher } from "./matcher.ts";
import { momentsIn } from "./moments.ts";
import { readTracks } from "./tracks.ts";

export type Moment = SearchResult["items"][number]["moments"][number];

/** Caption files read for one page; the rest of its videos show no moment. */
const MAX_VIDEOS = 8;

/**
 * Where in these videos the words are spoken, by video. The index knows the windows only; the second and the text come
 * from the caption files.
 */
export async function momentsOf(
  env: Pick<Env, "CATALOG" | "MEDIA">,
  index: SearchIndex,
  match: string,
  candidates: readonly Candidate[],
  words: readonly Matcher[],
  phrases: readonly string[][],
): Promise<Map<string, Moment[]>> {
  const ids = candidates.flatMap(({ id, captions }) => (captions ? [id] : []));
  if (ids.length === 0) return new Map();
  const [found, captions] = await Promise.all([
    spokenWindows(index, match, ids),
    listCaptions(catalogReplica(env), ids),
  ]);
  const windows = Map.groupBy(found, (one) => one.id);
  const tracks = Map.groupBy(captions, (track) => track.videoId);
  const heard = ids.filter((id) => windows.has(id)).slice(0, MAX_VIDEOS);
  const entries = heard.map(async (id): Promise<[string, Moment[]]> => {
    const keys = (tracks.get(id) ?? []).map((track) => track.key);
    const places = (windows.get(id) ?? []).map((one) => one.window);
    return [id, momentsIn(places, await readTracks(env, keys), words, phrases)];
  });
  return new Map(await Promise.all(entries));
}
