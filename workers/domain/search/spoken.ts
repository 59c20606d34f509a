import type { SearchResult } from "../../contract/search.ts";
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
 * Where in these videos the words are spoken, by video. The index knows the windows and the keys of the caption files that
 * they were made of; the second and the text come from these.
 */
export async function momentsOf(
  env: Pick<Env, "MEDIA">,
  index: SearchIndex,
  match: string,
  candidates: readonly Candidate[],
  words: readonly Matcher[],
  phrases: readonly string[][],
): Promise<Map<string, Moment[]>> {
  const ids = candidates.flatMap(({ id, captions }) => (captions ? [id] : []));
  if (ids.length === 0) return new Map();
  const windows = Map.groupBy(await spokenWindows(index, match, ids), (one) => one.id);
  const heard = ids.filter((id) => windows.has(id)).slice(0, MAX_VIDEOS);
  const entries = heard.map(async (id): Promise<[string, Moment[]]> => {
    const own = windows.get(id) ?? [];
    const tracks = await readTracks(env, own[0]?.stamp.split(" ") ?? []);
    const places = own.map((one) => one.window);
    return [id, momentsIn(places, tracks, words, phrases)];
  });
  return new Map(await Promise.all(entries));
}
