import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BLOCK_BYTES, SourceCache } from "./source-cache.ts";

const MAX_BLOCKS = 3;
let cache: SourceCache;
/** The fetched blocks, in order. */
let fetched: string[];

beforeEach(() => {
  cache = new SourceCache(MAX_BLOCKS * BLOCK_BYTES, tmpdir());
  fetched = [];
});
afterEach(() => cache[Symbol.asyncDispose]());

const contentOf = (block: string): Buffer => Buffer.alloc(BLOCK_BYTES, `${block}.`);
async function read(block: string, start = 0): Promise<Buffer> {
  const parts = cache.read(block, start, () => {
    fetched.push(block);
    return Promise.resolve(contentOf(block));
  });
  return Buffer.concat(await Readable.from(parts).toArray());
}

describe("source blocks", () => {
  it("are fetched once, and are the same when read from the disk", async () => {
    for (const block of ["a", "b", "a", "b"])
      expect((await read(block)).equals(contentOf(block))).toBe(true);
    expect(fetched).toEqual(["a", "b"]);
  });

  it("are fetched once for all concurrent readers", async () => {
    const all = await Promise.all([read("a"), read("a"), read("a")]);
    expect(all.every((bytes) => bytes.equals(contentOf("a")))).toBe(true);
    expect(fetched).toEqual(["a"]);
  });

  it("can be read from any offset", async () => {
    for (let turn = 0; turn < 2; turn += 1)
      expect((await read("a", 100_001)).equals(contentOf("a").subarray(100_001))).toBe(true);
    expect(fetched).toEqual(["a"]);
  });

  it("are evicted in least recently used order", async () => {
    for (const block of ["a", "b", "c", "a", "d", "a", "c", "b"]) await read(block);
    expect(fetched).toEqual(["a", "b", "c", "d", "b"]);
    for (const block of ["b", "a", "c"])
      expect((await read(block)).equals(contentOf(block))).toBe(true);
  });

  it("are unchanged while other blocks are evicted", async () => {
    const blocks = Array.from({ length: 60 }, (_, index) => String((index * 7) % 11));
    const all = await Promise.all(blocks.map((block) => read(block)));
    expect(all.every((bytes, index) => bytes.equals(contentOf(blocks[index] ?? "")))).toBe(true);
  });

  it("are fetched by another task if the one fetching them ends", async () => {
    const { promise, reject } = Promise.withResolvers<Buffer>();
    const ending = cache.load("a", () => promise);
    const other = read("a");
    reject(new Error("the task was cancelled"));
    await expect(ending).rejects.toThrow("cancelled");
    expect((await other).equals(contentOf("a"))).toBe(true);
    expect(fetched).toEqual(["a"]);
  });

  it("are not cached if there is no room", async () => {
    cache = new SourceCache(0, tmpdir());
    await read("a");
    await read("a");
    expect(fetched).toEqual(["a", "a"]);
  });
});
