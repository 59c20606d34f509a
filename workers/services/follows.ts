import { z } from "zod";
import type { PageQuery } from "../contract/common.ts";
import type { FollowList, Notifications } from "../contract/follows.ts";
import { MAX_NOTIFICATIONS } from "../contract/max-notifications.ts";
import type { VideoPage } from "../contract/videos.ts";
import { catalogReplica } from "../db/client.ts";
import { findCreatorCards } from "../db/creators.ts";
import { newestOfCreators } from "../db/followed-videos.ts";
import { type LibraryEnv, libraryOf } from "../db/history.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import { LIMITS } from "../domain/limits.ts";
import { limitOf } from "../domain/maturity.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { creatorImageUrl } from "../media/creator-images.ts";
import { authorizedCreator } from "./creators.ts";
import { presentVideos } from "./present-videos.ts";

type FollowEnv = Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS"> & LibraryEnv;

/** Calls to other objects at once, when an account that follows many changes or is deleted. */
const CALLS_AT_ONCE = 25;

/**
 * Follows a creator. Repeating it is harmless, and completes an interrupted call. A follow that ended in between, also
 * by the deletion of the account, is not kept at the creator.
 * @throws AppError not_found; conflict for the caller itself; limit_reached
 */
export async function followCreator(
  env: FollowEnv,
  principal: Principal,
  creatorId: string,
): Promise<void> {
  await authorizedCreator(env, principal, "follows.put", creatorId);
  const { userId } = signedIn(principal);
  if (userId === creatorId) throw new AppError("conflict", "You cannot follow yourself.");
  const library = libraryOf(env, userId);
  if (!(await library.follow(creatorId, Date.now())))
    throw new AppError(
      "limit_reached",
      `An account can follow ${LIMITS.followsPerAccount} creators.`,
    );
  const creator = libraryOf(env, creatorId);
  const [browsers] = await Promise.all([
    library.listPush(),
    creator.addFollower(creatorId, userId),
  ]);
  if (!(await library.isFollowing(creatorId))) await creator.removeFollower(userId);
  // It refuses accounts that do not follow.
  if (browsers.length > 0) await creator.setPushFollower(userId, true);
}

export async function unfollowCreator(
  env: LibraryEnv,
  principal: Principal,
  creatorId: string,
): Promise<void> {
  const { userId } = signedIn(principal);
  await libraryOf(env, userId).unfollow([creatorId]);
  await libraryOf(env, creatorId).removeFollower(userId);
}

/** Calls the object of each creator that an account follows. */
export async function tellCreators(
  env: LibraryEnv,
  userId: string,
  tell: (creator: ReturnType<typeof libraryOf>) => Promise<void>,
): Promise<void> {
  const { follows } = await libraryOf(env, userId).followState();
  for (let from = 0; from < follows.length; from += CALLS_AT_ONCE)
    await Promise.all(
      follows
        .slice(from, from + CALLS_AT_ONCE)
        .map(({ creatorId }) => tell(libraryOf(env, creatorId))),
    );
}

/** Ends all follows of an account that is being deleted, so that no creator counts it any more. */
export function unfollowAll(env: LibraryEnv, userId: string): Promise<void> {
  return tellCreators(env, userId, (creator) => creator.removeFollower(userId));
}

/** @throws AppError not_found */
export async function isFollowing(
  env: FollowEnv,
  principal: Principal,
  creatorId: string,
): Promise<boolean> {
  await authorizedCreator(env, principal, "follows.get", creatorId);
  return libraryOf(env, signedIn(principal).userId).isFollowing(creatorId);
}

/** The creators that the caller follows, the latest first. Those that are gone are forgotten. */
export async function listFollows(env: FollowEnv, principal: Principal): Promise<FollowList> {
  const library = libraryOf(env, signedIn(principal).userId);
  const { follows } = await library.followState();
  const ids = follows.map(({ creatorId }) => creatorId);
  const cards = new Map(
    (await findCreatorCards(catalogReplica(env), ids)).map((card) => [card.id, card]),
  );
  return {
    items: follows.flatMap(({ creatorId, since }) => {
      const card = cards.get(creatorId);
      if (!card) return [];
      const creator = { ...card, avatar: creatorImageUrl(creatorId, card.avatar) };
      return [{ creator, since: new Date(since).toISOString() }];
    }),
  };
}

const Position = z.tuple([z.number(), z.string()]);

/** The public videos of the creators that the caller follows, the newest first. */
export async function followedVideos(
  env: FollowEnv,
  principal: Principal,
  { limit, cursor }: PageQuery,
): Promise<VideoPage> {
  const after = cursor === undefined ? undefined : decodeCursor(Position, cursor);
  const { follows } = await libraryOf(env, signedIn(principal).userId).followState();
  const db = catalogReplica(env);
  const ids = follows.map(({ creatorId }) => creatorId);
  const rows = await newestOfCreators(db, ids, limitOf(principal), limit + 1, after);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: await presentVideos(env, db, items, principal),
    nextCursor: last && rows.length > limit ? encodeCursor([last.publishedAt ?? 0, last.id]) : null,
  };
}

/** The latest videos of the followed creators, and how many are new to the caller. */
export async function readNotifications(
  env: FollowEnv,
  principal: Principal,
): Promise<Notifications> {
  const { follows, seenAt } = await libraryOf(env, signedIn(principal).userId).followState();
  const since = new Map(follows.map((follow) => [follow.creatorId, follow.since]));
  const db = catalogReplica(env);
  const rows = await newestOfCreators(db, [...since.keys()], limitOf(principal), MAX_NOTIFICATIONS);
  const fresh = new Set(
    rows
      // Videos from before the account started to follow are not new.
      .filter((row) => (row.publishedAt ?? 0) > Math.max(seenAt, since.get(row.ownerId) ?? 0))
      .map(({ id }) => id),
  );
  const videos = await presentVideos(env, db, rows, principal);
  return {
    unread: fresh.size,
    items: videos.map((video) => ({ video, isNew: fresh.has(video.id) })),
  };
}

/** @param until milliseconds since the epoch; a time in the future counts as now */
export async function markNotificationsRead(
  env: LibraryEnv,
  principal: Principal,
  until: number,
): Promise<void> {
  const library = libraryOf(env, signedIn(principal).userId);
  await library.markSeen(Math.min(until, Date.now()));
}
