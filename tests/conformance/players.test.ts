import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { type Outcome, PAGE, PLAYERS } from "../support/conformance/browser-players.ts";
import type { ServedFile } from "../support/conformance/encrypted-video.ts";
import {
  serveStreams,
  type StreamName,
  STREAMS,
  type StreamServer,
} from "../support/conformance/stream-server.ts";

const { folder, publication } = inject("video");
const duration =
  (publication.grid.totalFrames * publication.grid.frameRate.den) / publication.grid.frameRate.num;

const require = createRequire(import.meta.url);
/** The script of each player by the end of its functions' names. */
const SCRIPTS = {
  Hls: require.resolve("hls.js/dist/hls.js"),
  Shaka: join(require.resolve("shaka-player/package.json"), "../dist/shaka-player.compiled.js"),
  DashJs: require.resolve("dashjs"),
  VideoJs: join(require.resolve("video.js/package.json"), "../dist/video.min.js"),
};
type PlayerName = keyof typeof SCRIPTS;

let server: StreamServer;
let browser: Browser;
const rows: Record<string, string>[] = [];

beforeAll(async () => {
  const extras = new Map<string, ServedFile>([
    ["/", { body: Buffer.from(PAGE), contentType: "text/html" }],
  ]);
  for (const [name, file] of Object.entries(SCRIPTS))
    extras.set(`/${name}.js`, { body: await readFile(file), contentType: "text/javascript" });
  server = await serveStreams(folder, publication, extras);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  server.close();
  console.table(rows);
});

/** Calls a function of PLAYERS in a new page. */
async function inPage<T>(
  verb: "play" | "switch",
  player: PlayerName,
  path: string,
  ...more: unknown[]
): Promise<T> {
  const page = await browser.newPage();
  try {
    await page.goto(server.origin);
    await page.addScriptTag({ url: `/${player}.js` });
    await page.addScriptTag({ content: PLAYERS });
    return await page.evaluate<T>(
      `${verb}${player}(...${JSON.stringify([`${server.base}/${path}`, ...more])})`,
    );
  } finally {
    await page.close();
  }
}

/** Plays a video to its end. */
const play = (player: PlayerName, path: string, codec?: string): Promise<Outcome> =>
  inPage("play", player, path, codec);

function expectWholeVideo(outcome: Outcome): void {
  expect(outcome).toMatchObject({ errors: [], ended: true, gapsJumped: 0 });
  expect(outcome.startedAt).toBeLessThan(1);
  expect(outcome.buffered).toHaveLength(1);
  const [[start, end]] = outcome.buffered as [[number, number]];
  expect(start).toBeLessThan(0.05);
  expect(Math.abs(end - duration)).toBeLessThan(0.05);
  expect(outcome.frames).toBeGreaterThan(publication.grid.totalFrames / 2);
}

/** What a player cannot do for a reason of its own. */
const LIMITS: Partial<Record<`${PlayerName}: ${StreamName}`, string>> = {};

const cases = (Object.keys(SCRIPTS) as PlayerName[]).flatMap((player) =>
  (Object.keys(STREAMS) as StreamName[])
    .filter((stream) => !(player === "Hls" && stream === "DASH"))
    .filter((stream) => !(player === "DashJs" && stream !== "DASH"))
    // A video that is still being encoded is for the site's own player.
    .filter((stream) => player === "Hls" || stream !== "HLS, while playable")
    .map((stream) => ({ player, stream, limit: LIMITS[`${player}: ${stream}`] })),
);

test.for(cases)(
  "$player plays $stream to its end, without an error or a gap",
  async ({ player, stream, limit }, { skip }) => {
    if (limit !== undefined) {
      rows.push({ player, stream, result: limit });
      skip(limit);
    }
    server.restart();
    const outcome = await play(player, STREAMS[stream]);
    const [range] = outcome.buffered;
    rows.push({
      player,
      stream,
      frames: `${outcome.frames}/${publication.grid.totalFrames}`,
      buffered: range?.map((seconds) => seconds.toFixed(3)).join("-") ?? "",
      audio: outcome.audio.join(),
      captions: outcome.subtitles.join(),
      result: [...outcome.errors, outcome.ended ? "plays" : "does not end"].join(),
    });
    expectWholeVideo(outcome);
    expect(outcome.audio.toSorted()).toEqual(["de", "en"]);
    expect(outcome.subtitles).toEqual(stream === "DASH" ? [] : ["en"]);
    if (stream === "HLS, encrypted") expect(server.requests.key).toBeGreaterThan(0);
    if (stream === "HLS, while playable") expect(server.requests.live).toBeGreaterThan(2);
  },
);

test.each([
  ["Hls", "p1/multivariant.m3u8"],
  ["Shaka", "p1/multivariant.m3u8"],
  ["Shaka", "p1/manifest.mpd"],
] as const)(
  "in %s of %s every rendition has both audio tracks, and a switch keeps the language",
  async (player, path) => {
    const heights = publication.renditions.flatMap(({ rendition }) =>
      rendition.type === "video" && (player === "Hls" || rendition.codec === "h264")
        ? [rendition.height]
        : [],
    );
    const reports = await inPage<string[]>("switch", player, path);
    expect(new Set(reports.map((line) => Number(line.split(" ")[0])))).toEqual(new Set(heights));
    expect(new Set(reports.map((line) => line.slice(line.indexOf(" "))))).toEqual(
      new Set([" de,en de"]),
    );
  },
);

const secondCodec = publication.renditions.find(({ rendition }) =>
  ["av1", "vp9"].includes(rendition.codec),
);

test.each(["p1/multivariant.m3u8", "p1/manifest.mpd"])(
  "each codec of %s plays to its end when the player prefers it",
  async (path) => {
    for (const codec of ["avc1", secondCodec?.outputs[0]?.codecs.split(".")[0] ?? ""]) {
      const outcome = await play("Shaka", path, codec);
      expectWholeVideo(outcome);
      expect(outcome.codec.split(".")[0]).toBe(codec);
    }
  },
);
