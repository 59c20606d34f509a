import type { Video } from "../../contract/videos.ts";
import { type Catalog, catalogReplica } from "../../db/client.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import { firstMatches } from "../../db/search/candidates.ts";
import { lookUpWords } from "../../db/search/frequent-words.ts";
import { anyWordMatch, categoryMatch } from "../../db/search/match.ts";
import { topDocuments } from "../../db/search/rows.ts";
import { openIndex, type SearchIndex } from "../../db/search/shards.ts";
import { findVideos, type VideoRow } from "../../db/videos.ts";
import { similarity } from "../../domain/ranking.ts";
import { authorizedVideo } from "../authorized-video.ts";
import { isListed } from "../../domain/videos.ts";
import { presentVideos } from "../present-videos.ts";
import type { Principal } from "../../domain/principal.ts";
import { stemOf } from "../../domain/search/stem.ts";
import { wordsInRow } from "../../domain/search/text.ts";

const CANDIDATES = 200;
/** Looked at beside, of those that share frequent words. */
const FREQUENT = 60;
const SHORTEST_WORD = 3;

/** Videos like this one, best first. @throws AppError `not_found` for a video that the caller may not see */
export async function relatedVideos(
  env: Env,
  principal: Principal,
  id: string,
  limit: number,
): Promise<Video[]> {
  const catalog = catalogReplica(env);
  const video = await authorizedVideo(catalog, principal, "search.related", id);
  const rows = await relatedRows(await openIndex(env), catalog, video, limit);
  return presentVideos(env, catalog, rows);
}

/**
 * Rows of videos that share tags, title words or the creator, and where these are too few, the most popular of the
 * category. Looks at a bounded number of candidates only.
 */
export async function relatedRows(
  index: SearchIndex,
  catalog: Catalog,
  video: VideoRow,
  limit: number,
): Promise<VideoRow[]> {
  const words = [video.title, ...video.tags]
    .flatMap(wordsInRow)
    .filter((word) => word.length >= SHORTEST_WORD);
  const sharing = async (some: readonly string[], most: number) =>
    some.length > 0 ? firstMatches(index, "head", anyWordMatch(some), most) : [];
  const [near, others, [popular = []]] = await Promise.all([
    tellingWords(index, words).then((telling) => sharing(telling, CANDIDATES)),
    sharing(words, FREQUENT),
    topDocuments(index, [categoryMatch(video.category)], limit + 1),
  ]);
  const ids = [...new Set([...byLikeness([...near, ...others], video), ...popular])].filter(
    (id) => id !== video.id,
  );
  return (await findVideos(catalog, ids.slice(0, limit + 8))).filter(isListed).slice(0, limit);
}

/** The rarest of these words, as many as are in no more videos than are compared: else `the` would choose them. */
async function tellingWords(index: SearchIndex, words: readonly string[]): Promise<string[]> {
  const { terms } = await lookUpWords(
    index,
    words.map((text) => ({ text, stem: stemOf(text), prefix: false })),
  );
  const df = (word: string): number => terms.get(word)?.df ?? 0;
  const rarest = [...new Set(words)].toSorted((a, b) => df(a) - df(b));
  let videos = 0;
  return rarest.filter((word, i) => (videos += df(word)) <= CANDIDATES || i === 0);
}

function byLikeness(candidates: readonly Candidate[], video: VideoRow): string[] {
  const own = likenessOf({ ...video, creator: video.ownerId });
  return candidates
    .map((candidate) => ({ id: candidate.id, value: similarity(likenessOf(candidate), own) }))
    .toSorted((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1))
    .map((item) => item.id);
}

const likenessOf = (
  video: Pick<Candidate, "title" | "tags" | "category" | "creator" | "views">,
) => ({
  title: new Set(wordsInRow(video.title).filter((word) => word.length >= SHORTEST_WORD)),
  tags: new Set(video.tags.map((tag) => wordsInRow(tag).join(" "))),
  category: video.category,
  creator: video.creator,
  views: video.views,
});
