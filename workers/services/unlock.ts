import type { Unlocked, UnlockRequest } from "../contract/video-access.ts";
import { countAttempt, countOfAttempts, forgetAttempts } from "../db/accounts/attempts.ts";
import { type Catalog, catalog } from "../db/client.ts";
import { findVideoPassword, countLinkUse } from "../db/video-access.ts";
import { findVideo } from "../db/videos.ts";
import { type AccessPass, readLinkKey, writePass } from "../domain/access-pass.ts";
import { AppError } from "../domain/errors.ts";
import { assertWithinLimit } from "../domain/maturity.ts";
import type { Principal } from "../domain/principal.ts";
import { hashSecret } from "../domain/secret.ts";
import { canBeOpened } from "../domain/video-access.ts";
import {
  ADDRESS_PAUSE_MS,
  hashVideoPassword,
  MAX_ATTEMPTS_PER_ADDRESS,
  MAX_FAILURES_PER_VIDEO,
  VIDEO_PAUSE_MS,
} from "../domain/video-password.ts";

type UnlockEnv = Pick<Env, "CATALOG" | "BETTER_AUTH_SECRET">;

/** How long a viewer can watch before the password or the link is needed again. */
const PASS_LIFETIME_MS = 12 * 3_600_000;

/**
 * Gives a pass for a private video to someone who knows its password or has a link to it. Playing needs the pass, and
 * the password or link behind it is checked again each time.
 * @param address represents the caller's household
 * @throws AppError not_found, above_maturity_limit, wrong_password, password_paused, access_link_ended
 */
export async function unlockVideo(
  env: UnlockEnv,
  { principal, address }: { principal: Principal; address: string },
  videoId: string,
  request: UnlockRequest,
): Promise<Unlocked> {
  const db = catalog(env);
  const video = await findVideo(db, videoId);
  if (!video || !canBeOpened(video)) throw noSuchVideo();
  const until = Date.now() + PASS_LIFETIME_MS;
  const proven =
    "key" in request
      ? await openLink(env, db, videoId, request.key)
      : await openPassword(env, db, { videoId, address }, request.password);
  assertWithinLimit(principal, video);
  const pass = { videoId, ...proven, until: Math.min(until, proven.until ?? until) };
  return {
    pass: await writePass(env.BETTER_AUTH_SECRET, pass),
    expiresAt: new Date(pass.until).toISOString(),
  };
}

type Proven = Pick<AccessPass, "via" | "id"> & { until: number | null };

async function openLink(
  env: UnlockEnv,
  db: Catalog,
  videoId: string,
  key: string,
): Promise<Proven> {
  const id = await readLinkKey(env.BETTER_AUTH_SECRET, key);
  const until = id === null ? null : await countLinkUse(db, videoId, id, Date.now());
  if (id === null || until === null)
    throw new AppError(
      "access_link_ended",
      "This link has expired or was revoked. Ask the person who sent it for a new one.",
    );
  return { via: "link", id, until };
}

/**
 * An attempt counts before it is judged, so that many at once are no more than they may be. A right one forgets those before
 * it.
 */
async function openPassword(
  env: UnlockEnv,
  db: Catalog,
  { videoId, address }: { videoId: string; address: string },
  password: string,
): Promise<Proven> {
  const current = await findVideoPassword(db, videoId);
  if (!current) throw noSuchVideo();
  const ofVideo = `video-password|${videoId}`;
  const ofAddress = `${ofVideo}|${await hashSecret(address)}`;
  const [attempts, failures] = await Promise.all([
    countAttempt(db, ofAddress, ADDRESS_PAUSE_MS),
    countOfAttempts(db, ofVideo, VIDEO_PAUSE_MS),
  ]);
  if (attempts > MAX_ATTEMPTS_PER_ADDRESS) throw paused(ADDRESS_PAUSE_MS);
  if (failures >= MAX_FAILURES_PER_VIDEO) throw paused(VIDEO_PAUSE_MS);
  const hash = await hashVideoPassword(env.BETTER_AUTH_SECRET, current, password);
  if (hash !== current.hash) {
    await countAttempt(db, ofVideo, VIDEO_PAUSE_MS);
    throw new AppError("wrong_password", "This is not the password of this video.");
  }
  await forgetAttempts(db, ofAddress);
  return { via: "password", id: current.id, until: null };
}

const noSuchVideo = (): AppError => new AppError("not_found", "This video does not exist.");

function paused(pauseMs: number): AppError {
  return new AppError("password_paused", "Too many wrong passwords. Try again later.", {
    headers: { "retry-after": String(pauseMs / 1000) },
  });
}
