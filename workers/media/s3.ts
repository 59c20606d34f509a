import { AwsV4Signer } from "aws4fetch";
import pRetry from "p-retry";
import { AppError } from "../domain/errors.ts";

/**
 * The S3 API of the media bucket, for what must go from a browser straight to storage: multipart uploads.
 * Opening, completing and aborting use the S3 API too, not the R2 binding, so that one API hands out and takes
 * back the part ETags (docs/decisions/180-s3-multipart.md).
 */
export type S3Env = Pick<
  Env,
  "S3_ENDPOINT" | "S3_BUCKET" | "S3_ACCESS_KEY_ID" | "S3_SECRET_ACCESS_KEY"
>;

export interface UploadedPart {
  partNumber: number;
  etag: string;
}

export interface PresignedUrl {
  url: string;
  expiresAt: Date;
}

const objectUrl = (env: S3Env, key: string, query: Record<string, string>): URL => {
  const url = new URL(`${env.S3_ENDPOINT}/${env.S3_BUCKET}/${key}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
};

const signer = (
  env: S3Env,
  request: Omit<ConstructorParameters<typeof AwsV4Signer>[0], "accessKeyId" | "secretAccessKey">,
) =>
  new AwsV4Signer({
    ...request,
    accessKeyId: env.S3_ACCESS_KEY_ID,
    secretAccessKey: env.S3_SECRET_ACCESS_KEY,
    service: "s3",
    region: "auto",
  });

interface S3Answer {
  status: number;
  text: string;
  /** The S3 error code, for example `NoSuchUpload`; null on success. A 200 may carry one too. */
  error: string | null;
}

/** S3's words for "not now", which also come with a status of 200. */
const PASSING = new Set(["InternalError", "ServiceUnavailable", "SlowDown"]);

/**
 * Asks the storage, and again where it is away for a moment: all that is asked for here may be repeated
 * (an upload that was opened for nobody ends by itself).
 * @param what that it should do, for the message
 * @throws AppError storage_unavailable
 */
const send = (env: S3Env, method: string, url: URL, what: string, body = ""): Promise<S3Answer> =>
  pRetry(
    async () => {
      const signed = await signer(env, { method, url: url.href, body }).sign();
      const response = await fetch(signed.url, {
        method: signed.method,
        headers: signed.headers,
        ...(body === "" ? {} : { body }),
      });
      const text = await response.text();
      const failed = !response.ok || text.includes("<Error>");
      const error = failed ? (element(text, "Code") ?? "Unknown") : null;
      const answer = { status: response.status, text, error };
      if (answer.status >= 500 || PASSING.has(error ?? "")) throw unavailable(answer, what);
      return answer;
    },
    { retries: 2, minTimeout: 200, factor: 3, randomize: true },
  ).catch((cause: unknown) => {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      "storage_unavailable",
      "The storage did not answer. Try again in a moment.",
      { cause },
    );
  });

/** The text of the first such element: S3's answers are flat, and ids and ETags need no unescaping but of quotes. */
const element = (xml: string, name: string): string | null =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.replaceAll("&quot;", '"') ?? null;

function unavailable(answer: S3Answer, what: string): AppError {
  return new AppError(
    "storage_unavailable",
    `The storage could not ${what}. Try again in a moment.`,
    {
      cause: new Error(
        `S3 answered ${answer.status} ${answer.error}: ${answer.text.slice(0, 500)}`,
      ),
    },
  );
}

/** Opens a multipart upload and returns its id. */
export async function createMultipart(env: S3Env, key: string): Promise<string> {
  const what = "open the upload";
  const answer = await send(env, "POST", objectUrl(env, key, { uploads: "" }), what);
  const id = element(answer.text, "UploadId");
  if (answer.error !== null || id === null) throw unavailable(answer, what);
  return id;
}

/**
 * A URL for exactly one part of one upload: the length is signed, so another size is refused, and the URL dies
 * with the multipart upload, so nothing can be written after `complete`.
 * @param lifetime seconds, at most seven days
 */
export async function presignPart(
  env: S3Env,
  part: { key: string; multipartId: string; partNumber: number; length: number },
  lifetime: number,
): Promise<PresignedUrl> {
  const url = objectUrl(env, part.key, {
    partNumber: String(part.partNumber),
    uploadId: part.multipartId,
    "X-Amz-Expires": String(lifetime),
  });
  const signed = await signer(env, {
    method: "PUT",
    url: url.href,
    headers: { "content-length": String(part.length) },
    signQuery: true,
    allHeaders: true,
  }).sign();
  return { url: signed.url.href, expiresAt: new Date(Date.now() + lifetime * 1000) };
}

export type CompleteResult =
  | { outcome: "completed"; etag: string }
  /** Completed or aborted before, or never there. */
  | { outcome: "gone" }
  /** The storage holds other parts than the ones named. */
  | { outcome: "invalid-part" }
  | { outcome: "invalid-size" };

/** Joins the parts, which must be all of them in order, into the object. */
export async function completeMultipart(
  env: S3Env,
  key: string,
  multipartId: string,
  parts: readonly UploadedPart[],
): Promise<CompleteResult> {
  const list = parts.map(
    ({ partNumber, etag }) =>
      `<Part><PartNumber>${partNumber}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`;
  const what = "join the parts";
  const answer = await send(
    env,
    "POST",
    objectUrl(env, key, { uploadId: multipartId }),
    what,
    body,
  );
  const etag = element(answer.text, "ETag");
  if (answer.error === null && etag !== null) return { outcome: "completed", etag: unquote(etag) };
  if (answer.error === "NoSuchUpload") return { outcome: "gone" };
  if (answer.error === "InvalidPart" || answer.error === "InvalidPartOrder")
    return { outcome: "invalid-part" };
  if (answer.error === "EntityTooSmall") return { outcome: "invalid-size" };
  throw unavailable(answer, what);
}

/** Frees the parts; an upload that is gone already is fine. */
export async function abortMultipart(env: S3Env, key: string, multipartId: string): Promise<void> {
  const what = "free the parts";
  const answer = await send(env, "DELETE", objectUrl(env, key, { uploadId: multipartId }), what);
  if (answer.error !== null && answer.error !== "NoSuchUpload") throw unavailable(answer, what);
}

const unquote = (etag: string): string => etag.replace(/^"|"$/g, "");

const escapeXml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
