import type { SearchResult } from "../../contract/search.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import { cueWindows } from "../../db/search/moments.ts";
import type { SearchIndex } from "../../db/search/shards.ts";
import type { Matcher } from "../../domain/search/matcher.ts";
import { momentsIn, windowStarts } from "../../domain/search/moments.ts";
import { readTrack } from "./tracks.ts";

export type Moment = SearchResult["items"][number]["moments"][number];

/** Bytes of caption files read for one page: some score of films. */
const MAX_BYTES = 8_000_000;

/**
 * Where in these videos the words are spoken, by video. The index knows the windows and the keys of the caption files that
 * they were made of; the second and the text come from the file of each video in which they are spoken most. Where it
 * cannot be read, or would be too much for one page, a moment is where its window begins.
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
  const windows = Map.groupBy(await cueWindows(index, match, ids), (one) => one.id);
  let bytes = 0;
  const takes = (size: number): boolean => (bytes += size) <= MAX_BYTES;
  const entries = [...windows].map(async ([id, own]): Promise<[string, Moment[]]> => {
    const tracks = Map.groupBy(own, (one) => one.track).values();
    const [most = []] = [...tracks].toSorted((a, b) => b.length - a.length);
    const places = most.map((one) => one.window);
    const key = most[0]?.stamp.split(" ")[most[0].track] ?? "";
    const track = await readTrack(env, key, takes).catch(() => null);
    return [id, track ? momentsIn(places, track, words, phrases) : windowStarts(places)];
  });
  return new Map(await Promise.all(entries));
}
