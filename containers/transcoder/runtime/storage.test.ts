import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PATIENCE as PRODUCTION, Storage } from "./storage.ts";

/** Milliseconds: a machine that has more to do still answers in time. */
const PATIENCE = { ...PRODUCTION, answer: 500, storing: 500, bytes: 500 };
const MEGABYTE = 1 << 20;
const object = Buffer.alloc(5 * MEGABYTE, "kinora");
/** `Range` of each GET, in order. */
const asked: (string | undefined)[] = [];
/** After how many bytes the next answer breaks off; whole ones when it is 0. */
let breaksAfter = 0;
/** Whether the connection is left open then, and silent; and whether the next answer does not even begin. */
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
  storage = new Storage(`http://127.0.0.1:${address.port}`, new AbortController().signal, PATIENCE);
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
  it("has a size and a content", async () => {
    expect(await storage.head("film")).toEqual({ size: object.length, etag: '"1"' });
  });

  it("is not taken for empty when its length is not told", async () => {
    const code = { code: "source_unreachable" };
    await expect(storage.head("unmeasured")).rejects.toMatchObject(code);
    await expect(storage.read("unmeasured")).rejects.toMatchObject(code);
  });

  it("comes whole in one request", async () => {
    expect((await storage.read("film")).equals(object)).toBe(true);
    expect(asked).toEqual([undefined]);
  });

  it("comes in part", async () => {
    const part = await storage.read("film", MEGABYTE + 1, MEGABYTE);
    expect(part.equals(object.subarray(MEGABYTE + 1, 2 * MEGABYTE + 1))).toBe(true);
    expect(asked).toEqual([`bytes=${MEGABYTE + 1}-${2 * MEGABYTE}`]);
  });

  it("comes as far as it goes", async () => {
    const part = await storage.read("film", 4 * MEGABYTE + 7, 2 * MEGABYTE);
    expect(part.equals(object.subarray(4 * MEGABYTE + 7))).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["whole", 0, Infinity],
    ["in part", MEGABYTE, 2 * MEGABYTE],
  ])("%s is read on where a connection broke", async (_, start, length) => {
    breaksAfter = 300_000;
    const part = await storage.read("film", start, length);
    expect(part.equals(object.subarray(start, start + length))).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it("is read on where a connection fell silent", async () => {
    [breaksAfter, stalls] = [300_000, true];
    expect((await storage.read("film")).equals(object)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it("is asked for again when there is no answer", async () => {
    silent = true;
    expect((await storage.read("film")).equals(object)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it("is put again when there is no answer", async () => {
    silent = true;
    await storage.put("film", Buffer.from("film"), "video/mp4");
    expect(asked).toHaveLength(2);
  });
});
