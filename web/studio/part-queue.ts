import { ApiError } from "../api-error.ts";
import type { PauseGate } from "./pause-gate.ts";

export interface Part {
  partNumber: number;
  /** Bytes of the file, [start, end). */
  start: number;
  end: number;
}

export interface SignedPart {
  partNumber: number;
  url: string;
  headers: Record<string, string>;
}

/** The calls a part needs. Each rejects with `ApiError` (status 0: the network) or when the signal aborts. */
export interface PartTransport {
  sign: (partNumbers: number[], signal: AbortSignal) => Promise<SignedPart[]>;
  /** Resolves to the ETag. @param onProgress bytes of this part that were sent so far */
  put: (
    signed: SignedPart,
    part: Part,
    onProgress: (bytes: number) => void,
    signal: AbortSignal,
  ) => Promise<string>;
  record: (partNumber: number, etag: string, signal: AbortSignal) => Promise<void>;
  /** Resolves after so many milliseconds, and not before the network is back. */
  wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

interface Options {
  parts: Part[];
  concurrency: number;
  transport: PartTransport;
  gate: PauseGate;
  /** Ends everything. */
  signal: AbortSignal;
  onProgress: (partNumber: number, bytes: number) => void;
}

const SIGN_AHEAD = 8;
const MAX_ATTEMPTS = 8;

/** Equal parts, the last one shorter: what R2 wants. @param size bytes, more than 0 */
export function splitIntoParts(size: number, partSize: number): Part[] {
  return Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({
    partNumber: index + 1,
    start: index * partSize,
    end: Math.min(size, (index + 1) * partSize),
  }));
}

/** Exponential with full jitter, from half a second to 15 s. */
export const backoff = (attempt: number, random: () => number = Math.random): number =>
  Math.min(15_000, 500 * 2 ** attempt) * (0.5 + random() / 2);

/**
 * Whether another try can help. A refused PUT may mean that its URL expired, so the storage's 403 counts
 * as passing; what our own API refuses (with a code of its own) does not change by asking again.
 */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError &&
  (error.status === 0 ||
    error.status >= 500 ||
    error.status === 408 ||
    error.status === 429 ||
    error.code === "storage_refused");

/**
 * Sends the parts, several at once. A part that fails is tried again with backoff; a pause stops what is
 * under way and costs no attempt. Rejects with the first error that no retry can help.
 */
export async function uploadParts({
  parts,
  concurrency,
  transport,
  gate,
  signal,
  onProgress,
}: Options): Promise<void> {
  const queue = [...parts];
  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  const urls = new Map<number, Promise<SignedPart>>();

  /** Signs a batch ahead; the others of the batch find theirs in the map. */
  const urlOf = (partNumber: number): Promise<SignedPart> => {
    const known = urls.get(partNumber);
    if (known) return known;
    const ahead = queue.map((part) => part.partNumber).filter((number) => !urls.has(number));
    const numbers = [partNumber, ...ahead.slice(0, SIGN_AHEAD - 1)];
    const batch = transport.sign(numbers, ended);
    for (const number of numbers) {
      const url = batch.then((signed) => {
        const found = signed.find((item) => item.partNumber === number);
        if (!found)
          throw new ApiError(
            0,
            "part_not_signed",
            `The server gave no address for part ${number}.`,
          );
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
        etag ??= await transport.put(
          await urlOf(part.partNumber),
          part,
          (bytes) => onProgress(part.partNumber, bytes),
          stop,
        );
        await transport.record(part.partNumber, etag, stop);
        onProgress(part.partNumber, part.end - part.start);
        return;
      } catch (error) {
        ended.throwIfAborted();
        if (etag === null) onProgress(part.partNumber, 0);
        if (paused.aborted) continue;
        if (!isPassing(error) || ++attempt >= MAX_ATTEMPTS) throw error;
        urls.delete(part.partNumber);
        await transport.wait(backoff(attempt), ended);
      }
    }
  };

  const lane = async (): Promise<void> => {
    for (let part = queue.shift(); part; part = queue.shift()) await send(part);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, parts.length) }, lane));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}
