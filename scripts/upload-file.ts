import { openAsBlob } from "node:fs";
import { basename, extname } from "node:path";
import {
  PartUrls,
  type UploadComplete,
  UploadCompleted,
  type UploadCreate,
  UploadCreated,
} from "../workers/contract/uploads.ts";
import { type ApiClient, retryFor } from "./api-client.ts";

const CONCURRENT_PARTS = 4;
/** The API signs at most this many URLs per call. */
const URLS_PER_CALL = 100;
/** Timeout for one part, based on the slowest supported connection. */
const TIMEOUT_PART_MS = 30_000;
const MIN_BYTES_PER_MS = 64;

/** Content types of common container formats by extension. */
export const VIDEO_TYPES: Readonly<Record<string, string>> = {
  ".mp4": "video/mp4",
  ".m4v": "video/mp4",
  ".mov": "video/quicktime",
  ".mkv": "video/x-matroska",
  ".webm": "video/webm",
  ".avi": "video/x-msvideo",
  ".flv": "video/x-flv",
  ".ts": "video/mp2t",
  ".m2ts": "video/mp2t",
  ".mpg": "video/mpeg",
  ".mpeg": "video/mpeg",
  ".ogv": "video/ogg",
  ".wmv": "video/x-ms-wmv",
  ".3gp": "video/3gpp",
  ".mxf": "application/mxf",
};

/**
 * Uploads a file: several parts at once, directly to the storage. It cannot be resumed, so the parts are not recorded one by
 * one, as the upload page does.
 * @param onProgress receives the bytes stored so far
 * @returns the id of the video
 */
export async function uploadFile(
  api: ApiClient,
  path: string,
  metadata: Partial<UploadCreate>,
  onProgress: (stored: number, size: number) => void,
): Promise<string> {
  const file = await openAsBlob(path);
  const contentType = VIDEO_TYPES[extname(path).toLowerCase()] ?? "application/octet-stream";
  const upload = UploadCreated.parse(
    await api.call("POST", "/v1/uploads", {
      filename: basename(path),
      size: file.size,
      contentType,
      ...metadata,
    }),
  );
  const uploadPath = `/v1/uploads/${upload.id}`;
  const sign = async (partNumbers: number[]): Promise<PartUrls["parts"]> => {
    const body = { partNumbers };
    return PartUrls.parse(
      await api.call("POST", `${uploadPath}/parts`, body, { isCreation: false }),
    ).parts;
  };
  const parts: NonNullable<UploadComplete["parts"]> = [];
  let stored = 0;

  for (let first = 1; first <= upload.partCount; first += URLS_PER_CALL) {
    const count = Math.min(URLS_PER_CALL, upload.partCount - first + 1);
    const queue = await sign(Array.from({ length: count }, (_, index) => first + index));
    async function lane(): Promise<void> {
      for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
        const { partNumber } = part;
        const start = (partNumber - 1) * upload.partSize;
        const bytes = file.slice(start, start + upload.partSize);
        parts.push({ partNumber, etag: await sendPart(api, part, bytes, sign) });
        stored += bytes.size;
        onProgress(stored, file.size);
      }
    }
    await Promise.all(Array.from({ length: CONCURRENT_PARTS }, lane));
  }
  const body = { parts } satisfies UploadComplete;
  const completed = await api.call("POST", `${uploadPath}/complete`, body, { isCreation: false });
  return UploadCompleted.parse(completed).videoId;
}

type Target = PartUrls["parts"][number];

/** Stores a part; each further attempt uses a new URL. @returns its ETag */
function sendPart(
  api: ApiClient,
  part: Target,
  bytes: Blob,
  sign: (partNumbers: number[]) => Promise<Target[]>,
): Promise<string> {
  let target: Target | undefined = part;
  const timeoutMs = TIMEOUT_PART_MS + Math.ceil(bytes.size / MIN_BYTES_PER_MS);
  return retryFor(api.retry.retryMs, async () => {
    target ??= (await sign([part.partNumber]))[0];
    if (!target) throw new Error(`No URL for part ${part.partNumber}`);
    const { url, method, headers } = target;
    target = undefined;
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method, headers, body: bytes, signal });
    const etag = response.headers.get("etag");
    if (response.ok && etag) return etag;
    throw new Error(`The storage answered ${response.status}: ${await response.text()}`);
  });
}
