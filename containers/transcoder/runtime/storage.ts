import { randomUUID } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import {
  type MultipartCompletion,
  MultipartCreated,
  MultipartPart,
} from "../../../workers/contract/task-storage.ts";
import { TaskFailure } from "./failure.ts";

const ATTEMPTS = 4;
const FIRST_RETRY_MS = 200;
/** Of a multipart upload; what is smaller goes in one request. Held in memory, one at a time. */
const PART_BYTES = 16 * 1024 * 1024;

/** How long a storage that keeps silent is waited for, in milliseconds; then it is asked anew. */
export type Patience = {
  /** For the head of an answer to a read. */
  answer: number;
  /** For the head of an answer to what is stored; it includes sending it. */
  storing: number;
  /** For the next bytes of a body. */
  bytes: number;
  /** For a block of a source, with all that is tried for it: less than ffmpeg waits (source.ts). */
  block: number;
};

export const PATIENCE: Patience = {
  answer: 10_000,
  storing: 60_000,
  bytes: 10_000,
  block: 60_000,
};

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", onAbort, { once: true });
  });

/** An answer without its length could pass for an empty film, which would be refused for good. */
const lengthIn = (headers: Headers, path: string): number => {
  const length = headers.get("content-length");
  if (length === null) throw new TaskFailure("source_unreachable", `${path}: no Content-Length`);
  return Number(length);
};

/** The chunks of a body, none of which may be waited for too long; leaving the loop closes the connection. */
async function* unstalled(
  body: ReadableStream<Uint8Array>,
  milliseconds: number,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const stalled = setTimeout(() => void reader.cancel(), milliseconds);
      const { value, done } = await reader.read().finally(() => clearTimeout(stalled));
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * The task's window on the storage: plain HTTP below one base URL, which may touch only the task's own keys.
 * Requests are repeated on network errors, 429 and 5xx; both verbs are idempotent.
 */
export class Storage {
  readonly #base: string;
  readonly #signal: AbortSignal;
  readonly #patience: Patience;

  /** @param base URL without a trailing slash */
  constructor(base: string, signal: AbortSignal, patience = PATIENCE) {
    this.#base = base;
    this.#signal = signal;
    this.#patience = patience;
  }

  url(path: string): string {
    return `${this.#base}/${path.split("/").map(encodeURIComponent).join("/")}`;
  }

  /**
   * Size of an object, and what tells its content from any other under the same path.
   *
   * @throws TaskFailure `source_unreachable`
   */
  async head(path: string): Promise<{ size: number; etag: string }> {
    const { headers } = await this.#request(
      "source_unreachable",
      path,
      () => ({ method: "HEAD" }),
      [200],
    );
    // Without an etag nothing is known to be the same.
    return {
      size: lengthIn(headers, path),
      etag: headers.get("etag") ?? randomUUID(),
    };
  }

  /**
   * An object or a part of it, fewer bytes where it ends. A connection that breaks off is taken up where it broke:
   * half a source must never pass for a whole one.
   *
   * @throws TaskFailure `source_unreachable`
   */
  async read(path: string, start = 0, length = Infinity): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let offset = start;
    for (let broken = 0; ; broken += 1) {
      const { end, body } = await this.#openAt(path, offset, start + length);
      let problem: unknown = "ended early";
      try {
        for await (const chunk of body === null ? [] : unstalled(body, this.#patience.bytes)) {
          parts.push(chunk);
          offset += chunk.byteLength;
          broken = 0;
        }
      } catch (error) {
        this.#signal.throwIfAborted();
        problem = error;
      }
      if (offset >= end) return Buffer.concat(parts);
      if (broken + 1 >= ATTEMPTS)
        throw new TaskFailure("source_unreachable", `${path} at ${offset}: ${String(problem)}`);
      await pause(FIRST_RETRY_MS * 4 ** broken, this.#signal);
    }
  }

  /** @throws TaskFailure `storage_failed` */
  async put(path: string, body: Uint8Array<ArrayBuffer>, contentType: string): Promise<void> {
    const response = await this.#request(
      "storage_failed",
      path,
      () => ({
        method: "PUT",
        headers: { "content-type": contentType },
        body,
      }),
      [200, 201, 204],
    );
    await response.body?.cancel();
  }

  /**
   * Stores a file of known length: in one request, or in equal parts when it is large.
   *
   * @throws TaskFailure `storage_failed`
   */
  async putFile(path: string, file: FileHandle, size: number, contentType: string): Promise<void> {
    const part = async (index: number): Promise<Buffer<ArrayBuffer>> => {
      const start = index * PART_BYTES;
      const buffer = Buffer.alloc(Math.min(PART_BYTES, size - start));
      await file.read(buffer, 0, buffer.length, start);
      return buffer;
    };
    if (size <= PART_BYTES) return this.put(path, await part(0), contentType);
    const post = async (query: string, body: string | undefined): Promise<unknown> => {
      const headers = { "content-type": body === undefined ? contentType : "application/json" };
      const response = await this.#request(
        "storage_failed",
        path,
        () => ({ method: "POST", headers, ...(body === undefined ? {} : { body }) }),
        [200],
        query,
      );
      return this.#json(response);
    };
    const { uploadId } = MultipartCreated.parse(await post("", undefined));
    const query = `?uploadId=${encodeURIComponent(uploadId)}`;
    const parts: MultipartCompletion["parts"] = [];
    for (let index = 0; index * PART_BYTES < size; index += 1) {
      const body = await part(index);
      const response = await this.#request(
        "storage_failed",
        path,
        () => ({ method: "PUT", body }),
        [200],
        `${query}&partNumber=${index + 1}`,
      );
      parts.push({
        partNumber: index + 1,
        etag: MultipartPart.parse(await this.#json(response)).etag,
      });
    }
    await post(query, JSON.stringify({ parts }));
  }

  async #json({ body }: Response): Promise<unknown> {
    const parts: Uint8Array[] = [];
    if (body !== null)
      for await (const part of unstalled(body, this.#patience.bytes)) parts.push(part);
    return JSON.parse(Buffer.concat(parts).toString());
  }

  /** @returns the bytes from `start` on, and where they end, which is `until` or the end of the object */
  async #openAt(
    path: string,
    start: number,
    until: number,
  ): Promise<{ end: number; body: ReadableStream<Uint8Array> | null }> {
    const isWhole = start === 0 && until === Infinity;
    const range = `bytes=${start}-${until === Infinity ? "" : until - 1}`;
    const response = await this.#request(
      "source_unreachable",
      path,
      () => (isWhole ? {} : { headers: { range } }),
      [200, 206, 416],
    );
    const { status, headers, body } = response;
    // Nothing lies at the start of an empty object, nor behind the end of any other.
    if (status === 416) {
      await body?.cancel();
      return { end: start, body: null };
    }
    const last = /^bytes \d+-(\d+)\//.exec(headers.get("content-range") ?? "")?.[1];
    return {
      end: last === undefined ? lengthIn(headers, path) : Number(last) + 1,
      body,
    };
  }

  async #request(
    code: "source_unreachable" | "storage_failed",
    path: string,
    init: () => RequestInit,
    accepted: readonly number[],
    query = "",
  ): Promise<Response> {
    let problem = "";
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (attempt > 0) await pause(FIRST_RETRY_MS * 4 ** (attempt - 1), this.#signal);
      // Of the head alone: the body, which the same signal ends, may take its time.
      const silent = new AbortController();
      const { answer, storing } = this.#patience;
      const timer = setTimeout(
        () => silent.abort(new Error("no answer")),
        code === "storage_failed" ? storing : answer,
      );
      try {
        const response = await fetch(this.url(path) + query, {
          ...init(),
          signal: AbortSignal.any([this.#signal, silent.signal]),
          redirect: "error",
        });
        if (accepted.includes(response.status)) return response;
        problem = `${response.status}`;
        await response.body?.cancel();
        if (response.status < 500 && response.status !== 429) break;
      } catch (error) {
        this.#signal.throwIfAborted();
        problem = String(error);
      } finally {
        clearTimeout(timer);
      }
    }
    throw new TaskFailure(code, `${path}: ${problem}`);
  }
}
