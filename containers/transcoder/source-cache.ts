import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Sources are read from the storage in blocks of this many bytes; the last one of a source is shorter. */
export const BLOCK_BYTES = 1024 * 1024;

/** Where a block lies in the file, and who reads it: its place is not given away meanwhile. */
type Stored = { place: number; bytes: number; readers: number };

/** A file without a name: nothing is left behind, whatever becomes of this process. */
const openAnonymous = async (): Promise<FileHandle> => {
  const folder = await mkdtemp(join(tmpdir(), "kinora-sources-"));
  try {
    return await open(join(folder, "blocks"), "w+");
  } finally {
    await rm(folder, { recursive: true });
  }
};

/**
 * Blocks of sources that were read lately, on this machine's disk: a film's chunks, sound, loudness and pictures read
 * the same bytes, and the storage is asked for each once. The block that was read longest ago makes room.
 */
export class SourceCache implements AsyncDisposable {
  readonly #places: number;
  /** The block that was read longest ago first. */
  readonly #stored = new Map<string, Stored>();
  readonly #fetching = new Map<string, Promise<Buffer>>();
  /** Places at the start of the file that were ever given away. */
  #used = 0;
  #file: Promise<FileHandle> | undefined;

  /** @param limit bytes on the disk; 0 keeps nothing */
  constructor(limit: number) {
    this.#places = Math.floor(limit / BLOCK_BYTES);
  }

  /**
   * A block, from the disk or else by `fetch`; whoever asks for one that is on its way waits for it.
   *
   * @param block names the source, its content and the block's number
   * @throws what `fetch` throws
   */
  async read(block: string, fetch: () => Promise<Buffer>): Promise<Buffer> {
    const known = await this.#readStored(block);
    if (known !== undefined) return known;
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

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stored.clear();
    const file = await this.#file?.catch(() => undefined);
    await file?.close();
  }

  async #readStored(block: string): Promise<Buffer | undefined> {
    const stored = this.#stored.get(block);
    if (stored === undefined) return undefined;
    this.#stored.delete(block);
    this.#stored.set(block, stored);
    stored.readers += 1;
    try {
      const file = await this.#file;
      const buffer = Buffer.allocUnsafe(stored.bytes);
      const read = await file?.read(buffer, 0, stored.bytes, stored.place * BLOCK_BYTES);
      return read?.bytesRead === stored.bytes ? buffer : undefined;
    } catch {
      return undefined;
    } finally {
      stored.readers -= 1;
    }
  }

  /** A disk that is full, or gone, costs the reuse and not the task. */
  async #store(block: string, bytes: Buffer): Promise<void> {
    const place = this.#freePlace();
    if (place === undefined) return;
    try {
      this.#file ??= openAnonymous();
      await (await this.#file).write(bytes, 0, bytes.length, place * BLOCK_BYTES);
      this.#stored.set(block, { place, bytes: bytes.length, readers: 0 });
    } catch (error) {
      console.error(JSON.stringify({ event: "source-cache-failed", error: String(error) }));
    }
  }

  #freePlace(): number | undefined {
    if (this.#used < this.#places) return this.#used++;
    for (const [block, { place, readers }] of this.#stored) {
      if (readers > 0) continue;
      this.#stored.delete(block);
      return place;
    }
    return undefined;
  }
}
