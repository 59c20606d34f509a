import { catalog } from "../db/client.ts";
import { forgetAnswers } from "../db/idempotency.ts";
import { forgetRevocations } from "../db/revocations.ts";
import { forgetStreams } from "../db/streams.ts";
import { expiredUploads, uploadsOfVideo } from "../db/uploads.ts";
import { forgetViews } from "../db/views.ts";
import { endUpload, type UploadEnv } from "../services/uploads.ts";
import { abortMultipart } from "../media/s3.ts";

/** Uploads ended in one run; more wait for the next. */
const MAX_UPLOADS = 50;
const DAY_MS = 24 * 3_600_000;

/** Ends uploads that are past their time: their parts are freed and the video that they announced is taken away. */
export async function expireUploads(env: UploadEnv): Promise<void> {
  const db = catalog(env);
  for (const upload of await expiredUploads(db, Date.now(), MAX_UPLOADS)) {
    await endUpload(env, db, upload, "expired");
  }
}

/**
 * Forgets answers kept for an Idempotency-Key after a day, sessions counted as views when no grant is as old, playbacks
 * that are over, and revocations of grants that have all ended.
 */
export async function expireRecords(env: Pick<Env, "CATALOG">): Promise<void> {
  await forgetAnswers(catalog(env), Date.now() - DAY_MS);
  await forgetViews(catalog(env), Date.now() - 2 * DAY_MS);
  await forgetStreams(catalog(env), Date.now());
  await forgetRevocations(catalog(env), Date.now());
}

/** Frees the parts of what was never completed of a deleted video's uploads. */
export async function freeUploads(env: UploadEnv, videoId: string): Promise<void> {
  for (const upload of await uploadsOfVideo(catalog(env), videoId)) {
    if (upload.state !== "completed") await abortMultipart(env, upload.key, upload.multipartId);
  }
}
