import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, quickTools, startBench } from "../../../tests/support/transcoder/bench.ts";
import { openRelay } from "./relay.ts";
import { BLOCK_BYTES, SourceCache } from "./source-cache.ts";
import { Storage } from "./storage.ts";

const BLOCKS = 24;
let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ tools: quickTools });
  const file = join(bench.folder, "source");
  await writeFile(file, randomBytes(BLOCKS * BLOCK_BYTES));
  bench.storage.link("source", file);
});
afterAll(() => bench[Symbol.asyncDispose]());

it.runIf(process.platform === "linux")(
  "fetching stops soon after a reader stops reading",
  async () => {
    const fetched: number[] = [];
    bench.storage.waits = (line, start) => {
      if (line.startsWith("GET")) fetched.push(start / BLOCK_BYTES);
      return undefined;
    };
    const storage = new Storage(bench.storage.url, new AbortController().signal);
    await using cache = new SourceCache(BLOCKS * BLOCK_BYTES, bench.folder);
    await using relay = await openRelay(storage, cache);
    const { hostname, port, pathname } = new URL(relay.url("source"));
    const reader = connect(Number(port), hostname);
    reader.write(`GET ${pathname} HTTP/1.1\r\nHost: relay\r\nRange: bytes=0-\r\n\r\n`);
    await once(reader, "data");
    reader.pause();
    // Waits for as long as fetching a dozen other blocks takes.
    for (let block = BLOCKS / 2; block < BLOCKS; block += 1)
      await relay.peek("source", 1, block * BLOCK_BYTES);
    expect(fetched.filter((block) => block < BLOCKS / 2).length).toBeLessThanOrEqual(2);
    const closed = once(reader, "close");
    reader.resume();
    await expect
      .poll(() => fetched.filter((block) => block < BLOCKS / 2).length, { timeout: 100_000 })
      .toBe(BLOCKS / 2);
    reader.destroy();
    await closed;
  },
);

it("fetching stops when a reader disconnects", async () => {
  const fetched: number[] = [];
  bench.storage.waits = (line, start) => {
    if (line.startsWith("GET")) fetched.push(start / BLOCK_BYTES);
    return undefined;
  };
  const storage = new Storage(bench.storage.url, new AbortController().signal);
  await using cache = new SourceCache(BLOCKS * BLOCK_BYTES, bench.folder);
  await using relay = await openRelay(storage, cache);
  const { hostname, port, pathname } = new URL(relay.url("source"));
  // Reads every other block: if the next one were prefetched, all of them would be.
  for (let block = 0; block < BLOCKS; block += 2) {
    const reader = connect(Number(port), hostname);
    const range = `bytes=${block * BLOCK_BYTES}-`;
    reader.write(`GET ${pathname} HTTP/1.1\r\nHost: relay\r\nRange: ${range}\r\n\r\n`);
    await once(reader, "data");
    reader.destroy();
    await once(reader, "close");
    // Waits for as long as fetching another block takes.
    await relay.peek("source", 1, block * BLOCK_BYTES);
  }
  expect(new Set(fetched).size).toBeLessThan(0.75 * BLOCKS);
});

it("a read of known length fetches one block ahead, but none that it does not need", async () => {
  const fetched: number[] = [];
  const isSecondAskedFor = Promise.withResolvers<void>();
  bench.storage.waits = (line, start) => {
    if (!line.startsWith("GET")) return undefined;
    const block = start / BLOCK_BYTES;
    fetched.push(block);
    if (block === 1) isSecondAskedFor.resolve();
    return block === 0 ? isSecondAskedFor.promise : undefined;
  };
  const storage = new Storage(bench.storage.url, new AbortController().signal);
  await using cache = new SourceCache(BLOCKS * BLOCK_BYTES, bench.folder);
  await using relay = await openRelay(storage, cache);
  const { bytes } = await relay.peek("source", 2.5 * BLOCK_BYTES);
  expect(bytes).toHaveLength(2.5 * BLOCK_BYTES);
  expect(fetched.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
});
