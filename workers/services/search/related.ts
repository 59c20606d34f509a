import type { MaturityLimit } from "../../contract/maturity-ratings.ts";
import type { Video } from "../../contract/videos.ts";
import { type Catalog, catalogReplica } from "../../db/client.ts";
import type { SearchCandidate } from "../../db/search/candidate-rows.ts";
import { firstMatches } from "../../db/search/candidates.ts";
import { lookUpWords } from "../../db/search/frequent-words.ts";
import { anyWordMatch, categoryMatch } from "../../db/search/match.ts";
import { openIndex, type SearchIndex } from "../../db/search/shards.ts";
import { topDocuments } from "../../db/search/top-documents.ts";
import { findVideos, type VideoRow } from "../../db/videos.ts";
import { isWithinLimit, limitOf } from "../../domain/maturity.ts";
import type { Principal } from "../../domain/principal.ts";
import { similarity, type SimilarityFeatures } from "../../domain/ranking.ts";
import { stemOf } from "../../domain/search/stem.ts";
import { wordSequence } from "../../domain/search/text.ts";
import { isListed } from "../../domain/videos.ts";
import { authorizedVideo } from "../authorized-video.ts";
import { presentVideos } from "../present-videos.ts";

const MAX_CANDIDATES = 200;
/** Additional candidates that share any word, however frequent. */
const MAX_FREQUENT_CANDIDATES = 60;
/** Videos read in addition, in case some may no longer be shown. */
const SPARE_VIDEOS = 8;
const MIN_WORD_LENGTH = 3;

/** Videos similar to this one, best first. @throws AppError `not_found` for a video that the caller may not see */
export async function relatedVideos(
  env: Env,
  principal: Principal,
  id: string,
  limit: number,
): Promise<Video[]> {
  const catalog = catalogReplica(env);
  const video = await authorizedVideo(catalog, principal, "search.related", id);
  const rows = await relatedRows(await openIndex(env), catalog, video, limit, limitOf(principal));
  return presentVideos(env, catalog, rows);
}

/**
 * Rows of videos that share tags, title words or the creator; if these are too few, followed by the most popular of the
 * category. Reads a bounded number of candidates.
 */
export async function relatedRows(
  index: SearchIndex,
  catalog: Catalog,
  video: VideoRow,
  limit: number,
  maturityLimit: MaturityLimit | null,
): Promise<VideoRow[]> {
  const words = [video.title, ...video.tags]
    .flatMap(wordSequence)
    .filter((word) => word.length >= MIN_WORD_LENGTH);
  const withAny = async (some: readonly string[], max: number) =>
    some.length > 0 ? firstMatches(index, "head", anyWordMatch(some), max) : [];
  const [withDistinctive, others, [popular = []]] = await Promise.all([
    distinctiveWords(index, words).then((distinctive) => withAny(distinctive, MAX_CANDIDATES)),
    withAny(words, MAX_FREQUENT_CANDIDATES),
    topDocuments(index, [categoryMatch(video.category, maturityLimit)], limit + 1),
  ]);
  const suitable = [...withDistinctive, ...others].filter((candidate) =>
    isWithinLimit(maturityLimit, candidate),
  );
  const similar = bySimilarity(suitable, video);
  const ids = [...new Set([...similar, ...popular])].filter((id) => id !== video.id);
  const rows = await findVideos(catalog, ids.slice(0, limit + SPARE_VIDEOS));
  return rows.filter((row) => isListed(row) && isWithinLimit(maturityLimit, row)).slice(0, limit);
}

/** The rarest words, as long as all of their videos can be compared: otherwise `the` would select the candidates. */
async function distinctiveWords(index: SearchIndex, words: readonly string[]): Promise<string[]> {
  const { terms } = await lookUpWords(
    index,
    words.map((text) => ({ text, stem: stemOf(text), prefix: false, forms: [], parts: [] })),
  );
  const df = (word: string): number => terms.get(word)?.df ?? 0;
  const rarest = [...new Set(words)].toSorted((a, b) => df(a) - df(b));
  let videos = 0;
  return rarest.filter((word, i) => (videos += df(word)) <= MAX_CANDIDATES || i === 0);
}

/** Ids of the candidates, most similar first. */
function bySimilarity(candidates: readonly SearchCandidate[], video: VideoRow): string[] {
  const own = featuresOf({ ...video, creator: video.ownerId });
  return candidates
    .map((candidate) => ({ id: candidate.id, value: similarity(featuresOf(candidate), own) }))
    .toSorted((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1))
    .map((item) => item.id);
}

function featuresOf(
  video: Pick<SearchCandidate, "title" | "tags" | "category" | "creator" | "views">,
): SimilarityFeatures {
  return {
    title: new Set(wordSequence(video.title).filter((word) => word.length >= MIN_WORD_LENGTH)),
    tags: new Set(video.tags.map((tag) => wordSequence(tag).join(" "))),
    category: video.category,
    creator: video.creator,
    views: video.views,
  };
}
