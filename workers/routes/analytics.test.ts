import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { settleAudience } from "../../tests/support/worker/audience.ts";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";
import { Analytics } from "../contract/analytics.ts";
import { HUNDREDTHS } from "../contract/hundredths.ts";
import { viewCounterOf } from "../db/views.ts";
import { limitAudience } from "../db/metrics/audience-inbox.ts";
import { addUpAudience } from "../jobs/views/keep-audience.ts";
import { writePlays } from "../domain/audience/play-counts.ts";
import { newId } from "../domain/id.ts";
import { purgeVideo } from "../jobs/cleanup/purge.ts";
import { issuePlaybackToken } from "../media/playback-token.ts";

const DURATION = 100;
const DAY_MS = 86_400_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
afterEach(() => void vi.useRealTimers());
const later = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

const creator = await newAccount();
let addresses = 0;

const playableVideo = (): Promise<string> => newVideo(creator.userId, { duration: DURATION });

interface Watching {
  seconds?: number;
  app?: TestApp;
  address?: string;
  audience?: object;
  headers?: Record<string, string>;
}

/** The first seconds of the video, played once. */
const playsOf = (seconds: number): string =>
  writePlays(Array.from({ length: HUNDREDTHS }, (_, index) => Number(index < seconds)));

/** Watches the first seconds of a video. @returns the beacon, which may be sent again */
async function watch(id: string, watching: Watching = {}): Promise<() => Promise<void>> {
  const { seconds = 50, app = anonymous, audience = {}, headers = {} } = watching;
  const address = watching.address ?? `2001:db8:${(++addresses).toString(16)}::1`;
  const sessionId = newId();
  const { token } = await issuePlaybackToken(env, {
    videoId: id,
    version: 1,
    sessionId,
    expiresIn: 7200,
  });
  // Acts like the gate for the first segments.
  await viewCounterOf(env, id).noteFetch(id, sessionId, Date.now());
  later(seconds * 1000);
  const told = {
    plays: playsOf(seconds),
    source: "home",
    captions: false,
    startupMs: 400,
    rebufferingMs: 0,
    ...audience,
  };
  const send = async () => {
    const beacon = { token, watched: seconds, audience: told };
    const all = { "cf-connecting-ip": address, ...headers };
    expect((await call(app, "POST", "/v1/beacons", beacon, all)).status).toBe(202);
  };
  await send();
  return send;
}

async function analyticsOf(path: string, app: TestApp = creator.app): Promise<Analytics> {
  const response = await call(app, "GET", path);
  expect(response.status).toBe(200);
  return Analytics.parse(await response.json());
}

test("a creator sees views, watch time and audience retention, per minute and per day", async () => {
  const id = await playableVideo();
  for (const seconds of [20, 40, 60]) await watch(id, { seconds });
  await settleAudience(id);
  for (const period of ["48h", "7d", "365d"]) {
    const found = await analyticsOf(`/v1/videos/${id}/analytics?period=${period}`);
    expect(found.totals).toMatchObject({ views: 3, watchSeconds: 120, averageViewSeconds: 40 });
    expect(found.totals.startupSeconds).toBeCloseTo(0.4);
    expect(found.before.views).toBe(0);
    expect(found.views.reduce((sum, views) => sum + views, 0)).toBe(3);
    expect(found.retention).toMatchObject({ views: 3 });
    const { reached } = found.retention!;
    expect([reached[0], reached[30], reached[50], reached[80]]).toEqual([1, 2 / 3, 1 / 3, 0]);
  }
  later(8 * DAY_MS);
  const week = await analyticsOf(`/v1/videos/${id}/analytics?period=7d`);
  expect([week.totals.views, week.before.views, week.retention]).toEqual([0, 3, null]);
});

test("a creator's own views, repeats, replayed beacons and impossible claims are not counted", async () => {
  const id = await playableVideo();
  const again = await watch(id, { seconds: 50, address: "192.0.2.90" });
  await again();
  await watch(id, { seconds: 50, address: "192.0.2.90" });
  await watch(id, { seconds: 50, app: creator.app });
  await settleAudience(id);
  await again();
  await settleAudience(id);
  const honest = await analyticsOf(`/v1/videos/${id}/analytics`);
  expect(honest.totals).toMatchObject({ views: 1, watchSeconds: 50 });
  // These count as views, but their reports are not accepted.
  await watch(id, { seconds: 10, audience: { plays: playsOf(100) } });
  await watch(id, { seconds: 10, audience: { rebufferingMs: 3_600_000 } });
  await settleAudience(id);
  const lied = await analyticsOf(`/v1/videos/${id}/analytics`);
  expect(lied.totals).toMatchObject({ views: 3, watchSeconds: 50, averageViewSeconds: 50 });
  expect(lied.retention?.views).toBe(1);
});

test("details that a browser asks not to share are left out, and the view is still counted", async () => {
  const id = await playableVideo();
  await watch(id, { headers: { "sec-gpc": "1" } });
  await settleAudience(id);
  const { totals, retention } = await analyticsOf(`/v1/videos/${id}/analytics`);
  expect([totals.views, totals.watchSeconds, retention]).toEqual([1, 0, null]);
});

test("a value with fewer than five views is not shown", async () => {
  const id = await playableVideo();
  const external = { source: "external", host: "news.example" };
  const rare = { source: "embed", host: "private.example", captions: true };
  for (let index = 0; index < 6; index++) await watch(id, { seconds: 6, audience: external });
  for (let index = 0; index < 4; index++) await watch(id, { seconds: 6, audience: rare });
  await settleAudience(id);
  const { breakdowns } = await analyticsOf(`/v1/videos/${id}/analytics`);
  const by = (name: string) => breakdowns.find((each) => each.by === name);
  expect(by("host")).toEqual({
    by: "host",
    values: [{ value: "news.example", views: 5, watchSeconds: 60 }],
    otherViews: 5,
  });
  expect(by("captions")?.values.map(({ value }) => value)).toEqual(["off"]);
  expect(JSON.stringify(breakdowns)).not.toContain("private.example");
  const csv = await call(creator.app, "GET", `/v1/videos/${id}/analytics.csv?by=host`);
  expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(await csv.text()).toBe("host,views,watch_seconds\r\nnews.example,5,60\r\n,5,\r\n");
});

test("searches that led to a video are shown with its views", async () => {
  const id = await playableVideo();
  for (let index = 0; index < 5; index++) {
    const address = `198.51.100.${index + 1}`;
    const headers = { "cf-connecting-ip": address };
    await call(anonymous, "POST", "/v1/searches", { q: "Old Ships", videoId: id }, headers);
    await watch(id, { address, seconds: 6, audience: { source: "search" } });
  }
  await settleAudience(id);
  const { breakdowns } = await analyticsOf(`/v1/videos/${id}/analytics`);
  expect(breakdowns.find(({ by }) => by === "search")?.values).toEqual([
    { value: "old ships", views: 5, watchSeconds: 60 },
  ]);
});

test("the analytics of a channel cover all of its videos, and those of a playlist the videos in it", async () => {
  const owner = await newAccount();
  const [one, two] = [
    await newVideo(owner.userId, { duration: DURATION, title: "=1+1" }),
    await newVideo(owner.userId, { duration: DURATION, title: "Two" }),
  ];
  await watch(one, { seconds: 10 });
  for (let index = 0; index < 2; index++) await watch(two, { seconds: 20 });
  for (const id of [one, two]) await settleAudience(id);
  const channel = await analyticsOf("/v1/analytics?period=28d", owner.app);
  expect(channel.totals).toMatchObject({ views: 3, watchSeconds: 50 });
  expect(channel.videos).toEqual([
    { id: two, title: "Two", views: 2, watchSeconds: 40 },
    { id: one, title: "=1+1", views: 1, watchSeconds: 10 },
  ]);
  const csv = await (await call(owner.app, "GET", "/v1/analytics.csv?by=video")).text();
  expect(csv).toContain(`${one},'=1+1,1,10\r\n`);
  const created = await call(owner.app, "POST", "/v1/playlists", { title: "P" });
  const { id: playlistId } = (await created.json()) as { id: string };
  await call(owner.app, "PUT", `/v1/playlists/${playlistId}/videos/${one}`, {});
  const playlist = await analyticsOf(`/v1/playlists/${playlistId}/analytics`, owner.app);
  expect(playlist.totals).toMatchObject({ views: 1, watchSeconds: 10 });
  expect(playlist.videos.map(({ id }) => id)).toEqual([one]);
  const other = await newAccount();
  expect((await problemOf(await call(other.app, "GET", `/v1/videos/${one}/analytics`))).code).toBe(
    "forbidden",
  );
  // The channel keeps the watch time, and the video's own numbers are deleted with it.
  await env.CATALOG.prepare("UPDATE videos SET deleted_at = 1, erased_at = 1 WHERE id = ?")
    .bind(one)
    .run();
  await purgeVideo(env, one);
  const left = await env.METRICS.prepare(
    "SELECT count(*) AS n FROM audience_days WHERE subject = ?",
  )
    .bind(one)
    .first("n");
  expect(left).toBe(0);
});

test("after a day is over, its hundred largest values are kept and the others are summed", async () => {
  const subject = newId();
  const yesterday = Date.now() - (Date.now() % DAY_MS) - DAY_MS;
  const rows = Array.from({ length: 150 }, (_, index) => [index, index < 100 ? 10 : 1]);
  await env.METRICS.prepare(
    `INSERT INTO audience_values SELECT ?1, ?2, 'host', 'h' || (value ->> 0), value ->> 1, 1 FROM json_each(?3)`,
  )
    .bind(subject, yesterday, JSON.stringify(rows))
    .run();
  for (let run = 0; run < 2; run++) {
    await env.METRICS.prepare("DELETE FROM audience_upkeep").run();
    await addUpAudience(env, Date.now());
    const { results } = await env.METRICS.prepare(
      "SELECT value = '' AS isOther, count(*) AS n, sum(views) AS views FROM audience_values WHERE subject = ? GROUP BY 1",
    )
      .bind(subject)
      .all();
    expect(results).toEqual([
      { isOther: 0, n: 100, views: 1000 },
      { isOther: 1, n: 1, views: 50 },
    ]);
  }
});

test("a database that is too large loses its oldest day and the minutes that no chart shows", async () => {
  const subject = newId();
  const now = Date.now();
  // Older than the numbers of other tests.
  const days = [700, 699].map((age) => now - (now % DAY_MS) - age * DAY_MS);
  const minute = now - 3 * DAY_MS;
  const insert = (table: string, at: number, rest: string) =>
    env.METRICS.prepare(`INSERT INTO ${table} VALUES (?, ?, ${rest})`).bind(subject, at);
  await env.METRICS.batch([
    insert("audience_minutes", minute, "1, 1, 1, 1, 1, 1"),
    ...days.flatMap((day) => [
      insert("audience_days", day, "1, 1, 1, 1, 1, 1"),
      insert("audience_values", day, "'device', 'tv', 1, 1"),
      insert("audience_curves", day, "1, '[]', '[]'"),
    ]),
  ]);
  const left = async (table: string): Promise<number[]> => {
    const { results } = await env.METRICS.prepare(
      `SELECT at FROM ${table} WHERE subject = ? ORDER BY at`,
    )
      .bind(subject)
      .all<{ at: number }>();
    return results.map(({ at }) => at);
  };
  const limit = async (maxBytes: number) => {
    await env.METRICS.prepare("DELETE FROM audience_upkeep").run();
    return limitAudience(env, now, maxBytes);
  };
  expect(await limit(1e9)).toBeNull();
  expect([await left("audience_curves"), await left("audience_minutes")]).toEqual([days, [minute]]);
  expect(await limit(1)).toBeGreaterThan(1);
  expect(await left("audience_values")).toEqual(days.slice(1));
  expect(await left("audience_curves")).toEqual(days.slice(1));
  expect(await left("audience_days")).toEqual(days.slice(1));
  expect(await left("audience_minutes")).toEqual([]);
});
