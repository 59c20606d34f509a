import { count } from "../count.ts";
import { AppError } from "../domain/errors.ts";
import {
  isGone,
  isInvalidPart,
  isInvalidSize,
  relayedPartUrl,
  storePart,
  unavailable,
} from "./part-relay.ts";
import * as s3 from "./s3.ts";

/**
 * Multipart uploads of sources. Parts go straight to the storage by its S3 API, or where UPLOAD_PARTS is "worker" through
 * this Worker and the binding of the bucket, which needs no S3 token (docs/decisions/762-parts-through-the-worker.md). One
 * upload uses one of the two, since they do not share the ids of uploads and parts.
 */
export type MultipartEnv = s3.S3Env &
  Pick<Env, "MEDIA" | "PUBLIC_ORIGIN" | "TASK_SECRET" | "UPLOAD_PARTS">;

const isRelayed = (env: MultipartEnv): boolean => env.UPLOAD_PARTS === "worker";

/** Opens a multipart upload. @returns its id @throws AppError storage_unavailable */
export async function openMultipart(env: MultipartEnv, key: string): Promise<string> {
  if (!isRelayed(env)) return s3.createMultipart(env, key);
  try {
    return (await env.MEDIA.createMultipartUpload(key)).uploadId;
  } catch (error) {
    throw unavailable("open the upload", error);
  }
}

/** A URL for exactly one part of one upload, of exactly its length. @param lifetimeSeconds at most seven days */
export function partUrl(
  env: MultipartEnv,
  part: { key: string; multipartId: string; partNumber: number; length: number },
  lifetimeSeconds: number,
): Promise<s3.PresignedUrl> {
  return isRelayed(env)
    ? relayedPartUrl(env, part, lifetimeSeconds)
    : s3.presignPart(env, part, lifetimeSeconds);
}

const OWN_PART_LIFETIME_SECONDS = 900;

/**
 * Stores a part that this Worker has, as clients do theirs.
 * @param body of exactly the length of the part
 * @returns its ETag
 * @throws AppError upload_closed, part_size_mismatch, storage_unavailable
 */
export async function sendPart(
  env: MultipartEnv,
  part: { key: string; multipartId: string; partNumber: number; length: number },
  body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>,
): Promise<string> {
  const { url } = await partUrl(env, part, OWN_PART_LIFETIME_SECONDS);
  const request = new Request(url, { method: "PUT", body });
  const response = await (isRelayed(env) ? storePart(request, env) : fetch(request));
  const etag = response.headers.get("etag");
  const text = await response.text();
  if (text.includes("NoSuchUpload"))
    throw new AppError("upload_closed", "This upload has ended. Start it again.");
  if (!response.ok || etag === null)
    throw unavailable("store the part", new Error(`S3 answered ${response.status}.`));
  // One that goes by the binding is counted there.
  if (!isRelayed(env)) count("storage.operations", { operation: "uploadPart" });
  return etag;
}

/** Joins the parts into the object. @param parts all of them, in order @throws AppError storage_unavailable */
export async function joinMultipart(
  env: MultipartEnv,
  key: string,
  multipartId: string,
  parts: readonly s3.UploadedPart[],
): Promise<s3.CompleteResult> {
  if (!isRelayed(env)) return s3.completeMultipart(env, key, multipartId, parts);
  try {
    const bare = parts.map(({ partNumber, etag }) => ({
      partNumber,
      etag: etag.replaceAll('"', ""),
    }));
    const { etag } = await env.MEDIA.resumeMultipartUpload(key, multipartId).complete(bare);
    return { outcome: "completed", etag };
  } catch (error) {
    if (isGone(error)) return { outcome: "gone" };
    if (isInvalidPart(error)) return { outcome: "invalid-part" };
    if (isInvalidSize(error)) return { outcome: "invalid-size" };
    throw unavailable("join the parts", error);
  }
}

/** Frees the parts. An upload that is already gone is no error. @throws AppError storage_unavailable */
export async function dropMultipart(
  env: MultipartEnv,
  key: string,
  multipartId: string,
): Promise<void> {
  if (!isRelayed(env)) return s3.abortMultipart(env, key, multipartId);
  try {
    await env.MEDIA.resumeMultipartUpload(key, multipartId).abort();
  } catch (error) {
    if (!isGone(error)) throw unavailable("delete the parts", error);
  }
}
