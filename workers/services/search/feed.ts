import type { MaturityLimit } from "../../contract/maturity-ratings.ts";
import type { Feed } from "../../contract/search.ts";
import { type Catalog, catalogReplica } from "../../db/client.ts";
import { categoryMatch } from "../../db/search/match.ts";
import { openIndex, type SearchIndex } from "../../db/search/shards.ts";
import { findEditorsPick } from "../../db/editors-pick.ts";
import { topDocuments } from "../../db/search/top-documents.ts";
import { listVideos, popularNow } from "../../db/video-list.ts";
import { findVideos, type VideoRow } from "../../db/videos.ts";
import { libraryOf } from "../../db/history.ts";
import { chooseHero } from "../../domain/hero.ts";
import { isWithinLimit, limitOf } from "../../domain/maturity.ts";
import type { Principal, SignedIn } from "../../domain/principal.ts";
import { profileOf } from "../../domain/profiles.ts";
import type { Offered } from "../../domain/site-settings.ts";
import { isListed } from "../../domain/videos.ts";
import { log } from "../../log.ts";
import { isShownTo } from "../library.ts";
import { presentVideos } from "../present-videos.ts";
import { siteOffers } from "../site-settings.ts";
import { relatedRows } from "./related.ts";

const ROW_LENGTH = 16;
const MAX_CATEGORIES = 6;
/** A category with fewer videos is not worth a heading. */
const MIN_CATEGORY_LENGTH = 2;

interface FeedRow {
  id: string;
  title: string;
  videos: VideoRow[];
}

/** The rows of the home page for one account. */
interface PersonalFeed {
  rows: FeedRow[];
  /** Videos that the account has started to watch, and the ones that it has finished. */
  started: ReadonlySet<string>;
  finished: ReadonlySet<string>;
  watched: Feed["watched"];
}

const NOTHING_PERSONAL: PersonalFeed = {
  ...{ rows: [], started: new Set(), finished: new Set(), watched: {} },
};

/**
 * The home page: the video at its top, then rows: videos to continue, popular now, new, similar to the one watched last, and
 * the categories with the most videos. Every row is one bounded read.
 */
export async function homeFeed(env: Env, principal: Principal): Promise<Feed> {
  const replica = catalogReplica(env);
  const maturityLimit = limitOf(principal);
  const index = openIndex(env);
  const [personal, pick, popular, newest, categories] = await Promise.all([
    principal.kind === "user"
      ? personalFeed(env, index, replica, principal).catch(withoutPersonalFeed)
      : NOTHING_PERSONAL,
    findEditorsPick(replica),
    // One more than a row shows: the hero may be among them.
    popularNow(replica, maturityLimit, ROW_LENGTH + 1),
    listVideos(replica, { scope: "public", maturityLimit }, "newest", null, ROW_LENGTH + 1),
    categoryRows(index, replica, maturityLimit, await siteOffers(env)),
  ]);
  const candidates = [
    ...(pick && isListed(pick) && isWithinLimit(maturityLimit, pick) ? [pick] : []),
    ...popular,
    ...newest,
  ];
  const hero = chooseHero(candidates, personal.started, personal.finished);
  const rows: FeedRow[] = [
    ...personal.rows.slice(0, 1),
    { id: "popular", title: "Popular now", videos: popular },
    { id: "new", title: "New", videos: newest },
    ...personal.rows.slice(1),
    ...categories,
  ]
    .map((row) => ({
      ...row,
      videos: row.videos.filter((video) => video.id !== hero?.id).slice(0, ROW_LENGTH),
    }))
    .filter((row) => row.videos.length > 0);
  // A video may be in several rows but is presented once.
  const shown = [...(hero ? [hero] : []), ...rows.flatMap((row) => row.videos)];
  const unique = [...new Map(shown.map((video) => [video.id, video])).values()];
  const presented = new Map(
    (await presentVideos(env, replica, unique)).map((video) => [video.id, video]),
  );
  return {
    hero: (hero && presented.get(hero.id)) ?? null,
    rows: rows.map(({ id, title, videos }) => ({
      id,
      title,
      items: videos.flatMap((video) => presented.get(video.id) ?? []),
    })),
    watched: personal.watched,
  };
}

/** The public rows are shown if the account's own cannot be read. */
function withoutPersonalFeed(error: unknown): PersonalFeed {
  log("library.unavailable", { error });
  return NOTHING_PERSONAL;
}

/** The rows of this account: "continue", and videos similar to the one watched last. */
async function personalFeed(
  env: Env,
  index: Promise<SearchIndex>,
  replica: Catalog,
  caller: SignedIn,
): Promise<PersonalFeed> {
  const progress = await libraryOf(env, caller.userId).listProgress(
    profileOf(caller),
    2 * ROW_LENGTH,
  );
  const known = (
    await findVideos(
      replica,
      progress.map((row) => row.videoId),
    )
  ).filter((video) => isShownTo(caller, video));
  const finished = new Set(progress.filter((row) => row.finished).map((row) => row.videoId));
  const unfinished = known.filter((video) => !finished.has(video.id)).slice(0, ROW_LENGTH);
  const [last] = known;
  const related = last
    ? await relatedRows(await index, replica, last, ROW_LENGTH, limitOf(caller))
    : [];
  const started = new Set(progress.map((row) => row.videoId));
  const rows = [
    { id: "continue", title: "Continue watching", videos: unfinished },
    {
      id: "because",
      title: last ? `Because you watched ${last.title}` : "",
      videos: related.filter((video) => !started.has(video.id)),
    },
  ];
  const positions = new Map(progress.map((row) => [row.videoId, row.position]));
  const watched = Object.fromEntries(
    unfinished.map(({ id, duration }) => [id, (positions.get(id) ?? 0) / (duration || Infinity)]),
  );
  return { rows, started, finished, watched };
}

/** The videos with the best static scores, of the categories with the most videos. */
async function categoryRows(
  index: Promise<SearchIndex>,
  replica: Catalog,
  maturityLimit: MaturityLimit | null,
  { categories: offered }: Offered,
): Promise<FeedRow[]> {
  const matches = offered.map((category) => categoryMatch(category.slug, maturityLimit));
  const top = await topDocuments(await index, matches, ROW_LENGTH);
  const categories = offered
    .map((category, i) => ({ category, ids: top[i] ?? [] }))
    .filter(({ ids }) => ids.length >= MIN_CATEGORY_LENGTH)
    .toSorted((a, b) => b.ids.length - a.ids.length)
    .slice(0, MAX_CATEGORIES);
  const ids = new Set(categories.flatMap((row) => row.ids));
  const listed = (await findVideos(replica, [...ids])).filter(
    (video) => isListed(video) && isWithinLimit(maturityLimit, video),
  );
  const byId = new Map(listed.map((video) => [video.id, video]));
  return categories.map(({ category, ids: own }) => ({
    id: category.slug,
    title: category.name,
    videos: own.flatMap((id) => byId.get(id) ?? []),
  }));
}
