import { AwsV4Signer } from "aws4fetch";
import pRetry from "p-retry";
import { count } from "../count.ts";
import { AppError } from "../domain/errors.ts";

/**
 * The S3 API of the media bucket, for multipart uploads that go from a browser straight to storage. Opening, completing and
 * aborting them use the S3 API too, not the R2 binding, so that the part ETags come from and go to one API
 * (docs/decisions/180-s3-multipart.md).
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

function objectUrl(env: S3Env, key: string, query: Record<string, string>): URL {
  const url = new URL(`${env.S3_ENDPOINT}/${env.S3_BUCKET}/${key}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

function signer(
  env: S3Env,
  request: Omit<ConstructorParameters<typeof AwsV4Signer>[0], "accessKeyId" | "secretAccessKey">,
) {
  return new AwsV4Signer({
    ...request,
    accessKeyId: env.S3_ACCESS_KEY_ID,
    secretAccessKey: env.S3_SECRET_ACCESS_KEY,
    service: "s3",
    region: "auto",
  });
}

interface S3Answer {
  status: number;
  text: string;
  /** The S3 error code, such as `NoSuchUpload`; null on success. A 200 may carry one too. */
  error: string | null;
}

/** S3's error codes for a temporary failure, which may come with status 200. */
const TEMPORARY_ERRORS = new Set(["InternalError", "ServiceUnavailable", "SlowDown"]);

/**
 * Sends a request and repeats it while the storage fails temporarily. All requests made here may be repeated: an upload that
 * was opened twice expires by itself.
 * @param what what the storage should do, for the error message
 * @throws AppError storage_unavailable
 */
function send(env: S3Env, method: string, url: URL, what: string, body = ""): Promise<S3Answer> {
  return pRetry(
    async () => {
      // Ending an upload costs nothing.
      if (method === "POST") count("storage.operations", { operation: "multipart" });
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
      if (answer.status >= 500 || TEMPORARY_ERRORS.has(error ?? ""))
        throw unavailable(answer, what);
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
}

/** The text of the first element of that name. S3's responses are flat, and in ids and ETags only quotes are escaped. */
function element(xml: string, name: string): string | null {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.replaceAll("&quot;", '"') ?? null;
}

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

/** Opens a multipart upload. @returns its id */
export async function createMultipart(env: S3Env, key: string): Promise<string> {
  const what = "open the upload";
  const answer = await send(env, "POST", objectUrl(env, key, { uploads: "" }), what);
  const id = element(answer.text, "UploadId");
  if (answer.error !== null || id === null) throw unavailable(answer, what);
  return id;
}

/**
 * A URL for exactly one part of one upload. The length is signed, so a part of another size is refused. The URL ends with the
 * multipart upload, so nothing can be written after it was completed.
 * @param lifetimeSeconds at most seven days
 */
export async function presignPart(
  env: S3Env,
  part: { key: string; multipartId: string; partNumber: number; length: number },
  lifetimeSeconds: number,
): Promise<PresignedUrl> {
  const url = objectUrl(env, part.key, {
    partNumber: String(part.partNumber),
    uploadId: part.multipartId,
    "X-Amz-Expires": String(lifetimeSeconds),
  });
  const signed = await signer(env, {
    method: "PUT",
    url: url.href,
    headers: { "content-length": String(part.length) },
    signQuery: true,
    allHeaders: true,
  }).sign();
  return { url: signed.url.href, expiresAt: new Date(Date.now() + lifetimeSeconds * 1000) };
}

export type CompleteResult =
  | { outcome: "completed"; etag: string }
  /** It was completed or aborted before, or never existed. */
  | { outcome: "gone" }
  /** The storage holds other parts than these. */
  | { outcome: "invalid-part" }
  | { outcome: "invalid-size" };

/** Joins the parts into the object. @param parts all of them, in order */
export async function completeMultipart(
  env: S3Env,
  key: string,
  multipartId: string,
  parts: readonly UploadedPart[],
): Promise<CompleteResult> {
  const partList = parts.map(
    ({ partNumber, etag }) =>
      `<Part><PartNumber>${partNumber}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${partList.join("")}</CompleteMultipartUpload>`;
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

/** Frees the parts. An upload that is already gone is no error. */
export async function abortMultipart(env: S3Env, key: string, multipartId: string): Promise<void> {
  const what = "delete the parts";
  const answer = await send(env, "DELETE", objectUrl(env, key, { uploadId: multipartId }), what);
  if (answer.error !== null && answer.error !== "NoSuchUpload") throw unavailable(answer, what);
}

const unquote = (etag: string): string => etag.replace(/^"|"$/g, "");

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
