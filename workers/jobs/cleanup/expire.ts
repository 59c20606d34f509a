import { forgetEndedCredentials } from "../../db/accounts/ended-credentials.ts";
import { forgetInvitations } from "../../db/accounts/invitations.ts";
import { catalog } from "../../db/client.ts";
import { forgetEncodeUsage } from "../../db/encode-usage.ts";
import { forgetUploadDays } from "../../db/accounts/managed-accounts.ts";
import { forgetAnswers } from "../../db/idempotency.ts";
import { forgetRevocations } from "../../db/revocations.ts";
import { forgetRevokedKeys } from "../../db/signing-keys.ts";
import { forgetOldFailures } from "../../db/sweep-failures.ts";
import { expiredUploads, forgetEndedUploads, uploadsOfVideo } from "../../db/uploads.ts";
import { forgetPurgedVideos } from "../../db/videos.ts";
import { forgetRunners } from "../../db/runners.ts";
import { pruneAudit } from "../../services/audit.ts";
import { endUpload, type UploadEnv } from "../../services/uploads.ts";
import { dropMultipart } from "../../media/multipart.ts";
import { deleteAll, eachOf, workOff } from "../work-off.ts";

const DAY_MS = 24 * 3_600_000;
/** Time since an upload could last have been completed. */
const ENDED_UPLOAD_RETENTION_MS = 7 * DAY_MS;
/** Far longer than a playback token, a queue message or an attempt may live. */
const PURGED_VIDEO_RETENTION_MS = 30 * DAY_MS;
/** Containers and local processes that were not seen for this long are forgotten. */
const MAX_UNSEEN_RUNNER_DAYS = 30;

/** Ends uploads that have expired: their parts are freed and their videos are deleted. */
export async function expireUploads(env: UploadEnv, budgetMs?: number): Promise<void> {
  const db = catalog(env);
  const now = Date.now();
  await workOff(
    {
      db,
      step: "uploads",
      next: (limit) => expiredUploads(db, now, limit),
      idOf: ({ id }) => id,
      handle: async (upload) => {
        await endUpload(env, upload, "expired");
      },
    },
    budgetMs,
  );
}

/**
 * Deletes records that are no longer needed: responses kept for an Idempotency-Key after a day, revocations whose
 * tokens have all expired, expired credentials, uploads that ended a week ago, the remaining rows of videos that were
 * purged a month ago, and old acts in the audit log.
 */
export async function expireRecords(env: Pick<Env, "CATALOG" | "AUDIT_DAYS">): Promise<void> {
  const db = catalog(env);
  const now = Date.now();
  await eachOf("records", {
    answers: () => forgetAnswers(db, now - DAY_MS),
    revocations: () => forgetRevocations(db, now),
    keys: () => forgetRevokedKeys(db, now),
    credentials: () => forgetEndedCredentials(db, now),
    usage: () => forgetEncodeUsage(db, now),
    days: () => forgetUploadDays(db, now),
    invitations: () => forgetInvitations(db, now),
    runners: () => forgetRunners(db, now - MAX_UNSEEN_RUNNER_DAYS * DAY_MS),
    failures: () => forgetOldFailures(db, now),
    audit: () => deleteAll((limit) => pruneAudit(env, now, limit)),
    uploads: () =>
      deleteAll((limit) => forgetEndedUploads(db, now - ENDED_UPLOAD_RETENTION_MS, limit)),
    videos: () =>
      deleteAll((limit) => forgetPurgedVideos(db, now - PURGED_VIDEO_RETENTION_MS, limit)),
  });
}

/** Frees the parts of the uploads of a deleted video that were never completed. */
export async function freeUploads(env: UploadEnv, videoId: string): Promise<void> {
  for (const upload of await uploadsOfVideo(catalog(env), videoId)) {
    if (upload.state !== "completed") await dropMultipart(env, upload.key, upload.multipartId);
  }
}
