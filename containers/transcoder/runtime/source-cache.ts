import { type FileHandle, mkdtempDisposable, open } from "node:fs/promises";
import { join } from "node:path";

/** Sources are read from the storage in blocks of this many bytes; the last one of a source is shorter. */
export const BLOCK_BYTES = 1024 * 1024;

const PIECE_BYTES = 64 * 1024;

/** Where a block lies in the file, and who reads it: its place is not given away meanwhile. */
type Stored = { place: number; bytes: number; readers: number };

/** A file without a name: nothing is left behind, whatever becomes of this process. */
const openAnonymous = async (parent: string): Promise<FileHandle> => {
  await using folder = await mkdtempDisposable(join(parent, "sources-"));
  return await open(join(folder.path, "blocks"), "w+");
};

/**
 * Blocks of sources that were read lately, on this machine's disk: a film's chunks, sound, loudness and pictures read
 * the same bytes, and the storage is asked for each once. The block that was read longest ago makes room.
 */
export class SourceCache implements AsyncDisposable {
  readonly #places: number;
  readonly #folder: string;
  /** The block that was read longest ago first. */
  readonly #stored = new Map<string, Stored>();
  readonly #fetching = new Map<string, Promise<Buffer>>();
  /** Places at the start of the file that were ever given away. */
  #used = 0;
  #file: Promise<FileHandle> | undefined;

  /**
   * @param limit bytes on the disk; 0 keeps nothing
   * @param folder in which the file is made
   */
  constructor(limit: number, folder: string) {
    this.#places = Math.floor(limit / BLOCK_BYTES);
    this.#folder = folder;
  }

  has(block: string): boolean {
    return this.#stored.has(block);
  }

  /**
   * Sees to it that a block is here; whoever asks for one that is on its way waits for it.
   *
   * @param block names the source, its content and the block's number
   * @returns its bytes where they had to be fetched, undefined where they lie on the disk
   * @throws what `fetch` throws
   */
  async load(block: string, fetch: () => Promise<Buffer>): Promise<Buffer | undefined> {
    if (this.#stored.has(block)) return undefined;
    const running = this.#fetching.get(block);
    if (running !== undefined) {
      // A fetch of another task's may end with that task, which says nothing of this one.
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
   * A block from its byte `start` on; from the disk in small pieces, since V8 is slow to collect large ones.
   *
   * @throws what `fetch` throws
   */
  async *read(
    block: string,
    start: number,
    fetch: () => Promise<Buffer>,
  ): AsyncGenerator<Buffer, void> {
    const fetched = await this.load(block, fetch);
    const stored = fetched === undefined ? this.#stored.get(block) : undefined;
    let offset = start;
    if (stored !== undefined) {
      this.#stored.delete(block);
      this.#stored.set(block, stored);
      stored.readers += 1;
      try {
        const file = await this.#file;
        while (offset < stored.bytes) {
          const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, stored.bytes - offset));
          const at = stored.place * BLOCK_BYTES + offset;
          const read = await file?.read(piece, 0, piece.length, at).catch(() => undefined);
          // The rest comes from the storage when the disk fails.
          if (read?.bytesRead !== piece.length) break;
          offset += piece.length;
          yield piece;
        }
        if (offset === stored.bytes) return;
      } finally {
        stored.readers -= 1;
      }
    }
    yield (fetched ?? (await fetch())).subarray(offset);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stored.clear();
    const file = await this.#file?.catch(() => undefined);
    await file?.close();
  }

  /** A disk that is full, or gone, costs the reuse and not the task. */
  async #store(block: string, bytes: Buffer): Promise<void> {
    const place = this.#freeSlot();
    if (place === undefined) return;
    try {
      this.#file ??= openAnonymous(this.#folder);
      await (await this.#file).write(bytes, 0, bytes.length, place * BLOCK_BYTES);
      this.#stored.set(block, { place, bytes: bytes.length, readers: 0 });
    } catch (error) {
      console.error(JSON.stringify({ event: "source-cache-failed", error: String(error) }));
    }
  }

  #freeSlot(): number | undefined {
    if (this.#used < this.#places) return this.#used++;
    for (const [block, { place, readers }] of this.#stored) {
      if (readers > 0) continue;
      this.#stored.delete(block);
      return place;
    }
    return undefined;
  }
}
