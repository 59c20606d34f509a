import type { FileHandle } from "node:fs/promises";
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
   * First bytes of an object and the size of the whole.
   *
   * @throws TaskFailure `source_unreachable`
   */
  async head(path: string, length: number): Promise<{ bytes: Buffer; size: number }> {
    const response = await this.#request(
      "source_unreachable",
      path,
      () => ({
        headers: { range: `bytes=0-${length - 1}` },
      }),
      [200, 206, 416],
    );
    if (response.status === 416) return { bytes: Buffer.alloc(0), size: 0 };
    const total =
      /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ??
      response.headers.get("content-length");
    const reader = response.body?.getReader();
    const parts: Uint8Array[] = [];
    for (let received = 0; reader !== undefined && received < length;) {
      const { value, done } = await reader.read();
      if (done) break;
      parts.push(value);
      received += value.byteLength;
    }
    await reader?.cancel();
    return { bytes: Buffer.concat(parts).subarray(0, length), size: Number(total ?? 0) };
  }

  /** @throws TaskFailure `source_unreachable` */
  async get(path: string): Promise<Buffer> {
    const response = await this.#request("source_unreachable", path, () => ({}), [200]);
    return Buffer.from(await response.arrayBuffer());
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
