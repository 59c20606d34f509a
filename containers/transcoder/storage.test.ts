import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Storage } from "./storage.ts";

const MEGABYTE = 1 << 20;
const object = Buffer.alloc(20 * MEGABYTE, "kinora");
/** Lengths asked for, in order. */
const asked: number[] = [];
let server: Server;
let storage: Storage;

beforeAll(async () => {
  server = createServer((request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const [start, end] = [Number(first), Math.min(object.length, Number(last) + 1)];
    asked.push(end - start);
    response.writeHead(206, { "content-range": `bytes ${start}-${end - 1}/${object.length}` });
    response.end(object.subarray(start, end));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  storage = new Storage(`http://127.0.0.1:${address.port}`, new AbortController().signal);
});
afterAll(() => void server.close());
beforeEach(() => void asked.splice(0));

describe("an object in the storage", () => {
  it("comes whole, in parts that grow but never get large", async () => {
    expect((await storage.get("film")).equals(object)).toBe(true);
    const rising = asked.slice(0, -1);
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
    expect(Math.max(...asked)).toBeLessThanOrEqual(2 * MEGABYTE);
    expect(asked.reduce((sum, length) => sum + length, 0)).toBe(object.length);
  });

  it("is asked for little where only its beginning is read", async () => {
    const { bytes, size } = await storage.open("film");
    await bytes.next();
    await bytes.return();
    expect(size).toBe(object.length);
    expect(asked).toEqual([MEGABYTE / 4]);
  });

  it("is read from the middle on", async () => {
    const { bytes } = await storage.open("film", 13 * MEGABYTE + 1);
    let length = 0;
    for await (const part of bytes) length += part.byteLength;
    expect(length).toBe(7 * MEGABYTE - 1);
  });
});
