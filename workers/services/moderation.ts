import { z } from "zod";
import { noteAct } from "../audit-note.ts";
import type { PageQuery } from "../contract/common.ts";
import type {
  AppealPage,
  ModerationHistory,
  RulingCreate,
  RulingPage,
  VerdictCreate,
  VideoModeration,
} from "../contract/moderation.ts";
import { allowSource, banSource, findBanned, hashOfVideo } from "../db/banned-sources.ts";
import { restoreStatements } from "../db/bin.ts";
import { type Catalog, catalog, runBatch, type Statement } from "../db/client.ts";
import { allowShowing, closeReports, hideStatements } from "../db/reports.ts";
import { closeReview, findReview, isTrusted } from "../db/reviews.ts";
import {
  addRuling,
  findRuling,
  limitsOf,
  openAppeals,
  type RulingRow,
  rulingsOfCreator,
  rulingsOfVideo,
  setLimits,
  storeAppeal,
  storeVerdict,
} from "../db/rulings.ts";
import { changeStatements, findVideo, type VideoRow } from "../db/videos.ts";
import { authorizeResource } from "../domain/access.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import { changeForLimits, joinLimits } from "../domain/moderation.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { authorizeRestorable, authorizedVideo } from "./authorized-video.ts";
import type { ModerationNews } from "./moderation-mails.ts";
import { presentRuling, presentToModerators } from "./present-rulings.ts";
import { presentVideos } from "./present-videos.ts";
import { rulingOf } from "./ruling-rows.ts";
import { moveToBin } from "./videos.ts";

type ModerationEnv = Pick<
  Env,
  "CATALOG" | "PLAYBACK_TOKEN_SECRETS" | "ENCODE_MINUTES_PER_DAY" | "REVIEW_NEW_CREATORS"
>;

const Cursor = z.tuple([z.number(), z.string()]);

/**
 * Decides about a video, and closes its reports unless it is only a message. The caller relays the outbox and notifies
 * the creator.
 * @throws AppError not_found, conflict if a source to be banned has not been read yet
 */
export async function ruleOnVideo(
  env: ModerationEnv,
  principal: Principal,
  id: string,
  { banSource: isBan, minRating: lowest, unlisted, ...ruling }: RulingCreate,
): Promise<ModerationNews> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "moderation.rule", id);
  const now = Date.now();
  const { action, reason, text } = ruling;
  const minRating = lowest ?? null;
  const sha256 = isBan && action !== "message" ? await hashOfVideo(db, id) : null;
  if (isBan && sha256 === null)
    throw new AppError(
      "conflict",
      "The file of this video has not been read completely yet, so it cannot be banned. Try again in a few minutes.",
    );
  const limits = action === "restrict" ? { minRating, unlisted } : null;
  const row = rulingOf(
    principal,
    video,
    { ...{ action, reason, text, bannedSha256: sha256 }, ...limits },
    now,
  );
  await runBatch(db, [
    ...(limits ? await limitStatements(db, video, limits, now) : []),
    ...(action === "hide" || action === "delete" ? hideStatements(db, id, now) : []),
    ...(sha256 === null ? [] : [banSource(db, { sha256, videoId: id, reason, createdAt: now })]),
    ...(action === "message" ? [] : [closeReports(db, id)]),
    ...addRuling(db, row),
  ]);
  if (action === "delete") await moveToBin(env, [id]);
  noteAct({
    target: { kind: "videos", id },
    before: { visibility: video.visibility, maturityRating: video.maturityRating },
    after: { ...ruling, minRating, unlisted, banSource: isBan },
  });
  return { ownerId: video.ownerId, title: video.title, what: action, text };
}

async function limitStatements(
  db: Catalog,
  video: VideoRow,
  next: { minRating: RulingRow["minRating"]; unlisted: boolean },
  now: number,
): Promise<Statement[]> {
  const before = (await limitsOf(db, [video.id])).get(video.id) ?? null;
  const limits = joinLimits(before, next);
  const change = changeForLimits(video, limits);
  return [
    ...(Object.keys(change).length > 0 ? changeStatements(db, [video.id], change, now) : []),
    setLimits(db, video.id, limits),
  ];
}

/** Everything that was decided about a video, for moderators; also about one in its creator's bin. @throws AppError not_found */
export async function moderationHistory(
  env: ModerationEnv,
  principal: Principal,
  id: string,
): Promise<ModerationHistory> {
  const db = catalog(env);
  const row = authorizeRestorable(principal, "moderation.history", await findVideo(db, id));
  const [videos, rulings, limits, review, trusted, sha256] = await Promise.all([
    presentVideos(env, db, [row], principal),
    rulingsOfVideo(db, id),
    limitsOf(db, [id]),
    findReview(db, id),
    isTrusted(db, row.ownerId),
    hashOfVideo(db, id),
  ]);
  const [video] = videos;
  if (!video) throw new Error("presentVideos dropped a row");
  return {
    ...{ video, limits: limits.get(id) ?? null, review: presentReview(review) },
    rulings: rulings.map(presentToModerators),
    hasReviews: env.REVIEW_NEW_CREATORS === "true",
    isTrusted: trusted,
    isBanned: sha256 !== null && (await findBanned(db, sha256)) !== null,
  };
}

function presentReview(row: Awaited<ReturnType<typeof findReview>>): VideoModeration["review"] {
  return row && { state: row.state, askedAt: new Date(row.askedAt).toISOString() };
}

/** The moderators' decisions about a video, for its creator. @throws AppError not_found, forbidden */
export async function moderationOfVideo(
  env: ModerationEnv,
  principal: Principal,
  id: string,
): Promise<VideoModeration> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "moderation.get", id);
  const [rulings, limits, review] = await Promise.all([
    rulingsOfVideo(db, id),
    limitsOf(db, [id]),
    findReview(db, id),
  ]);
  return {
    review: presentReview(review),
    limits: limits.get(id) ?? null,
    rulings: rulings.map(presentRuling),
  };
}

/** Rulings about the caller's videos, the newest first. @throws AppError invalid_cursor */
export async function ownRulings(
  env: ModerationEnv,
  principal: Principal,
  { limit, cursor }: PageQuery,
): Promise<RulingPage> {
  const after = cursor === undefined ? undefined : decodeCursor(Cursor, cursor);
  const { userId } = signedIn(principal);
  const rows = await rulingsOfCreator(catalog(env), userId, limit + 1, after);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(presentRuling),
    nextCursor: rows.length > limit && last ? encodeCursor([last.createdAt, last.id]) : null,
  };
}

/** Asks moderators to look at a ruling again, once. @throws AppError not_found, conflict */
export async function appealRuling(
  env: ModerationEnv,
  principal: Principal,
  id: string,
  text: string,
): Promise<void> {
  const db = catalog(env);
  const row = await findRuling(db, id);
  const isOwn = row?.ownerId === signedIn(principal).userId;
  authorizeResource(
    principal,
    "rulings.appeal",
    row && isOwn ? { ...row, visible: false } : null,
    "decision",
  );
  if (row?.action === "message" || !(await storeAppeal(db, id, text, Date.now())))
    throw new AppError("conflict", "Each decision can be appealed once, while it stands.");
}

/** Appeals that wait, the oldest first. @throws AppError invalid_cursor */
export async function waitingAppeals(
  env: ModerationEnv,
  { limit, cursor }: PageQuery,
): Promise<AppealPage> {
  const after = cursor === undefined ? undefined : decodeCursor(Cursor, cursor);
  const rows = await openAppeals(catalog(env), limit + 1, after);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(presentToModerators),
    nextCursor: rows.length > limit && last ? encodeCursor([last.appealedAt ?? 0, last.id]) : null,
  };
}

/** Rulings belong to the site. */
const OF_SITE = { ownerId: "", visible: false };

/**
 * Decides an appeal, or revokes a ruling without one. The caller relays the outbox and notifies the creator.
 * @throws AppError not_found, conflict for an appeal that has been decided
 */
export async function judgeRuling(
  env: ModerationEnv,
  principal: Principal,
  id: string,
  { verdict, text }: VerdictCreate,
): Promise<ModerationNews> {
  const db = catalog(env);
  const ruling = await findRuling(db, id);
  authorizeResource(principal, "rulings.judge", ruling && OF_SITE, "decision");
  if (!ruling || ruling.verdict !== null)
    throw new AppError("conflict", "Another moderator has already decided this.");
  if (ruling.action === "message" || (verdict === "upheld" && ruling.appealedAt === null))
    throw new AppError("conflict", "There is no appeal to decide.");
  const now = Date.now();
  const judgeId = signedIn(principal).userId;
  const video = await findVideo(db, ruling.videoId);
  await runBatch(db, [
    storeVerdict(db, id, { verdict, verdictText: text, judgeId, judgedAt: now }),
    ...(verdict === "restored" && video ? restoring(db, ruling, video, now) : []),
  ]);
  noteAct({
    before: { action: ruling.action, videoId: ruling.videoId, appeal: ruling.appealText },
    after: { verdict, text },
  });
  return { ownerId: ruling.ownerId, title: video?.title ?? "", what: verdict, text };
}

/** Statements after which a video is as it was before a ruling. What its creator has changed since stays. */
function restoring(db: Catalog, ruling: RulingRow, video: VideoRow, now: number): Statement[] {
  const { visibilityBefore: visibility, ratingBefore: maturityRating } = ruling;
  const unban = ruling.bannedSha256 === null ? [] : [allowSource(db, ruling.bannedSha256)];
  if (ruling.action === "restrict") {
    const change = {
      ...(ruling.unlisted && video.visibility === "unlisted" && { visibility }),
      ...(ruling.minRating !== null &&
        video.maturityRating === ruling.minRating && { maturityRating }),
    };
    const changes =
      Object.keys(change).length > 0 ? changeStatements(db, [video.id], change, now) : [];
    return [setLimits(db, video.id, null), ...changes];
  }
  return [
    ...unban,
    ...(ruling.action === "delete" && video.deletedAt !== null
      ? restoreStatements(db, [video.id], now)
      : []),
    ...(ruling.action === "reject" ? [closeReview(db, video.id, "approved")] : []),
    allowShowing(db, [video.id]),
    ...changeStatements(db, [video.id], { visibility }, now),
  ];
}
