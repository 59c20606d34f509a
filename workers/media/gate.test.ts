import { env, exports } from "cloudflare:workers";
import { SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { expectProblem, ORIGIN, tokenFor } from "../../tests/support/worker/media.ts";
import type { ErrorCode } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { ownKeys } from "./playback-token.ts";

const VIDEO = newId();
const SEGMENT = "h264-360/0.1/00000.m4s";
const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
function get(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}${path}`, init);
}
async function media(path: string, init: RequestInit = {}, token?: string): Promise<Response> {
  return get(`/media/${token ?? (await tokenFor(VIDEO))}/${VIDEO}/1/${path}`, init);
}

function expectRefusal(response: Response, code: ErrorCode): Promise<void> {
  return expectProblem(response, code, VIDEO);
}

beforeAll(async () => {
  await env.MEDIA.put(`${VIDEO}/1/${SEGMENT}`, BYTES);
  await env.MEDIA.put(`${VIDEO}/1/p1/multivariant.m3u8`, "#EXTM3U\n");
  await env.MEDIA.put(`${VIDEO}/1/p1/index.json`, "{}");
  await env.MEDIA.put(`${VIDEO}/1/files/download.1/video.mp4`, BYTES);
  await env.MEDIA.put(`captions/${VIDEO}/en.2.vtt`, "WEBVTT\n");
  await env.MEDIA.put(`sources/${VIDEO}/original`, "secret source");
});

describe("with a token for the video", () => {
  test("a segment is whole, typed, immutable and private", async () => {
    const response = await media(SEGMENT);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "video/iso.segment",
      "content-length": "1000",
      "cache-control": "private, max-age=31536000, immutable",
      "accept-ranges": "bytes",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "access-control-allow-origin": "*",
    });
    // This header is for our own cache.
    expect(response.headers.has("cloudflare-cdn-cache-control")).toBe(false);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(BYTES);
  });

  test.each([
    ["p1/multivariant.m3u8", "application/vnd.apple.mpegurl"],
    ["captions/en.2.vtt", "text/vtt; charset=utf-8"],
  ])("%s is %s", async (path, type) => {
    const response = await media(path);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, type]);
    await response.body?.cancel();
  });

  test("HEAD returns the size without a body", async () => {
    const response = await media(SEGMENT, { method: "HEAD" });
    expect([
      response.status,
      response.headers.get("content-length"),
      await response.text(),
    ]).toEqual([200, "1000", ""]);
  });

  test("a range is part of the same object", async () => {
    const response = await media(SEGMENT, { headers: { range: "bytes=10-19" } });
    expect([
      response.status,
      response.headers.get("content-range"),
      response.headers.get("content-length"),
    ]).toEqual([206, "bytes 10-19/1000", "10"]);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(BYTES.slice(10, 20));
  });

  test("a range beyond the end is refused with 416 and the size", async () => {
    const response = await media(SEGMENT, { headers: { range: "bytes=1000-" } });
    expect(response.headers.get("content-range")).toBe("bytes */1000");
    await expectRefusal(response, "range_not_satisfiable");
  });

  test("a matching ETag gets 304, and a range of a changed object gets the whole object", async () => {
    const etag = (await media(SEGMENT, { method: "HEAD" })).headers.get("etag")!;
    const same = await media(SEGMENT, { headers: { "if-none-match": `"other", W/${etag}` } });
    expect([same.status, await same.text(), same.headers.get("etag")]).toEqual([304, "", etag]);
    expect([same.headers.get("content-type"), same.headers.get("content-length")]).toEqual([
      null,
      null,
    ]);
    const newer = await media(SEGMENT, { headers: { range: "bytes=0-9", "if-range": '"older"' } });
    expect([newer.status, (await newer.arrayBuffer()).byteLength]).toEqual([200, 1000]);
  });

  test("a preflight from any origin is answered, a write is refused", async () => {
    const token = await tokenFor(VIDEO);
    const preflight = await media(
      SEGMENT,
      { method: "OPTIONS", headers: { origin: "https://example.com" } },
      token,
    );
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("range");
    await expectRefusal(
      await media(SEGMENT, { method: "PUT", body: "x" }, token),
      "method_not_allowed",
    );
  });

  test("a file that does not exist is 404", async () => {
    await expectRefusal(await media("h264-360/0.1/00999.m4s"), "not_found");
  });

  test("a download needs a token that allows it, and is an attachment that supports ranges", async () => {
    await expectRefusal(await media("files/download.1/video.mp4"), "invalid_playback_token");
    const token = await tokenFor(VIDEO, { download: true });
    const response = await media(
      "files/download.1/video.mp4",
      { headers: { range: "bytes=-4" } },
      token,
    );
    expect([
      response.status,
      response.headers.get("content-range"),
      response.headers.get("content-disposition"),
    ]).toEqual([206, "bytes 996-999/1000", 'attachment; filename="video.mp4"']);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(BYTES.slice(996));
  });
});

describe("the rules of a token are checked on every request, even if the token is cached", () => {
  test("other origins, countries and addresses are refused", async () => {
    const rules = {
      origins: ["https://shop.example"],
      countries: { allow: ["DE"] },
      ipRanges: ["203.0.113.0/24"],
    };
    const token = await tokenFor(VIDEO, { rules });
    const good = { origin: "https://shop.example", country: "DE", address: "203.0.113.5" };
    const request = ({ origin, country, address }: typeof good): Promise<Response> => {
      const headers = { origin, "cf-connecting-ip": address };
      return media(SEGMENT, { headers, cf: { country } } as RequestInit, token);
    };
    const allowed = await request(good);
    expect(allowed.status).toBe(200);
    await allowed.body?.cancel();
    await expectRefusal(
      await request({ ...good, origin: "https://evil.example" }),
      "invalid_playback_token",
    );
    await expectRefusal(await request({ ...good, country: "FR" }), "invalid_playback_token");
    await expectRefusal(
      await request({ ...good, address: "198.51.100.1" }),
      "invalid_playback_token",
    );
  });
});

describe("a path that is not a file of the video is refused", () => {
  test.each([
    "p1/index.json",
    "../2/p1/multivariant.m3u8",
    "%2e%2e/2/p1/multivariant.m3u8",
    "p1%2fmultivariant.m3u8",
    "p1/multivariant.m3u8/",
    "p1/..%2f..%2f..%2fsources/original",
    `../../sources/${VIDEO}/original`,
    "captions/..%2f..%2fsources",
    "h264-360/0.1/00000.m4s%00",
    "H264-360/0.1/00000.m4s",
    "files/download.1/.hidden.jpg",
    `event/${"a".repeat(50)}.m3u8`,
  ])("%s", async (path) => {
    await expectRefusal(await media(path), "invalid_playback_token");
  });
});

test("a path with an empty segment is not found, whoever asks", async () => {
  const response = await media("p1//multivariant.m3u8");
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: "not_found" });
});

describe("every other token is refused", () => {
  const claims = {
    sub: VIDEO,
    ver: 1,
    sid: "s",
    iat: Date.now() / 1000,
    exp: Date.now() / 1000 + 60,
  };
  const sign = async (change: object, header: object = {}): Promise<string> => {
    const { current } = await ownKeys(env);
    return new SignJWT({ ...claims, ...change })
      .setProtectedHeader({ alg: "HS256", kid: current.kid, ...header })
      .sign(current.key);
  };
  const attacks: Record<string, () => Promise<string>> = {
    "no token": async () => "-",
    "an altered signature": async () =>
      (await sign({})).replace(/.$/, (last) => (last === "A" ? "Q" : "A")),
    "altered claims": async () => {
      const [header, , signature] = (await sign({})).split(".");
      return [
        header,
        btoa(JSON.stringify({ ...claims, exp: 9e9 })).replaceAll("=", ""),
        signature,
      ].join(".");
    },
    "another video": () => sign({ sub: newId() }),
    "another version": () => sign({ ver: 2 }),
    "a token from the future": () => sign({ iat: claims.iat + 3600, exp: claims.exp + 3600 }),
    "a lifetime of years": () => sign({ exp: claims.exp + 1e8 }),
    "not valid yet": () => sign({ nbf: claims.iat + 3600 }),
    "claims without a session": () => sign({ sid: undefined }),
    "an unknown key": () => sign({}, { kid: "unknown" }),
    "no key id": () => sign({}, { kid: undefined }),
    "alg none": async () => new UnsecuredJWT(claims).encode(),
    "alg none with a key id": async () => {
      const header = btoa(
        JSON.stringify({ alg: "none", kid: (await ownKeys(env)).current.kid }),
      ).replaceAll("=", "");
      return `${header}.${(await sign({})).split(".")[1]}.AA`;
    },
    "a signature of another algorithm": async () => {
      const { privateKey } = (await crypto.subtle.generateKey("Ed25519", true, [
        "sign",
        "verify",
      ])) as CryptoKeyPair;
      return new SignJWT(claims)
        .setProtectedHeader({ alg: "EdDSA", kid: (await ownKeys(env)).current.kid })
        .sign(privateKey);
    },
    "an over-long token": () => sign({ pad: "x".repeat(5000) }),
  };

  test("the token that the attacks alter is valid", async () => {
    const response = await media(SEGMENT, {}, await sign({}));
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  test.each(Object.keys(attacks))("%s", async (name) => {
    await expectRefusal(await media(SEGMENT, {}, await attacks[name]!()), "invalid_playback_token");
  });

  test("an expired token", async () => {
    await expectRefusal(
      await media(SEGMENT, {}, await sign({ iat: claims.iat - 60, exp: claims.iat - 1 })),
      "expired_playback_token",
    );
  });

  test("a token signed with the previous secret is still valid", async () => {
    const { current, byKid } = await ownKeys(env);
    const [kid, { key }] = [...byKid].find(([other]) => other !== current.kid)!;
    const token = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid }).sign(key);
    const response = await media(SEGMENT, {}, token);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  test("a cookie or a bearer token does not replace the token in the path", async () => {
    const headers = {
      cookie: `token=${await sign({})}`,
      authorization: `Bearer ${await sign({})}`,
    };
    await expectRefusal(
      await get(`/media/${VIDEO}/1/${SEGMENT}`, { headers }),
      "invalid_playback_token",
    );
  });
});
