import { type FileHandle, mkdtempDisposable, open } from "node:fs/promises";
import { join } from "node:path";
import { log } from "./log.ts";

/** Sources are read from the storage in blocks of this size; the last block of a source may be shorter. */
export const BLOCK_BYTES = 1024 * 1024;

/** V8 is slow to collect large buffers, so blocks are read from the disk in parts of this size. */
const READ_BYTES = 64 * 1024;

interface CachedBlock {
  /** Its position in the file, in blocks. */
  position: number;
  bytes: number;
  /** How many readers it has now; it is not evicted while there are any. */
  readers: number;
}

/** Opens a file and unlinks it, so that nothing is left behind even if this process is killed. */
async function openAnonymous(parent: string): Promise<FileHandle> {
  await using folder = await mkdtempDisposable(join(parent, "sources-"));
  return await open(join(folder.path, "blocks"), "w+");
}

/**
 * An LRU cache of source blocks on the local disk. The video, audio, loudness and image tasks of a video read the same
 * bytes, so each block is fetched from the storage only once.
 */
export class SourceCache implements AsyncDisposable {
  readonly #maxBlocks: number;
  readonly #folder: string;
  /** Blocks, least recently used first. */
  readonly #cached = new Map<string, CachedBlock>();
  readonly #fetching = new Map<string, Promise<Buffer>>();
  /** Length of the file, in blocks. */
  #fileBlocks = 0;
  #file: Promise<FileHandle> | undefined;

  /**
   * @param maxBytes on the disk; 0 disables the cache
   * @param folder in which the file is created
   */
  constructor(maxBytes: number, folder: string) {
    this.#maxBlocks = Math.floor(maxBytes / BLOCK_BYTES);
    this.#folder = folder;
  }

  has(block: string): boolean {
    return this.#cached.has(block);
  }

  /**
   * Ensures that a block is cached. Concurrent callers share one fetch.
   *
   * @param block key: the source, its etag and the block's index
   * @returns the block's bytes if they had to be fetched, undefined if they are on the disk
   * @throws what `fetch` throws
   */
  async load(block: string, fetch: () => Promise<Buffer>): Promise<Buffer | undefined> {
    if (this.#cached.has(block)) return undefined;
    const running = this.#fetching.get(block);
    if (running !== undefined) {
      // The other task's fetch may have failed only because that task ended.
      const bytes = await running.catch(() => undefined);
      if (bytes !== undefined) return bytes;
    }
    const fetching = fetch();
    this.#fetching.set(block, fetching);
    try {
      const bytes = await fetching;
      await this.#store(block, bytes);
      return bytes;
    } finally {
      if (this.#fetching.get(block) === fetching) this.#fetching.delete(block);
    }
  }

  /**
   * Yields the bytes of a block from `start` on.
   *
   * @throws what `fetch` throws
   */
  async *read(
    block: string,
    start: number,
    fetch: () => Promise<Buffer>,
  ): AsyncGenerator<Buffer, void> {
    const fetched = await this.load(block, fetch);
    const cached = fetched === undefined ? this.#cached.get(block) : undefined;
    let offset = start;
    if (cached !== undefined) {
      this.#cached.delete(block);
      this.#cached.set(block, cached);
      cached.readers += 1;
      try {
        const file = await this.#file;
        while (offset < cached.bytes) {
          const part = Buffer.allocUnsafe(Math.min(READ_BYTES, cached.bytes - offset));
          const at = cached.position * BLOCK_BYTES + offset;
          const read = await file?.read(part, 0, part.length, at).catch(() => undefined);
          // If the disk fails, the rest is fetched from the storage.
          if (read?.bytesRead !== part.length) break;
          offset += part.length;
          yield part;
        }
        if (offset === cached.bytes) return;
      } finally {
        cached.readers -= 1;
      }
    }
    yield (fetched ?? (await fetch())).subarray(offset);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cached.clear();
    const file = await this.#file?.catch(() => undefined);
    await file?.close();
  }

  /** Fails open: without a working disk, tasks read from the storage instead. */
  async #store(block: string, bytes: Buffer): Promise<void> {
    const position = this.#freePosition();
    if (position === undefined) return;
    try {
      this.#file ??= openAnonymous(this.#folder);
      await (await this.#file).write(bytes, 0, bytes.length, position * BLOCK_BYTES);
      this.#cached.set(block, { position, bytes: bytes.length, readers: 0 });
    } catch (error) {
      log("source-cache.failed", { error: String(error) });
    }
  }

  #freePosition(): number | undefined {
    if (this.#fileBlocks < this.#maxBlocks) return this.#fileBlocks++;
    for (const [block, { position, readers }] of this.#cached) {
      if (readers > 0) continue;
      this.#cached.delete(block);
      return position;
    }
    return undefined;
  }
}
