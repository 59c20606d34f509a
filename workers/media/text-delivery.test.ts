import { env, exports } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { expectProblem, ORIGIN, tokenFor } from "../../tests/support/worker/media.ts";
import { newId } from "../domain/id.ts";

const VIDEO = newId();
const SEGMENT = "h264-360/0.1/00000.m4s";
const CAPTIONS = "WEBVTT\n\n00:01.000 --> 00:02.000\nA line\n\n00:25.000 --> 00:26.000\nB\n";

async function media(path: string, init: RequestInit = {}): Promise<Response> {
  const url = `${ORIGIN}/media/${await tokenFor(VIDEO)}/${VIDEO}/1/${path}`;
  return exports.default.fetch(url, init);
}

beforeAll(async () => {
  await env.MEDIA.put(`${VIDEO}/1/${SEGMENT}`, new Uint8Array(1000));
  await env.MEDIA.put(`${VIDEO}/1/p1/multivariant.m3u8`, "#EXTM3U\n");
  await env.MEDIA.put(`${VIDEO}/1/p1/chapters.json`, "[]");
  await env.MEDIA.put(`captions/${VIDEO}/en.2.vtt`, CAPTIONS);
  await env.MEDIA.put(`${VIDEO}/1/files/captions.1/de.vtt`, CAPTIONS);
});

test.each(["captions/en.2", "files/captions.1/de"])(
  "a segment of the captions %s has the cues of its time and is immutable",
  async (track) => {
    const response = await media(`${track}/24000-48000.vtt`);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/vtt; charset=utf-8",
      "cache-control": "private, max-age=31536000, immutable",
    });
    const text = await response.text();
    expect(text).toContain("X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000");
    expect(text).toContain("00:00:25.000");
    expect(text).not.toContain("A line");
  },
);

test("a segment of captions that do not exist is not found", async () => {
  await expectProblem(await media("captions/en.1/0-24000.vtt"), "not_found", VIDEO);
});

test("the chapters beside a playlist are JSON", async () => {
  const response = await media("p1/chapters.json");
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.text()).toBe("[]");
  await expectProblem(await media("p1/index.json"), "invalid_playback_token", VIDEO);
});

test("playlists and captions are compressed for clients that accept gzip, and nothing else is", async () => {
  const headers = { "accept-encoding": "br, gzip" };
  for (const path of ["p1/multivariant.m3u8", "captions/en.2.vtt", "captions/en.2/0-24000.vtt"]) {
    const response = await media(path, { headers });
    expect([path, response.headers.get("content-encoding")]).toEqual([path, "gzip"]);
    expect(response.headers.get("vary")).toBe("accept-encoding");
    expect(await response.text()).toMatch(/^(#EXTM3U|WEBVTT)/);
    // The same representation by weak comparison, and none without the header.
    const etag = response.headers.get("etag")!;
    expect(etag).toMatch(/^W\/"/);
    const same = await media(path, { headers: { ...headers, "if-none-match": etag } });
    expect(same.status).toBe(304);
    for (const refused of ["br", "gzip;q=0", "gzip; q=0.0, br"]) {
      const plain = await media(path, { headers: { "accept-encoding": refused } });
      expect(plain.headers.get("content-encoding")).toBeNull();
      expect(Number(plain.headers.get("content-length"))).toBe((await plain.text()).length);
    }
  }
  const segment = await media(SEGMENT, { headers });
  expect(segment.headers.get("content-encoding")).toBeNull();
  expect((await segment.arrayBuffer()).byteLength).toBe(1000);
  const head = await media("p1/multivariant.m3u8", { method: "HEAD", headers });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});
