import { catalog } from "../../db/client.ts";
import {
  claimLink,
  endLink,
  handOverLink,
  postponeLink,
  resendDueLinks,
  restartLink,
} from "../../db/upload-links.ts";
import { findUpload } from "../../db/uploads.ts";
import { AppError, type ErrorCode } from "../../domain/errors.ts";
import { newId } from "../../domain/id.ts";
import { log } from "../../log.ts";
import { joinUpload } from "../../services/complete-upload.ts";
import { type LinkEnv, LinkInterrupted } from "../../services/link-source.ts";
import { endUpload, type UploadEnv } from "../../services/uploads.ts";
import { LEASE_MS, LinkLost, type LinkReading } from "./link-parts.ts";
import { readRanges } from "./link-ranges.ts";
import { readStream } from "./link-stream.ts";

/** A message that is not handled by then is sent again. */
const RESEND_MS = 10 * 60_000;
const LINKS_PER_RUN = 50;
/** Attempts in a row that read nothing; the waits between them add up to an hour. */
const MAX_FAILURES = 8;
const FIRST_WAIT_MS = 20_000;
const MAX_WAIT_MS = 30 * 60_000;

/** Errors of this deployment's own parts: another attempt may succeed. */
const TEMPORARY: ReadonlySet<ErrorCode> = new Set(["storage_unavailable", "unavailable"]);

/**
 * Reads more of a file from its link into the parts of its upload, and completes the upload when all parts are stored.
 * A message reads for a minute and leaves the rest to the next one. It may arrive twice, get lost or be interrupted:
 * stored parts stay, and only one consumer at a time has the link. The caller relays the outbox afterwards.
 */
export async function readLink(
  env: UploadEnv & LinkEnv,
  uploadId: string,
  now = Date.now(),
): Promise<void> {
  const db = catalog(env);
  const claim = newId();
  const held = { uploadId, claim };
  const link = await claimLink(db, uploadId, claim, now, now + LEASE_MS);
  if (!link) return;
  const upload = await findUpload(db, uploadId);
  if (upload?.state !== "open") return endLink(db, uploadId);
  const reading: LinkReading = { env, db, upload, link, held, startedAt: now };
  try {
    const isWhole = await (link.validator === null ? readStream(reading) : readRanges(reading));
    if (!isWhole) return await handOverLink(db, held, Date.now(), Date.now() + RESEND_MS);
    // Read again, because the size is known now.
    const whole = (await findUpload(db, uploadId)) ?? upload;
    if (whole.state === "open") await joinUpload(env, db, whole);
    await endLink(db, uploadId);
  } catch (error) {
    await afterFailure(reading, error);
  }
}

/** Decides whether reading continues later. */
async function afterFailure(reading: LinkReading, error: unknown): Promise<void> {
  const { env, db, upload, link, held } = reading;
  // Another consumer continues, or the creator has discarded the upload.
  if (error instanceof LinkLost) return;
  const isClosed = error instanceof AppError && error.code === "upload_closed";
  if (isClosed || (await findUpload(db, upload.id))?.state !== "open") {
    const reason = error instanceof AppError && !isClosed ? error : null;
    return endLink(db, upload.id, reason && { code: reason.code, detail: reason.message });
  }
  const isOver = error instanceof LinkInterrupted && link.failures + 1 >= MAX_FAILURES;
  const final = isOver ? new AppError("link_unreachable", error.message) : error;
  const isTemporary =
    !(final instanceof AppError) || TEMPORARY.has(final.code) || final.code === "part_missing";
  log("upload.link-failed", {
    uploadId: upload.id,
    ...{ failures: link.failures + 1, final: !isTemporary },
    error: final instanceof AppError ? final.code : final,
  });
  if (isTemporary) {
    // The storage does not have what the catalogue says.
    if (final instanceof AppError && final.code === "part_missing") await restartLink(db, held);
    const wait = Math.min(FIRST_WAIT_MS * 2 ** link.failures, MAX_WAIT_MS);
    return postponeLink(db, held, Date.now() + wait);
  }
  const ended = await endUpload(env, upload, "aborted");
  const reason = ended === "aborted" ? { code: final.code, detail: final.message } : null;
  await endLink(db, upload.id, reason);
}

/** Continues reading links that wait for another attempt, or whose message or consumer got lost. */
export async function resumeLinks(env: Pick<Env, "CATALOG">, now: number): Promise<void> {
  await resendDueLinks(catalog(env), now, now + RESEND_MS, LINKS_PER_RUN);
}
