import { z } from "zod";
import { MAX_SPEECH_BYTES, MultipartCompletion, SPEECH_PATH } from "../../contract/task-storage.ts";
import { AppError } from "../../domain/errors.ts";
import { segmentIndex } from "../../domain/tasks/segment-names.ts";
import { encryptSegment, openContentKey } from "../../media/content-key.ts";
import { deliver } from "../../media/deliver.ts";
import { problemResponse } from "../../problem.ts";
import { recogniseSpeech, type SpeechEnv } from "../../services/speech-model.ts";
import { covers, type TaskAccess, verifyTaskToken } from "./task-token.ts";

type StorageEnv = Pick<Env, "CONTENT_KEY_SECRETS" | "MEDIA" | "TASK_SECRET"> & SpeechEnv;

/**
 * The storage that a runner sees, at `{base}/{token}/{key}`: GET and HEAD (with ranges) of its task's inputs and outputs,
 * PUT below its task's outputs, and multipart uploads for files too large for one PUT (contract/task-storage.ts).
 * Bodies are streamed both ways, except the segments of an encrypted video: they are encrypted here, so that neither the
 * runner nor the bucket ever has their key.
 * @param path below the mount point, without a leading slash
 * @param runner the caller; null if its credential does not identify a runner
 */
export async function serveTaskStorage(
  request: Request,
  env: StorageEnv,
  path: string,
  runner: string | null,
): Promise<Response> {
  try {
    const slash = path.indexOf("/");
    const access = await verifyTaskToken(env.TASK_SECRET, path.slice(0, slash));
    if (runner !== null && access.runner !== runner)
      throw new AppError("forbidden", "This task belongs to another runner.");
    const key = decodeURIComponent(path.slice(slash + 1));
    if (key === SPEECH_PATH && request.method === "POST") return await hear(request, env, access);
    switch (request.method) {
      case "GET":
      case "HEAD":
        if (!covers([...access.read, ...access.write], key)) throw forbidden(key);
        return await readObject(request, env.MEDIA, key);
      case "PUT":
      case "POST":
      case "DELETE":
        if (!covers(access.write, key)) throw forbidden(key);
        return await writeObject(request, env, key, access);
      default:
        throw new AppError(
          "method_not_allowed",
          "Task storage supports GET, HEAD, PUT, POST and DELETE.",
        );
    }
  } catch (error) {
    return problemResponse(error);
  }
}

async function hear(request: Request, env: SpeechEnv, access: TaskAccess): Promise<Response> {
  if (access.maySpeak !== true) throw forbidden(SPEECH_PATH);
  if (Number(request.headers.get("content-length") ?? Infinity) > MAX_SPEECH_BYTES)
    throw new AppError("payload_too_large", "This is too much audio for one request.");
  const language = new URL(request.url).searchParams.get("language");
  return Response.json(await recogniseSpeech(env, await request.arrayBuffer(), language));
}

const forbidden = (key: string) => new AppError("forbidden", `This task may not access ${key}.`);

async function readObject(request: Request, bucket: R2Bucket, key: string): Promise<Response> {
  const opened = await openRange(request, bucket, key);
  const object = opened ?? (await bucket.head(key));
  if (!object) throw notFound(key);
  return deliver(request, {
    size: object.size,
    etag: object.httpEtag,
    contentType: object.httpMetadata?.contentType ?? "application/octet-stream",
    cacheControl: "no-store",
    open: async (range) => {
      const body = opened ?? (await bucket.get(key, range && { range }));
      if (!body) throw notFound(key);
      return body.body;
    },
  });
}

/**
 * Reads a closed range, which a transcoder requests thousands of times, in one operation: reading the size first would
 * be a second one. Null for any other request, and if the object has no such range.
 */
async function openRange(
  request: Request,
  bucket: R2Bucket,
  key: string,
): Promise<R2ObjectBody | null> {
  const [, first, last] =
    /^bytes=(\d{1,15})-(\d{1,15})$/.exec(request.headers.get("range") ?? "") ?? [];
  if (request.method !== "GET" || first === undefined || last === undefined) return null;
  const range = { offset: Number(first), length: Number(last) - Number(first) + 1 };
  return bucket.get(key, { range }).catch(() => null);
}

const notFound = (key: string) => new AppError("not_found", `There is no object ${key}.`);

const UploadPart = z.object({
  uploadId: z.string().min(1),
  partNumber: z.coerce.number().int().min(1).max(10_000),
});

async function writeObject(
  request: Request,
  env: StorageEnv,
  key: string,
  { contentKey }: TaskAccess,
): Promise<Response> {
  const bucket = env.MEDIA;
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const httpMetadata = {
    contentType: request.headers.get("content-type") ?? "application/octet-stream",
  };
  if (request.method === "POST" && !query.uploadId) {
    const { uploadId } = await bucket.createMultipartUpload(key, { httpMetadata });
    return Response.json({ uploadId });
  }
  if (request.method === "POST") {
    const { parts } = MultipartCompletion.parse(await request.json());
    const { etag } = await bucket.resumeMultipartUpload(key, query.uploadId ?? "").complete(parts);
    return Response.json({ etag });
  }
  if (request.method === "DELETE") {
    await bucket
      .resumeMultipartUpload(key, UploadPart.shape.uploadId.parse(query.uploadId))
      .abort();
    return new Response(null, { status: 204 });
  }
  const body = bodyOfKnownLength(request);
  if (query.uploadId) {
    const { uploadId, partNumber } = UploadPart.parse(query);
    const { etag } = await bucket.resumeMultipartUpload(key, uploadId).uploadPart(partNumber, body);
    return Response.json({ etag });
  }
  const index = segmentIndex(key);
  const stored =
    contentKey !== undefined && index !== null
      ? await encryptSegment(
          await openContentKey(env, contentKey),
          index,
          await new Response(body).arrayBuffer(),
        )
      : body;
  const { etag } = await bucket.put(key, stored, { httpMetadata });
  return Response.json({ etag });
}

/** R2 accepts a stream only if its length is known. */
function bodyOfKnownLength(request: Request): ReadableStream | Uint8Array {
  if (!request.headers.has("content-length")) {
    throw new AppError("invalid_request", "A PUT needs a Content-Length.");
  }
  return request.body ?? new Uint8Array();
}
