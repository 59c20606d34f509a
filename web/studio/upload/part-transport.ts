import PQueue from "p-queue";
import pRetry from "p-retry";
import { completeUpload, recordPart, signParts } from "../../api.ts";
import { ApiError } from "../../api-error.ts";
import {
  isTransient,
  MAX_ATTEMPTS,
  MAX_DELAY_MS,
  type Part,
  type PartTransport,
  type SignedPart,
  type UploadedPart,
} from "./part-queue.ts";
import { t } from "../../i18n/translate.ts";

/** A request without progress for this long is aborted and retried, as browsers have no timeout of their own. */
const STALL_TIMEOUT_MS = 60_000;

function stalledError(): ApiError {
  return new ApiError(0, "stalled", t("upload.stalled"));
}

/**
 * Limit for all files together: more requests share the same connection, and each part is in memory while it is sent.
 */
export const MAX_CONCURRENT_PARTS = 4;
const slots = new PQueue({ concurrency: MAX_CONCURRENT_PARTS });

/**
 * The bytes of a part. Safari can hang for ever on a request whose body is a slice of a file, so they are read first.
 * @throws ApiError file_unreadable when the file was moved, changed or deleted since it was chosen
 */
async function readPart(file: Blob, { start, end }: Part): Promise<ArrayBuffer> {
  try {
    return await file.slice(start, end).arrayBuffer();
  } catch {
    throw new ApiError(400, FILE_UNREADABLE, t("upload.fileChanged"));
  }
}

/** The code of the error after which the file has to be chosen again. */
export const FILE_UNREADABLE = "file_unreadable";

/** Aborts an API call that takes too long. */
async function withTimeout<T>(
  call: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const timeout = AbortSignal.timeout(STALL_TIMEOUT_MS);
  try {
    return await call(AbortSignal.any([signal, timeout]));
  } catch (error) {
    throw timeout.aborted && !signal.aborted ? stalledError() : error;
  }
}

/**
 * Sends one part straight to the storage, with XMLHttpRequest because `fetch` reports no upload progress.
 * The storage's CORS settings must expose `ETag`, without which the part cannot be recorded.
 */
function putPart(
  signed: SignedPart,
  body: ArrayBuffer,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const request = new XMLHttpRequest();
    request.open("PUT", signed.url);
    for (const [name, value] of Object.entries(signed.headers))
      request.setRequestHeader(name, value);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const restartTimer = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), STALL_TIMEOUT_MS);
    };
    request.upload.onprogress = (event) => {
      restartTimer();
      onProgress(event.loaded);
    };
    request.onloadend = () => clearTimeout(timer);
    request.onload = () => {
      const etag = request.getResponseHeader("etag");
      if (request.status >= 200 && request.status < 300 && etag) resolve(etag);
      else if (request.status < 300)
        reject(new ApiError(400, "etag_hidden", t("upload.etagHidden")));
      else
        reject(
          new ApiError(
            request.status,
            "storage_refused",
            t("upload.refused", { status: request.status }),
          ),
        );
    };
    request.onerror = () => reject(new ApiError(0, "offline", t("upload.offline")));
    request.onabort = () => reject(signal.aborted ? (signal.reason as Error) : stalledError());
    signal.addEventListener("abort", () => request.abort(), { once: true });
    restartTimer();
    request.send(body);
  });
}

function untilOnline(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (navigator.onLine) return resolve();
    addEventListener("online", () => resolve(), { once: true, signal });
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

/** Calls the API again after transient failures, once the browser is online. The call must be one that can be repeated. */
export function callPatiently<T>(
  call: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return pRetry(() => withTimeout(call, signal), {
    retries: MAX_ATTEMPTS - 1,
    maxTimeout: MAX_DELAY_MS,
    randomize: true,
    signal,
    shouldRetry: async ({ error }) => {
      if (!isTransient(error)) return false;
      await untilOnline(signal);
      return true;
    },
  });
}

/** Completes the upload. @param parts those that were not recorded */
export async function joinParts(
  uploadId: string,
  parts: UploadedPart[],
  signal: AbortSignal,
): Promise<void> {
  await callPatiently((ended) => completeUpload(uploadId, parts, ended), signal);
}

/** The requests behind `uploadParts`, for one file. */
export function browserTransport(uploadId: string, file: Blob): PartTransport {
  return {
    sign: (partNumbers, signal) =>
      withTimeout((ended) => signParts(uploadId, partNumbers, ended), signal),
    put: (signed: SignedPart, part: Part, onProgress, signal) =>
      slots.add(async () => putPart(signed, await readPart(file, part), onProgress, signal), {
        signal,
      }),
    record: (partNumber, etag, signal) =>
      withTimeout((ended) => recordPart(uploadId, partNumber, etag, ended), signal),
    wait: async (milliseconds, signal) => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      signal.throwIfAborted();
      await untilOnline(signal);
    },
  };
}
