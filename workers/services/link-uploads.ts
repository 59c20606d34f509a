import type { UploadFromUrl, UploadFromUrlCreated } from "../contract/uploads.ts";
import { catalog } from "../db/client.ts";
import { countOpenLinks, insertLinkUpload } from "../db/upload-links.ts";
import { AppError } from "../domain/errors.ts";
import { LIMITS } from "../domain/limits.ts";
import { planSettings } from "../domain/tasks/plan-settings.ts";
import { checkFile } from "../domain/uploads.ts";
import { type LinkEnv, lookAtLink } from "./link-source.ts";
import { createVideoUpload, type UploadEnv } from "./uploads.ts";

/** The message that starts reading is sent at once; the cron resends it if it gets lost. */
const FIRST_RESEND_MS = 10 * 60_000;

/**
 * Checks a link and creates an upload whose file the Worker reads from it. The caller relays the outbox
 * afterwards.
 * @throws AppError as `lookAtLink` and `createUpload`
 */
export async function createUploadFromUrl(
  env: UploadEnv & LinkEnv,
  ownerId: string,
  input: UploadFromUrl,
): Promise<UploadFromUrlCreated> {
  const { url, filename, ...details } = input;
  if ((await countOpenLinks(catalog(env), ownerId)) >= LIMITS.openLinksPerAccount)
    throw new AppError(
      "limit_reached",
      `An account can have ${LIMITS.openLinksPerAccount} files read from links at once. Wait for one, or discard one.`,
    );
  const acceptsAudio = planSettings(env).audioUploads ?? false;
  const file = await lookAtLink(env, url, filename, acceptsAudio);
  // If the size is unknown, each part is checked when it is read.
  const size = file.size ?? 0;
  checkFile({ ...file, size: file.size ?? 1 }, Number(env.MAX_UPLOAD_BYTES), acceptsAudio);
  const { validator } = file;
  const link = {
    ...{ url: file.url, validator: file.size === null ? null : validator, size: file.size },
    dueAt: Date.now() + FIRST_RESEND_MS,
  };
  const { id, videoId, expiresAt } = await createVideoUpload(
    env,
    ownerId,
    { ...details, filename: file.filename, contentType: file.contentType, size },
    (db, video, upload, uploadsPerDay) => insertLinkUpload(db, video, upload, link, uploadsPerDay),
  );
  return {
    ...{ id, videoId, filename: file.filename, contentType: file.contentType, expiresAt },
    link: { bytes: 0, size: file.size, resumable: link.validator !== null, error: null },
  };
}
