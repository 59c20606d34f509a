import { openAsBlob } from "node:fs";
import { basename, extname } from "node:path";
import {
  PartUrls,
  UploadCompleted,
  type UploadCreate,
  UploadCreated,
} from "../workers/contract/upload.ts";
import type { ApiClient } from "./api-client.ts";

const PARTS_AT_ONCE = 4;
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
  const waiting = Array.from({ length: upload.partCount }, (_, index) => index + 1);
  let stored = 0;

  const worker = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const start = (part - 1) * upload.partSize;
      const bytes = file.slice(start, start + upload.partSize);
      const etag = await sendPart(api, upload.id, part, bytes);
      await api.call("PUT", `/v1/uploads/${upload.id}/parts/${part}`, { etag });
      stored += bytes.size;
      onProgress(stored, file.size);
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, worker));
  return UploadCompleted.parse(await api.call("POST", `/v1/uploads/${upload.id}/complete`)).videoId;
}

/** The ETag of the part, now in the storage. Each attempt asks for a new URL. */
async function sendPart(
  api: ApiClient,
  uploadId: string,
  partNumber: number,
  bytes: Blob,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const urls = PartUrls.parse(
      await api.call("POST", `/v1/uploads/${uploadId}/parts`, { partNumbers: [partNumber] }),
    );
    const [target] = urls.parts;
    if (!target) throw new Error(`No URL for part ${partNumber}`);
    try {
      const response = await fetch(target.url, {
        method: target.method,
        headers: target.headers,
        body: bytes,
      });
      const etag = response.headers.get("etag");
      if (response.ok && etag) return etag;
      throw new Error(`The storage answered ${response.status}: ${await response.text()}`);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
