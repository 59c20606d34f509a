import { openAsBlob } from "node:fs";
import { basename, extname } from "node:path";
import {
  PartUrls,
  UploadCompleted,
  type UploadCreate,
  UploadCreated,
} from "../workers/contract/uploads.ts";
import type { ApiClient } from "./api-client.ts";

const PARTS_AT_ONCE = 4;
/** URLs asked for in one call, which takes at most so many. */
const SIGNED_AT_ONCE = 100;
const ATTEMPTS = 3;

/** Content types of the containers that people keep, by extension. */
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
 * Uploads a file as the page does: several parts at once, straight to the storage, each one on record.
 * @param onProgress bytes that are stored so far
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
  const sign = async (partNumbers: number[]): Promise<PartUrls["parts"]> =>
    PartUrls.parse(await api.call("POST", `/v1/uploads/${upload.id}/parts`, { partNumbers })).parts;
  let stored = 0;

  for (let first = 1; first <= upload.partCount; first += SIGNED_AT_ONCE) {
    const count = Math.min(SIGNED_AT_ONCE, upload.partCount - first + 1);
    const waiting = await sign(Array.from({ length: count }, (_, index) => first + index));
    const lane = async (): Promise<void> => {
      // A part is put on record while the next one is sent.
      let recorded: Promise<unknown> = Promise.resolve();
      for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
        const start = (part.partNumber - 1) * upload.partSize;
        const bytes = file.slice(start, start + upload.partSize);
        const [etag] = await Promise.all([sendPart(part, bytes, sign), recorded]);
        stored += bytes.size;
        onProgress(stored, file.size);
        recorded = api.call("PUT", `/v1/uploads/${upload.id}/parts/${part.partNumber}`, { etag });
      }
      await recorded;
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, lane));
  }
  return UploadCompleted.parse(await api.call("POST", `/v1/uploads/${upload.id}/complete`)).videoId;
}

type Target = PartUrls["parts"][number];

/** The ETag of the part, now in the storage. Each further attempt asks for a new URL. */
async function sendPart(
  part: Target,
  bytes: Blob,
  sign: (partNumbers: number[]) => Promise<Target[]>,
): Promise<string> {
  let target: Target | undefined = part;
  for (let attempt = 1; ; attempt++) {
    try {
      if (!target) throw new Error(`No URL for part ${part.partNumber}`);
      const { url, method, headers } = target;
      const response = await fetch(url, { method, headers, body: bytes });
      const etag = response.headers.get("etag");
      if (response.ok && etag) return etag;
      throw new Error(`The storage answered ${response.status}: ${await response.text()}`);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
    [target] = await sign([part.partNumber]);
  }
}
