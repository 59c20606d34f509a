import { randomUUID } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import {
  type MultipartCompletion,
  MultipartCreated,
  MultipartPart,
} from "../../../workers/contract/task-storage.ts";
import { TaskFailure } from "./failure.ts";
import { traceHeaders } from "./trace.ts";

const MAX_ATTEMPTS = 4;
/** Each further retry waits four times as long. */
const FIRST_RETRY_DELAY_MS = 200;
/** Size of a part of a multipart upload; a smaller file is uploaded in one request. One part at a time is in memory. */
const PART_BYTES = 16 * 1024 * 1024;

/** How long to wait for a storage that does not respond before a request is repeated. */
export interface RetryPolicy {
  /** Timeout for the response headers of a read. */
  readTimeoutMs: number;
  /** Timeout for the response headers of a write, including sending the body. */
  writeTimeoutMs: number;
  /** Timeout for the next bytes of a body. */
  stallTimeoutMs: number;
  /** Timeout for a block of a source, including retries; less than ffmpeg's own (probe/source-input.ts). */
  blockTimeoutMs: number;
}

export const RETRY_POLICY: RetryPolicy = {
  readTimeoutMs: 10_000,
  writeTimeoutMs: 60_000,
  stallTimeoutMs: 10_000,
  blockTimeoutMs: 60_000,
};

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    function onAbort(): void {
      clearTimeout(timer);
      reject(signal.reason);
    }
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** A response without a length must not pass for an empty source, which would be a permanent failure. */
function contentLengthOf(headers: Headers, path: string): number {
  const length = headers.get("content-length");
  if (length === null) throw new TaskFailure("source_unreachable", `${path}: no Content-Length`);
  return Number(length);
}

/** Reads a body, cancelling it when the next bytes take too long. Leaving the loop closes the connection. */
async function* readBody(
  body: ReadableStream<Uint8Array>,
  stallTimeoutMs: number,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const stalled = setTimeout(() => void reader.cancel(), stallTimeoutMs);
      const { value, done } = await reader.read().finally(() => clearTimeout(stalled));
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * The task's storage: plain HTTP below one base URL, which gives access to the task's own keys only. Requests are
 * repeated on network errors, 429 and 5xx, which is safe because reads and writes are idempotent.
 */
export class Storage {
  readonly #base: string;
  readonly #signal: AbortSignal;
  readonly #policy: RetryPolicy;
  readonly #headers: Record<string, string>;

  /**
   * @param base URL without a trailing slash
   * @param headers of every request
   */
  constructor(
    base: string,
    signal: AbortSignal,
    policy = RETRY_POLICY,
    headers: Record<string, string> = {},
  ) {
    this.#base = base;
    this.#signal = signal;
    this.#policy = policy;
    this.#headers = headers;
  }

  url(path: string): string {
    return `${this.#base}/${path.split("/").map(encodeURIComponent).join("/")}`;
  }

  /**
   * Size and etag of an object.
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
    // Without an etag, a unique value keeps the content out of the cache.
    return {
      size: contentLengthOf(headers, path),
      etag: headers.get("etag") ?? randomUUID(),
    };
  }

  /**
   * Reads an object or a range of it; fewer bytes at its end. A broken connection is resumed: half a source must never
   * be taken for a whole one.
   *
   * @throws TaskFailure `source_unreachable`
   */
  async read(path: string, start = 0, length = Infinity): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let offset = start;
    for (let failures = 0; ; failures += 1) {
      const { end, body } = await this.#openAt(path, offset, start + length);
      let problem: unknown = "the connection closed early";
      try {
        for await (const chunk of body === null
          ? []
          : readBody(body, this.#policy.stallTimeoutMs)) {
          parts.push(chunk);
          offset += chunk.byteLength;
          failures = 0;
        }
      } catch (error) {
        this.#signal.throwIfAborted();
        problem = error;
      }
      if (offset >= end) return Buffer.concat(parts);
      if (failures + 1 >= MAX_ATTEMPTS)
        throw new TaskFailure(
          "source_unreachable",
          `${path} at byte ${offset}: ${String(problem)}`,
        );
      await pause(FIRST_RETRY_DELAY_MS * 4 ** failures, this.#signal);
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
   * Stores a file: in one request, or as a multipart upload when it is large.
   *
   * @throws TaskFailure `storage_failed`
   */
  async putFile(path: string, file: FileHandle, size: number, contentType: string): Promise<void> {
    async function part(index: number): Promise<Buffer<ArrayBuffer>> {
      const start = index * PART_BYTES;
      const buffer = Buffer.alloc(Math.min(PART_BYTES, size - start));
      await file.read(buffer, 0, buffer.length, start);
      return buffer;
    }
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

  /** Sends a body; the response is JSON. @throws TaskFailure `storage_failed` */
  async ask(path: string, body: Blob, query: string): Promise<unknown> {
    const init = () => ({ method: "POST", body });
    return this.#json(await this.#request("storage_failed", path, init, [200], query));
  }

  async #json({ body }: Response): Promise<unknown> {
    const parts: Uint8Array[] = [];
    if (body !== null)
      for await (const part of readBody(body, this.#policy.stallTimeoutMs)) parts.push(part);
    return JSON.parse(Buffer.concat(parts).toString());
  }

  /** @returns a body that starts at byte `start`, and the offset at which it ends: `until` or the end of the object */
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
    // An empty object has no byte at 0, and no object has one past its end.
    if (status === 416) {
      await body?.cancel();
      return { end: start, body: null };
    }
    // A proxy dropped the range: the body starts at byte 0 and is as long as the object.
    if (status === 200 && !isWhole && (start > 0 || contentLengthOf(headers, path) > until)) {
      await body?.cancel();
      throw new TaskFailure("source_unreachable", `${path}: the whole object instead of ${range}`);
    }
    const last = /^bytes \d+-(\d+)\//.exec(headers.get("content-range") ?? "")?.[1];
    return {
      end: last === undefined ? contentLengthOf(headers, path) : Number(last) + 1,
      body,
    };
  }

  async #request(
    code: "source_unreachable" | "storage_failed",
    path: string,
    init: () => Omit<RequestInit, "headers"> & { headers?: Record<string, string> },
    accepted: readonly number[],
    query = "",
  ): Promise<Response> {
    let problem = "";
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await pause(FIRST_RETRY_DELAY_MS * 4 ** (attempt - 1), this.#signal);
      // This timeout is for the headers only. The body, which the same signal would end, has its own.
      const timeout = new AbortController();
      const { readTimeoutMs, writeTimeoutMs } = this.#policy;
      const timer = setTimeout(
        () => timeout.abort(new Error("no response")),
        code === "storage_failed" ? writeTimeoutMs : readTimeoutMs,
      );
      try {
        const options = init();
        const response = await fetch(this.url(path) + query, {
          ...options,
          headers: { ...traceHeaders(), ...this.#headers, ...options.headers },
          signal: AbortSignal.any([this.#signal, timeout.signal]),
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
