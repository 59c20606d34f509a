import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import {
  type MultipartCompletion,
  MultipartCreated,
  MultipartPart,
} from "../../workers/contract/task-storage.ts";
import { TaskFailure } from "./failure.ts";

const ATTEMPTS = 4;
const FIRST_RETRY_MS = 200;
/** Of a multipart upload; what is smaller goes in one request. Held in memory, one at a time. */
const PART_BYTES = 16 * 1024 * 1024;

/**
 * Bytes asked for at once: few where ffmpeg only looks, more as it reads on. A storage may well send all it was asked
 * for, even when nobody reads on.
 */
const FIRST_WINDOW = 256 * 1024;
const LAST_WINDOW = 2 * 1024 * 1024;
/** A connection on which nothing comes for so long, though somebody waits, is given up. */
const STALLED_MS = 20_000;

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

/** A part of an object that is being read: where it ends, and the size of the whole. */
type Opened = { size: number; end: number; body: ReadableStream<Uint8Array> | null };

/** The chunks of a body, none of which may be waited for too long; leaving the loop closes the connection. */
async function* unstalled(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const stalled = setTimeout(() => void reader.cancel(), STALLED_MS);
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

  /** @param base URL without a trailing slash */
  constructor(base: string, signal: AbortSignal) {
    this.#base = base;
    this.#signal = signal;
  }

  url(path: string): string {
    return `${this.#base}/${path.split("/").map(encodeURIComponent).join("/")}`;
  }

  /**
   * An object from `start` on, with the size of the whole. A connection that breaks off is taken up where it broke:
   * a task reads for minutes, and half a source must never pass for a whole one.
   *
   * @throws TaskFailure `source_unreachable`, here or while the bytes are read
   */
  async open(
    path: string,
    start = 0,
    window = FIRST_WINDOW,
  ): Promise<{ size: number; bytes: AsyncGenerator<Uint8Array, void> }> {
    const opened = await this.#openAt(path, start, window);
    return { size: opened.size, bytes: this.#readOn(path, start, opened) };
  }

  /**
   * Some bytes of an object, fewer where it ends, and the size of the whole.
   *
   * @throws TaskFailure `source_unreachable`
   */
  async peek(path: string, length: number, start = 0): Promise<{ bytes: Buffer; size: number }> {
    const { size, bytes } = await this.open(path, start, length);
    const parts: Uint8Array[] = [];
    let received = 0;
    for await (const part of bytes) {
      parts.push(part);
      received += part.byteLength;
      if (received >= length) break;
    }
    return { bytes: Buffer.concat(parts).subarray(0, length), size };
  }

  /** @throws TaskFailure `source_unreachable` */
  async get(path: string): Promise<Buffer> {
    const { bytes } = await this.open(path);
    return Buffer.concat(await Readable.from(bytes).toArray());
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
      return response.json();
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
      parts.push({ partNumber: index + 1, etag: MultipartPart.parse(await response.json()).etag });
    }
    await post(query, JSON.stringify({ parts }));
  }

  async #openAt(path: string, start: number, window: number): Promise<Opened> {
    const response = await this.#request(
      "source_unreachable",
      path,
      () => ({ headers: { range: `bytes=${start}-${start + window - 1}` } }),
      [200, 206, 416],
    );
    // Nothing lies at the start of an empty object, nor behind the end of any other.
    const range = response.headers.get("content-range");
    const size = Number(
      /\/(\d+)$/.exec(range ?? "")?.[1] ?? response.headers.get("content-length"),
    );
    const end = response.status === 206 ? Math.min(size, start + window) : size;
    if (response.status !== 416) return { size, end, body: response.body };
    await response.body?.cancel();
    return { size, end, body: null };
  }

  async *#readOn(path: string, start: number, first: Opened): AsyncGenerator<Uint8Array, void> {
    let { size, end, body } = first;
    let window = FIRST_WINDOW;
    let broken = 0;
    for (let offset = start; body !== null && offset < size;) {
      let problem: unknown = "ended early";
      try {
        for await (const chunk of unstalled(body)) {
          offset += chunk.byteLength;
          broken = 0;
          yield chunk;
        }
        if (offset >= size) return;
      } catch (error) {
        this.#signal.throwIfAborted();
        problem = error;
      }
      if (offset < end) {
        broken += 1;
        if (broken >= ATTEMPTS)
          throw new TaskFailure("source_unreachable", `${path} at ${offset}: ${String(problem)}`);
        await pause(FIRST_RETRY_MS * 4 ** (broken - 1), this.#signal);
      }
      window = Math.min(LAST_WINDOW, window * 2);
      ({ size, end, body } = await this.#openAt(path, offset, window));
    }
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
      try {
        const response = await fetch(this.url(path) + query, {
          ...init(),
          signal: this.#signal,
          redirect: "error",
        });
        if (accepted.includes(response.status)) return response;
        problem = `${response.status}`;
        await response.body?.cancel();
        if (response.status < 500 && response.status !== 429) break;
      } catch (error) {
        this.#signal.throwIfAborted();
        problem = String(error);
      }
    }
    throw new TaskFailure(code, `${path}: ${problem}`);
  }
}
