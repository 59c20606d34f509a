import type { SearchCandidate } from "../../db/search/candidate-rows.ts";
import { findCueWindows } from "../../db/search/cue-windows.ts";
import type { SearchIndex } from "../../db/search/shards.ts";
import type { Matcher } from "../../domain/search/matcher.ts";
import { type Moment, momentsIn, windowStarts } from "../../domain/search/moments.ts";
import { readCaptionCues } from "./caption-cues.ts";

/** Bytes of caption files read for one page: about forty long videos. */
const MAX_CAPTION_BYTES = 8_000_000;

/**
 * The moments of these videos whose captions match, by video id. The index knows the matching windows and the keys of the
 * caption files; the exact second and the text come from the file of the track that matches most, one per video. If that
 * file cannot be read, or would exceed the limit of the page, a moment is the start of its window, without text.
 */
export async function findMoments(
  env: Pick<Env, "MEDIA">,
  index: SearchIndex,
  match: string,
  candidates: readonly SearchCandidate[],
  words: readonly Matcher[],
  phrases: readonly string[][],
): Promise<Map<string, Moment[]>> {
  const ids = candidates.flatMap(({ id, captions }) => (captions ? [id] : []));
  if (ids.length === 0) return new Map();
  const windows = Map.groupBy(await findCueWindows(index, match, ids), (one) => one.id);
  let bytes = 0;
  const accepts = (size: number): boolean => (bytes += size) <= MAX_CAPTION_BYTES;
  const moments = [...windows].map(async ([id, own]): Promise<[string, Moment[]]> => {
    const tracks = Map.groupBy(own, (one) => one.track).values();
    const [most = []] = [...tracks].toSorted((a, b) => b.length - a.length);
    const numbers = most.map((one) => one.window);
    const key = most[0]?.stamp.split(" ")[most[0].track] ?? "";
    const cues = await readCaptionCues(env, key, accepts).catch(() => null);
    return [id, cues ? momentsIn(numbers, cues, words, phrases) : windowStarts(numbers)];
  });
  return new Map(await Promise.all(moments));
}
