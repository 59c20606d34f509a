import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { app } from "../app.ts";
import worker, { PublicReads } from "../index.ts";
import { handleEvents } from "../jobs/events.ts";
import { ORIGIN } from "../../tests/support/worker/media.ts";
import { newAccount, newVideo } from "../../tests/support/worker/api.ts";

/** The cached entrypoint with a cache that records purges. */
function entrypointWithCache() {
  const purge = vi.fn<(options: CachePurgeOptions) => Promise<CachePurgeResult>>(async () => ({
    success: true,
    errors: [],
  }));
  const ctx = Object.assign(createExecutionContext(), { cache: { purge } });
  return { entrypoint: new PublicReads(ctx as never, env), purge };
}

const publicVideo = async (ownerId: string): Promise<string> =>
  newVideo(ownerId, { state: "ready", visibility: "public", publishedAt: Date.now() });

const PATHS = (id: string, ownerId: string): string[] => [
  "/v1/feed",
  `/v1/videos?creator=${ownerId}`,
  `/v1/videos/${id}/related`,
];

test("home, lists and related videos are cached for everyone for 30 s, tagged with the videos that they show", async () => {
  const { userId } = await newAccount();
  const [id, other] = [await publicVideo(userId), await publicVideo(userId)];
  const { entrypoint } = entrypointWithCache();
  for (const path of PATHS(id, userId)) {
    const response = await entrypoint.fetch(new Request(`${ORIGIN}${path}`));
    expect([path, response.status]).toEqual([path, 200]);
    expect(response.headers.get("cloudflare-cdn-cache-control")).toBe("public, max-age=30");
    expect(response.headers.get("x-request-id")).toBeNull();
    const shown = [...new Set((await response.text()).match(/"id":"[0-9A-Za-z]{22}","title"/g))];
    const tags = response.headers.get("cache-tag")?.split(",") ?? [];
    expect(tags.toSorted()).toEqual(shown.map((each) => `video-${each.slice(6, 28)}`).toSorted());
  }
  const list = await entrypoint.fetch(new Request(`${ORIGIN}/v1/videos?creator=${userId}`));
  expect(list.headers.get("cache-tag")?.split(",").toSorted()).toEqual(
    [`video-${id}`, `video-${other}`].toSorted(),
  );
});

test("an error is never cached", async () => {
  const { entrypoint } = entrypointWithCache();
  for (const [path, status] of [
    ["/v1/videos?creator=me", 401],
    ["/v1/videos?limit=none", 400],
    ["/v1/videos/0000000000000000000000/related", 404],
  ] as const) {
    const response = await entrypoint.fetch(new Request(`${ORIGIN}${path}`));
    expect([path, response.status]).toEqual([path, status]);
    expect(response.headers.get("cloudflare-cdn-cache-control")).toBe("no-store");
  }
});

test("a viewer gets neither the cache tags nor a header that lets another cache keep the response", async () => {
  const response = await exports.default.fetch(`${ORIGIN}/v1/feed`);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("private, no-cache");
  expect(response.headers.get("cache-tag")).toBeNull();
  expect(response.headers.get("cloudflare-cdn-cache-control")).toBeNull();
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
});

test("a caller with a token does not get the cached public response", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId, { state: "ready", visibility: "private" });
  const own = await app.request(`/v1/videos?creator=me`, {}, env, createExecutionContext());
  expect(await own.text()).toContain(id);
  const refused = await exports.default.fetch(`${ORIGIN}/v1/feed`, {
    headers: { authorization: "Bearer nonsense" },
  });
  expect(refused.status).toBe(401);
});

test("changing a video purges every cached response that shows it", async () => {
  const { userId } = await newAccount();
  const id = await publicVideo(userId);
  const { entrypoint, purge } = entrypointWithCache();
  const ack = vi.fn<() => void>();
  const message = {
    body: { kind: "index-video", videoId: id },
    attempts: 1,
    ack,
    retry: () => undefined,
  };
  await handleEvents({ queue: "events", messages: [message] } as never, env, (videoId) =>
    entrypoint.purge([videoId]),
  );
  expect(purge).toHaveBeenCalledWith({ tags: [`video-${id}`] });
  expect(ack).toHaveBeenCalled();
});

test("whether a video's images are public is cached for 30 s under the video's tag", async () => {
  const id = await newVideo("somebody", {
    state: "ready",
    visibility: "public",
    posterPath: "files/images.1/poster.jpg",
  });
  const { entrypoint } = entrypointWithCache();
  const response = await entrypoint.fetch(new Request(`https://public.internal/open-images/${id}`));
  expect(await response.json()).toEqual({ version: 1, folders: ["files/images.1"] });
  expect(response.headers.get("cloudflare-cdn-cache-control")).toBe("public, max-age=30");
  expect(response.headers.get("cache-tag")).toBe(`video-${id}`);
  const outside = await exports.default.fetch(`${ORIGIN}/open-images/${id}`);
  expect(outside.status).toBe(404);
});

/** A limit of the production's size that records what it counted. */
function limiterOf(limit: number): RateLimit & { counted: () => number } {
  let count = 0;
  return { limit: async () => ({ success: ++count <= limit }), counted: () => count };
}

/** Workers Cache in front of an entrypoint, by the headers of its responses. */
function behindCache(fetchUncached: (request: Request) => Promise<Response>) {
  const kept = new Map<string, Response>();
  return async (request: Request): Promise<Response> => {
    const cached = kept.get(request.url);
    if (cached) return cached.clone();
    const response = await fetchUncached(request);
    const lifetime = response.headers.get("cloudflare-cdn-cache-control");
    if (lifetime?.includes("max-age")) kept.set(request.url, response.clone());
    return response;
  };
}

test("3,500 cached reads per minute from one address pass, and only computed responses count towards the limit", async () => {
  const { userId } = await newAccount();
  const id = await publicVideo(userId);
  const [READ_LIMIT, ADDRESS_READ_LIMIT] = [limiterOf(3000), limiterOf(30_000)];
  const limited = { ...env, READ_LIMIT, ADDRESS_READ_LIMIT };
  const entrypoint = new PublicReads(createExecutionContext() as never, limited);
  const fetch = behindCache((request) => entrypoint.fetch(request));
  const ctx = Object.assign(createExecutionContext(), { exports: { PublicReads: { fetch } } });
  const paths = PATHS(id, userId);
  const statuses = new Set<number>();
  for (let count = 0; count < 3500; count++) {
    const request = new Request(`${ORIGIN}${paths[count % paths.length]}`, {
      headers: { "cf-connecting-ip": "192.0.2.7" },
    });
    const response = await worker.fetch(request as never, limited, ctx as never);
    statuses.add(response.status);
    await response.body?.cancel();
  }
  expect([...statuses]).toEqual([200]);
  expect(READ_LIMIT.counted() + ADDRESS_READ_LIMIT.counted()).toBe(paths.length);
});

test("3,500 uncached reads per minute from one address stay within the limit of that address", async () => {
  const id = await publicVideo((await newAccount()).userId);
  const limited = { ...env, READ_LIMIT: limiterOf(3000), ADDRESS_READ_LIMIT: limiterOf(30_000) };
  const statuses = new Set<number>();
  for (let count = 0; count < 3500; count++) {
    const path = count < 10 ? `/v1/videos/${id}` : "/v1/categories";
    const response = await app.request(path, {}, limited, createExecutionContext());
    statuses.add(response.status);
    await response.body?.cancel();
  }
  expect([...statuses]).toEqual([200]);
});
