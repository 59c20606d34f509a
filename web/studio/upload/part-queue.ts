import { ApiError } from "../../api-error.ts";
import type { PauseGate } from "./pause-gate.ts";
import { t } from "../../i18n/translate.ts";

export interface Part {
  partNumber: number;
  /** Byte range of the file; `end` is exclusive. */
  start: number;
  end: number;
}

export interface SignedPart {
  partNumber: number;
  url: string;
  headers: Record<string, string>;
}

/** A stored part, as the storage names it. */
export interface UploadedPart {
  partNumber: number;
  etag: string;
}

/** The requests of one part. Each rejects with `ApiError` (status 0: no connection), or when the signal aborts. */
export interface PartTransport {
  sign: (partNumbers: number[], signal: AbortSignal) => Promise<SignedPart[]>;
  /** Resolves to the ETag. @param onProgress receives the bytes of this part sent so far */
  put: (
    signed: SignedPart,
    part: Part,
    onProgress: (bytes: number) => void,
    signal: AbortSignal,
  ) => Promise<string>;
  record: (partNumber: number, etag: string, signal: AbortSignal) => Promise<void>;
  /** Resolves after this delay, and not while the browser is offline. */
  wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

interface UploadPartsOptions {
  parts: Part[];
  concurrency: number;
  transport: PartTransport;
  gate: PauseGate;
  /** Cancels the upload. */
  signal: AbortSignal;
  onProgress: (partNumber: number, bytes: number) => void;
}

const URLS_PER_REQUEST = 8;
export const MAX_ATTEMPTS = 8;
const BASE_DELAY_MS = 500;
export const MAX_DELAY_MS = 15_000;

/** Equal parts except the last, as R2 requires. @param size bytes, more than 0 @param partSize bytes */
export function splitIntoParts(size: number, partSize: number): Part[] {
  return Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({
    partNumber: index + 1,
    start: index * partSize,
    end: Math.min(size, (index + 1) * partSize),
  }));
}

/** Milliseconds to wait before a retry: exponential backoff, half of it jitter. @param attempt failures so far */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  return Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** attempt) * (0.5 + random() / 2);
}

/**
 * Whether a retry can help. The storage's 403 may mean that the signed URL has expired, so it is transient; an error
 * that our API reports with a code is not.
 */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.status === 0 ||
      error.status >= 500 ||
      error.status === 408 ||
      error.status === 429 ||
      error.code === "storage_refused")
  );
}

/**
 * Sends the parts, several at once. A failed part is retried with backoff; a pause aborts running requests without
 * counting as an attempt. Rejects with the first error that no retry can fix.
 * @returns the part that was stored last: it is not recorded, since the upload is completed next; none without parts
 */
export async function uploadParts({
  parts,
  concurrency,
  transport,
  gate,
  signal,
  onProgress,
}: UploadPartsOptions): Promise<UploadedPart[]> {
  const queue = [...parts];
  let unsent = parts.length;
  const last: UploadedPart[] = [];
  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  const urls = new Map<number, Promise<SignedPart>>();

  /** Signs the URLs of the next parts in the same request. */
  const urlOf = (partNumber: number): Promise<SignedPart> => {
    const known = urls.get(partNumber);
    if (known) return known;
    const ahead = queue.map((part) => part.partNumber).filter((number) => !urls.has(number));
    const numbers = [partNumber, ...ahead.slice(0, URLS_PER_REQUEST - 1)];
    const batch = transport.sign(numbers, ended);
    for (const number of numbers) {
      const url = batch.then((signed) => {
        const found = signed.find((item) => item.partNumber === number);
        if (!found) throw new ApiError(0, "part_not_signed", t("upload.notSigned", { number }));
        return found;
      });
      url.catch(() => urls.delete(number));
      urls.set(number, url);
    }
    return urls.get(partNumber) ?? batch.then(() => urlOf(partNumber));
  };

  const send = async (part: Part): Promise<void> => {
    let attempt = 0;
    let etag: string | null = null;
    for (;;) {
      await gate.opened;
      ended.throwIfAborted();
      const paused = gate.signal;
      const stop = AbortSignal.any([ended, paused]);
      try {
        if (etag === null) {
          const url = await urlOf(part.partNumber);
          etag = await transport.put(
            url,
            part,
            (bytes) => onProgress(part.partNumber, bytes),
            stop,
          );
          unsent--;
          if (unsent === 0) last.push({ partNumber: part.partNumber, etag });
        }
        if (last[0]?.partNumber !== part.partNumber)
          await transport.record(part.partNumber, etag, stop);
        onProgress(part.partNumber, part.end - part.start);
        return;
      } catch (error) {
        ended.throwIfAborted();
        if (etag === null) onProgress(part.partNumber, 0);
        if (paused.aborted) continue;
        if (!isTransient(error) || ++attempt >= MAX_ATTEMPTS) throw error;
        urls.delete(part.partNumber);
        await transport.wait(retryDelay(attempt), ended);
      }
    }
  };

  const worker = async (): Promise<void> => {
    for (let part = queue.shift(); part; part = queue.shift()) await send(part);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, parts.length) }, worker));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  return last;
}
