import { z } from "zod";
import { noteAct } from "../audit-note.ts";
import type { PageQuery } from "../contract/common.ts";
import type { Report, ReportCreate, ReportPage } from "../contract/reports.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import {
  closeReports,
  deleteReport,
  findReport,
  hideStatements,
  insertReport,
  listReports,
  type ShownReport,
} from "../db/reports.ts";
import { addRuling } from "../db/rulings.ts";
import { findVideo } from "../db/videos.ts";
import type { Operation } from "../domain/access-rules.ts";
import { authorizeResource } from "../domain/access.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { log } from "../log.ts";
import { authorizedVideo } from "./authorized-video.ts";
import type { ModerationNews } from "./moderation-mails.ts";
import { rulingOf } from "./ruling-rows.ts";
import { viewerHash } from "./viewer-hash.ts";

type ReportEnv = Pick<Env, "CATALOG">;

const Cursor = z.tuple([z.number(), z.string()]);

/**
 * Tells the moderators about a video.
 * @param address IP address, for reporters without an account
 * @throws AppError not_found, limit_reached
 */
export async function reportVideo(
  env: ReportEnv & Pick<Env, "BETTER_AUTH_SECRET">,
  { principal, address }: { principal: Principal; address: string },
  videoId: string,
  { reason, text }: ReportCreate,
): Promise<void> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "videos.report", videoId);
  const reporter = await viewerHash(env, principal, address);
  const row = { id: newId(), videoId, reporter, reason, text, createdAt: Date.now() };
  if (!(await insertReport(db, row)))
    throw new AppError(
      "limit_reached",
      "You have already reported many videos. Wait until a moderator has reviewed them.",
    );
}

/** Open reports, the newest first. @throws AppError invalid_cursor */
export async function allReports(
  env: ReportEnv,
  { limit, cursor }: PageQuery,
): Promise<ReportPage> {
  const [createdAt, id] = cursor === undefined ? [] : decodeCursor(Cursor, cursor);
  const before = createdAt === undefined || id === undefined ? undefined : { createdAt, id };
  const rows = await listReports(catalog(env), limit + 1, before);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(presentReport),
    nextCursor: rows.length > limit && last ? encodeCursor([last.createdAt, last.id]) : null,
  };
}

/** Closes a report without consequences. @throws AppError not_found */
export async function dismissReport(
  env: ReportEnv,
  principal: Principal,
  id: string,
): Promise<void> {
  const db = catalog(env);
  const { videoId, reason, text } = await authorizedReport(db, principal, "reports.dismiss", id);
  await deleteReport(db, id);
  noteAct({ before: { videoId, reason, text } });
  log("report.dismissed", { id, videoId, by: signedIn(principal).userId });
}

/**
 * Hides the video of a report, and closes all its reports. Its creator cannot publish it again, but may appeal. The
 * caller relays the outbox and notifies the creator.
 * @throws AppError not_found
 */
export async function hideReported(
  env: ReportEnv,
  principal: Principal,
  id: string,
): Promise<ModerationNews | null> {
  const db = catalog(env);
  const { videoId, reason } = await authorizedReport(db, principal, "reports.hide-video", id);
  const video = await findVideo(db, videoId);
  const now = Date.now();
  const ruling = { action: "hide", reason, text: "" } as const;
  await runBatch(db, [
    ...hideStatements(db, videoId, now),
    closeReports(db, videoId),
    ...(video ? addRuling(db, rulingOf(principal, video, ruling, now)) : []),
  ]);
  noteAct({
    target: { kind: "videos", id: videoId },
    before: { visibility: video?.visibility },
    after: { visibility: "private", report: id, reason },
  });
  log("report.video-hidden", { id, videoId, reason, by: signedIn(principal).userId });
  return video && { ownerId: video.ownerId, title: video.title, what: "hide", text: "" };
}

/** Reports belong to the site, so only moderators and admins can see them. */
const OF_SITE = { ownerId: "", visible: false };

async function authorizedReport(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<NonNullable<Awaited<ReturnType<typeof findReport>>>> {
  const row = await findReport(db, id);
  const report = row && { ...row, ...OF_SITE };
  authorizeResource(principal, operation, report, "report");
  return report;
}

function presentReport(row: ShownReport): Report {
  const { id, videoId, title, visibility, creatorId, creatorName, reason, text, ofVideo } = row;
  return {
    ...{ id, reason, text, ofVideo },
    video: { id: videoId, title, visibility, creator: { id: creatorId, name: creatorName ?? "" } },
    createdAt: new Date(row.createdAt).toISOString(),
  };
}
