import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RETRY_POLICY, Storage } from "./storage.ts";

/** A timeout that is short, but long enough for a busy computer to respond. */
const POLICY = {
  ...RETRY_POLICY,
  readTimeoutMs: 500,
  writeTimeoutMs: 500,
  stallTimeoutMs: 500,
};
const MEGABYTE = 1 << 20;
const object = Buffer.alloc(5 * MEGABYTE, "kinora");
/** The `Range` header of each GET, in order. */
const asked: (string | undefined)[] = [];
/** Number of bytes after which the next response breaks off; 0 for never. */
let breaksAfter = 0;
/** Whether a response that breaks off leaves the connection open, and whether the next request gets no response. */
let [stalls, silent] = [false, false];
let server: Server;
let storage: Storage;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { range } = request.headers;
    const [, first = "0", last = ""] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
    const start = Number(first);
    const end = Math.min(object.length, last === "" ? Infinity : Number(last) + 1);
    if (request.url === "/unmeasured")
      return void response.writeHead(200, { "transfer-encoding": "chunked" }).end();
    if (request.method === "HEAD")
      return void response.writeHead(200, { "content-length": object.length, etag: '"1"' }).end();
    asked.push(range);
    if (request.url === "/rangeless")
      return void response.writeHead(200, { "content-length": object.length }).end(object);
    if (silent) return void (silent = false);
    response.writeHead(range === undefined ? 200 : 206, {
      "content-length": end - start,
      ...(range === undefined
        ? {}
        : { "content-range": `bytes ${start}-${end - 1}/${object.length}` }),
    });
    if (breaksAfter === 0) return void response.end(object.subarray(start, end));
    response.write(object.subarray(start, start + breaksAfter), () => stalls || response.destroy());
    breaksAfter = 0;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  storage = new Storage(`http://127.0.0.1:${address.port}`, new AbortController().signal, POLICY);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.splice(0);
  [stalls, silent] = [false, false];
});

describe("an object in the storage", () => {
  it("has a size and an etag", async () => {
    expect(await storage.head("object")).toEqual({ size: object.length, etag: '"1"' });
  });

  it("is not considered empty if its length is unknown", async () => {
    const code = { code: "source_unreachable" };
    await expect(storage.head("unmeasured")).rejects.toMatchObject(code);
    await expect(storage.read("unmeasured")).rejects.toMatchObject(code);
  });

  it("is read in one request", async () => {
    expect((await storage.read("object")).equals(object)).toBe(true);
    expect(asked).toEqual([undefined]);
  });

  it("can be read in part", async () => {
    const part = await storage.read("object", MEGABYTE + 1, MEGABYTE);
    expect(part.equals(object.subarray(MEGABYTE + 1, 2 * MEGABYTE + 1))).toBe(true);
    expect(asked).toEqual([`bytes=${MEGABYTE + 1}-${2 * MEGABYTE}`]);
  });

  it("is read up to its end", async () => {
    const part = await storage.read("object", 4 * MEGABYTE + 7, 2 * MEGABYTE);
    expect(part.equals(object.subarray(4 * MEGABYTE + 7))).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["completely", 0, Infinity],
    ["in part", MEGABYTE, 2 * MEGABYTE],
  ])("read %s is resumed after a broken connection", async (_, start, length) => {
    breaksAfter = 300_000;
    const part = await storage.read("object", start, length);
    expect(part.equals(object.subarray(start, start + length))).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it("is resumed after a stalled connection", async () => {
    [breaksAfter, stalls] = [300_000, true];
    expect((await storage.read("object")).equals(object)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it("is requested again if there is no response", async () => {
    silent = true;
    expect((await storage.read("object")).equals(object)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it("is uploaded again if there is no response", async () => {
    silent = true;
    await storage.put("object", Buffer.from("object"), "video/mp4");
    expect(asked).toHaveLength(2);
  });
});

describe("a storage that ignores ranges", () => {
  it.each([
    ["a range in the middle", MEGABYTE, 10],
    ["the rest", MEGABYTE, Infinity],
    ["the beginning", 0, 10],
  ])("is treated as unreachable: its response is never taken for %s", async (_, start, length) => {
    await expect(storage.read("rangeless", start, length)).rejects.toMatchObject({
      code: "source_unreachable",
      log: expect.stringContaining("the whole object instead of bytes="),
    });
  });

  it("can be read as a whole", async () => {
    expect((await storage.read("rangeless")).length).toBe(object.length);
    expect((await storage.read("rangeless", 0, object.length)).length).toBe(object.length);
  });
});
