import type { Premiere } from "../contract/premieres.ts";
import type { SharedPremiere } from "../contract/sharing.ts";
import { findAccount } from "../db/accounts/accounts.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import { hasPremiere } from "../db/premieres.ts";
import { followSchedule } from "../db/schedules.ts";
import { findVideo, type VideoRow } from "../db/videos.ts";
import { authorizeResource } from "../domain/access.ts";
import type { Operation } from "../domain/access-rules.ts";
import { assertWithinLimit } from "../domain/maturity.ts";
import type { Principal } from "../domain/principal.ts";
import { awaitsStart } from "../domain/video-access.ts";
import { isVisible } from "../domain/videos.ts";
import { contentType } from "../media/content-type.ts";
import { log } from "../log.ts";
import { readBytes } from "../media/objects.ts";
import { versionPrefix } from "../media/storage-keys.ts";

type PremiereEnv = Pick<Env, "CATALOG" | "MEDIA">;

const posterAddress = ({ id, posterPath }: VideoRow): string | null =>
  posterPath === null ? null : `/v1/videos/${id}/premiere/poster`;

const iso = (time: number): string => new Date(time).toISOString();

/**
 * What the page of a premiere shows before it starts. The first request after its time publishes the video, so that
 * viewers do not wait for the cron. The caller relays the outbox afterwards.
 * @throws AppError not_found, above_maturity_limit
 */
export async function getPremiere(
  env: PremiereEnv,
  principal: Principal,
  id: string,
): Promise<Premiere> {
  const db = catalog(env);
  const now = Date.now();
  const before = await announced(db, principal, "videos.premiere", id);
  const isDue = before.visibility === "private" && (before.publishAt ?? Infinity) <= now;
  if (isDue) await start(db, id, now);
  const row = isDue ? await announced(db, principal, "videos.premiere", id) : before;
  const account = await findAccount(db, row.ownerId);
  const startsAt = row.publishAt ?? row.publishedAt;
  return {
    id,
    title: row.title,
    description: row.description,
    creator: { id: row.ownerId, name: account?.name ?? "" },
    poster: posterAddress(row),
    startsAt: startsAt === null ? null : iso(startsAt),
    isStarted: isVisible(row),
    now: iso(now),
  };
}

/**
 * The poster alone: a playback token for images would also open the storyboard, which shows the whole video.
 * @returns null while the video has none
 * @throws AppError not_found, above_maturity_limit
 */
export async function premierePoster(
  env: PremiereEnv,
  principal: Principal,
  id: string,
): Promise<{ bytes: ArrayBuffer; contentType: string } | null> {
  const db = catalog(env);
  const { version, posterPath } = await announced(db, principal, "videos.premiere-poster", id);
  if (posterPath === null) return null;
  const bytes = await readBytes(env, `${versionPrefix(id, version)}${posterPath}`);
  return bytes && { bytes, contentType: contentType(posterPath) };
}

/**
 * What links to a video show before its premiere; null without a premiere, or after its start.
 * @throws AppError above_maturity_limit
 */
export async function sharedPremiere(
  env: Pick<Env, "PUBLIC_ORIGIN" | "PRODUCT_NAME">,
  db: Catalog,
  principal: Principal,
  id: string,
): Promise<SharedPremiere | null> {
  const row = await findVideo(db, id);
  if (!row || !awaitsStart(row) || !(await hasPremiere(db, id))) return null;
  assertWithinLimit(principal, row);
  const absolute = (path: string): string => new URL(path, env.PUBLIC_ORIGIN).href;
  const poster = posterAddress(row);
  return {
    title: row.title,
    description: row.description,
    siteName: env.PRODUCT_NAME,
    url: absolute(`/watch/${id}`),
    image: poster === null ? null : absolute(poster),
    startsAt: row.publishAt === null ? null : iso(row.publishAt),
  };
}

/** A video that is visible to the caller, because it can be watched or its premiere was announced. */
async function announced(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<VideoRow> {
  const row = await findVideo(db, id);
  const visible =
    row !== null && (isVisible(row) || (awaitsStart(row) && (await hasPremiere(db, id))));
  const video = row && row.deletedAt === null ? { ...row, visible } : null;
  authorizeResource(principal, operation, video, "video");
  assertWithinLimit(principal, video);
  return video;
}

/** Publishes a video whose time has come, as the cron would. */
async function start(db: Catalog, videoId: string, now: number): Promise<void> {
  await runBatch(db, followSchedule(db, { id: videoId, isEnding: false }, now));
  log("video.schedule-followed", { videoId, isEnding: false });
}
