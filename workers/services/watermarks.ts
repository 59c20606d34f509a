import { MAX_WATERMARKS } from "../contract/edit-limits.ts";
import { MAX_POSTER_BYTES } from "../contract/poster-limits.ts";
import { type Catalog, catalog } from "../db/client.ts";
import { listVersions } from "../db/transcoding/versions.ts";
import { AppError } from "../domain/errors.ts";
import { posterTypeOf } from "../domain/poster-files.ts";
import type { Principal } from "../domain/principal.ts";
import { deleteObject, objectsUnder, putBytes, readBytes, statObject } from "../media/objects.ts";
import { watermarkKey, watermarksPrefix } from "../media/storage-keys.ts";
import { authorizedVideo } from "./authorized-video.ts";

type WatermarkEnv = Pick<Env, "CATALOG" | "MEDIA">;

/**
 * Stores an image that edits of a video can lay over it. Beyond the limit, the oldest image that no version uses is
 * deleted.
 * @param file JPEG, PNG, WebP or AVIF; a runner decodes it
 * @throws AppError payload_too_large, invalid_request, limit_reached
 */
export async function uploadWatermark(
  env: WatermarkEnv,
  principal: Principal,
  id: string,
  file: Uint8Array<ArrayBuffer>,
): Promise<{ picture: string }> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "versions.watermark", id);
  if (file.byteLength > MAX_POSTER_BYTES)
    throw new AppError(
      "payload_too_large",
      `A picture may have at most ${MAX_POSTER_BYTES} bytes.`,
    );
  const contentType = posterTypeOf(file);
  if (contentType === null)
    throw new AppError("invalid_request", "The picture must be a JPEG, PNG, WebP or AVIF file.");
  await makeRoom(env, db, id);
  const picture = String(Date.now());
  await putBytes(env, watermarkKey(id, picture), file, contentType);
  return { picture };
}

async function makeRoom(env: WatermarkEnv, db: Catalog, id: string): Promise<void> {
  const stored = [...(await objectsUnder(env, watermarksPrefix(id))).keys()].toSorted();
  if (stored.length < MAX_WATERMARKS) return;
  const rows = await listVersions(db, id);
  const used = new Set(
    rows.flatMap(({ recipe }) =>
      recipe?.watermark ? [watermarkKey(id, recipe.watermark.picture)] : [],
    ),
  );
  const oldest = stored.find((key) => !used.has(key));
  if (oldest === undefined)
    throw new AppError(
      "limit_reached",
      `The versions of this video use ${MAX_WATERMARKS} pictures. Remove a version that you no longer need.`,
    );
  await deleteObject(env, oldest);
}

/**
 * An image as it was uploaded, for its creator only.
 * @throws AppError not_found
 */
export async function readWatermark(
  env: WatermarkEnv,
  principal: Principal,
  id: string,
  picture: string,
): Promise<{ bytes: ArrayBuffer; contentType: string }> {
  await authorizedVideo(catalog(env), principal, "versions.watermark-file", id);
  const bytes = await readBytes(env, watermarkKey(id, picture));
  const contentType = bytes && posterTypeOf(new Uint8Array(bytes));
  if (!bytes || !contentType) throw new AppError("not_found", "This video has no such picture.");
  return { bytes, contentType };
}

/** @throws AppError invalid_request if there is no such image */
export async function assertWatermark(
  env: WatermarkEnv,
  id: string,
  picture: string,
): Promise<void> {
  if ((await statObject(env, watermarkKey(id, picture))) !== null) return;
  throw new AppError("invalid_request", "Upload the picture of the watermark first.", {
    fields: [{ path: "body.watermark.picture", message: "is not an uploaded picture" }],
  });
}
