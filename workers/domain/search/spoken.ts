import type { SearchResult } from "../../contract/search.ts";
import { listCaptions } from "../../db/captions.ts";
import type { Catalog } from "../../db/client.ts";
import { spokenWindows } from "../../db/search/moments.ts";
import type { SearchIndex } from "../../db/search/shards.ts";
import type { Matcher } from "./matcher.ts";
import { momentIn } from "./moments.ts";
import { readTracks } from "./tracks.ts";

type Moment = SearchResult["items"][number]["moments"][number];

/** Caption files read for one page; the rest of its videos show no moment. */
const MAX_VIDEOS = 8;
const MAX_MOMENTS = 3;

/**
 * Where in these videos the words are spoken, by video. The index knows the windows only; the second and the text come
 * from the caption files.
 */
export async function momentsOf(
  env: Pick<Env, "MEDIA">,
  catalog: Catalog,
  index: SearchIndex,
  match: string,
  ids: readonly string[],
  words: readonly Matcher[],
): Promise<Map<string, Moment[]>> {
  const windows = Map.groupBy(await spokenWindows(index, match, ids), (found) => found.id);
  const heard = ids.filter((id) => windows.has(id)).slice(0, MAX_VIDEOS);
  if (heard.length === 0) return new Map();
  const tracks = Map.groupBy(await listCaptions(catalog, heard), (track) => track.videoId);
  const entries = heard.map(async (id): Promise<[string, Moment[]]> => {
    const cues = await readTracks(
      env,
      (tracks.get(id) ?? []).map((track) => track.key),
    );
    const moments = (windows.get(id) ?? []).flatMap(
      ({ window }) => momentIn(window, cues, words) ?? [],
    );
    // A phrase across a border is found in both windows.
    const once = new Map(moments.map((moment) => [moment.start, moment]));
    return [id, [...once.values()].toSorted((a, b) => a.start - b.start).slice(0, MAX_MOMENTS)];
  });
  return new Map(await Promise.all(entries));
}
