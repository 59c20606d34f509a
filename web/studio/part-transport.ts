import pRetry from "p-retry";
import { completeUpload, recordPart, signParts } from "../api.ts";
import { ApiError } from "../api-error.ts";
import { isPassing, type Part, type PartTransport, type SignedPart } from "./part-queue.ts";

/** Milliseconds in which nothing of a request moves, after which it is given up and made again: a browser never does. */
const STALLED_MS = 60_000;

const stalled = (): ApiError =>
  new ApiError(0, "stalled", "The server has not answered for a minute. Check your connection.");

/** A call of the API that is given up when it takes too long. */
async function inTime<T>(
  call: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const limit = AbortSignal.timeout(STALLED_MS);
  try {
    return await call(AbortSignal.any([signal, limit]));
  } catch (error) {
    throw limit.aborted && !signal.aborted ? stalled() : error;
  }
}

/**
 * One PUT straight to the storage. XMLHttpRequest, since `fetch` still reports no upload progress.
 * The storage must expose `ETag` to this origin (r2 CORS), or the part cannot be put on record.
 */
function putPart(
  signed: SignedPart,
  body: Blob,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const request = new XMLHttpRequest();
    request.open("PUT", signed.url);
    for (const [name, value] of Object.entries(signed.headers))
      request.setRequestHeader(name, value);
    let limit: ReturnType<typeof setTimeout> | undefined;
    const moves = () => {
      clearTimeout(limit);
      limit = setTimeout(() => request.abort(), STALLED_MS);
    };
    request.upload.onprogress = (event) => {
      moves();
      onProgress(event.loaded);
    };
    request.onloadend = () => clearTimeout(limit);
    request.onload = () => {
      const etag = request.getResponseHeader("etag");
      if (request.status >= 200 && request.status < 300 && etag) resolve(etag);
      else if (request.status < 300)
        reject(
          new ApiError(
            400,
            "etag_hidden",
            "The storage does not tell the browser what it received. Its CORS settings must expose ETag.",
          ),
        );
      else
        reject(
          new ApiError(
            request.status,
            "storage_refused",
            `The storage refused a part of the file (${request.status}).`,
          ),
        );
    };
    request.onerror = () =>
      reject(new ApiError(0, "offline", "The storage cannot be reached. Check your connection."));
    request.onabort = () => reject(signal.aborted ? (signal.reason as Error) : stalled());
    signal.addEventListener("abort", () => request.abort(), { once: true });
    moves();
    request.send(body);
  });
}

const online = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (navigator.onLine) return resolve();
    addEventListener("online", () => resolve(), { once: true, signal });
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

/** Has the parts joined. A repetition says the same, so a server that is away for a moment is asked again. */
export const joinParts = async (uploadId: string, signal: AbortSignal): Promise<void> => {
  await pRetry(() => inTime((ended) => completeUpload(uploadId, ended), signal), {
    retries: 7,
    maxTimeout: 15_000,
    randomize: true,
    signal,
    shouldRetry: async ({ error }) => {
      if (!isPassing(error)) return false;
      await online(signal);
      return true;
    },
  });
};

/** The real calls behind `uploadParts` for one file of one upload. */
export const browserTransport = (uploadId: string, file: Blob): PartTransport => ({
  sign: (partNumbers, signal) => inTime((ended) => signParts(uploadId, partNumbers, ended), signal),
  put: (signed: SignedPart, part: Part, onProgress, signal) =>
    putPart(signed, file.slice(part.start, part.end), onProgress, signal),
  record: (partNumber, etag, signal) =>
    inTime((ended) => recordPart(uploadId, partNumber, etag, ended), signal),
  wait: async (milliseconds, signal) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    signal.throwIfAborted();
    await online(signal);
  },
});
