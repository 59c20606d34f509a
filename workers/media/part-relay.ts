import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { AppError } from "../domain/errors.ts";
import type { PresignedUrl } from "./s3.ts";

/** The path for parts that go through the Worker. */
export const PART_PATH = "/api/parts";

/** The one part that a URL accepts. */
const Part = z.object({
  key: z.string(),
  multipartId: z.string(),
  partNumber: z.int().positive(),
  /** Bytes. */
  length: z.int().positive(),
});
type Part = z.infer<typeof Part>;

const AUDIENCE = "upload-part";
const encode = (secret: string): Uint8Array => new TextEncoder().encode(secret);

type RelayEnv = Pick<Env, "PUBLIC_ORIGIN" | "TASK_SECRET">;

/**
 * A URL of this Worker for exactly one part of one upload, for instances whose bucket has no S3 token. Like a presigned
 * URL of the storage, it is all that a PUT needs, and becomes invalid with the multipart upload.
 */
export async function relayedPartUrl(
  { PUBLIC_ORIGIN, TASK_SECRET }: RelayEnv,
  part: Part,
  lifetimeSeconds: number,
): Promise<PresignedUrl> {
  const expiresAt = Math.floor(Date.now() / 1000) + lifetimeSeconds;
  const token = await new SignJWT({ ...part })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(AUDIENCE)
    .setExpirationTime(expiresAt)
    .sign(encode(TASK_SECRET));
  return {
    url: `${PUBLIC_ORIGIN}${PART_PATH}?token=${token}`,
    expiresAt: new Date(expiresAt * 1000),
  };
}

/** @throws AppError forbidden for a token that is not ours, was altered, or has expired */
async function partOf(secret: string, token: string): Promise<Part> {
  try {
    const options = { audience: AUDIENCE, algorithms: ["HS256"], requiredClaims: ["exp"] };
    return Part.parse((await jwtVerify(token, encode(secret), options)).payload);
  } catch (cause) {
    throw new AppError("forbidden", "The URL of this part is not valid. Request a new one.", {
      cause,
    });
  }
}

/**
 * Stores a part that was sent to `relayedPartUrl`, as it arrives and without keeping it in memory.
 * @throws AppError forbidden, part_size_mismatch, upload_closed, storage_unavailable
 */
export async function storePart(
  request: Request,
  env: Pick<Env, "MEDIA" | "TASK_SECRET">,
): Promise<Response> {
  const token = new URL(request.url).searchParams.get("token") ?? "";
  const { key, multipartId, partNumber, length } = await partOf(env.TASK_SECRET, token);
  const wrongLength = new AppError(
    "part_size_mismatch",
    `Part ${partNumber} must have exactly ${length} bytes.`,
  );
  const declared = request.headers.get("content-length");
  if (request.body === null || (declared !== null && Number(declared) !== length))
    throw wrongLength;
  const exact = new FixedLengthStream(length);
  // Errors on this side reach the other side, where R2 reads.
  request.body.pipeTo(exact.writable).catch(() => undefined);
  const upload = env.MEDIA.resumeMultipartUpload(key, multipartId);
  const stored = await upload.uploadPart(partNumber, exact.readable).catch((cause: unknown) => {
    if (isGone(cause))
      throw new AppError("upload_closed", "This upload has ended. Start it again.", { cause });
    // The stream's own error: it was given too few bytes, or too many.
    if (cause instanceof TypeError) throw wrongLength;
    throw unavailable("store the part", cause);
  });
  return new Response(null, { headers: { etag: `"${stored.etag}"` } });
}

/** R2's number of an error is at the end of its message: developers.cloudflare.com/r2/api/error-codes */
const codeOf = (error: unknown): string =>
  /\((\d+)\)\s*$/.exec(error instanceof Error ? error.message : "")?.[1] ?? "";

/** The multipart upload was completed or aborted, or never existed. */
export const isGone = (error: unknown): boolean => codeOf(error) === "10024";
/** The storage holds other parts than it should join. */
export const isInvalidPart = (error: unknown): boolean => codeOf(error) === "10025";
/** A part is smaller than R2 allows, or parts have different sizes. */
export const isInvalidSize = (error: unknown): boolean =>
  ["10011", "10048"].includes(codeOf(error));

export function unavailable(what: string, cause: unknown): AppError {
  return new AppError(
    "storage_unavailable",
    `The storage could not ${what}. Try again in a moment.`,
    { cause },
  );
}
