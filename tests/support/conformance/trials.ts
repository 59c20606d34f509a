import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../../../scripts/product/browser.ts";
import type { Publication } from "../../../workers/contract/publications.ts";
import { type Outcome, PAGE, PLAYERS } from "./browser-players.ts";
import { CAPTIONS } from "./encode-video.ts";
import type { ServedFile } from "./encrypted-video.ts";
import type { NativePlayback, NativePlayer } from "./native-players.ts";
import { serveStreams, type StreamName, type StreamRequests, STREAMS } from "./stream-server.ts";

const require = createRequire(import.meta.url);
/** A package whose manifest cannot be resolved by name. */
const DASHJS = require.resolve("dashjs");
const SHAKA = require.resolve("shaka-player/package.json");
const VIDEO_JS = require.resolve("video.js/package.json");
/** The manifest and the script of each browser player, by the suffix of its functions' names. */
const BROWSER_PLAYERS = {
  Hls: {
    manifest: require.resolve("hls.js/package.json"),
    script: require.resolve("hls.js/dist/hls.js"),
  },
  Shaka: { manifest: SHAKA, script: join(SHAKA, "../dist/shaka-player.compiled.js") },
  DashJs: {
    manifest: join(DASHJS.slice(0, DASHJS.lastIndexOf("dashjs")), "dashjs/package.json"),
    script: DASHJS,
  },
  VideoJs: { manifest: VIDEO_JS, script: join(VIDEO_JS, "../dist/video.min.js") },
};
export type BrowserPlayer = keyof typeof BROWSER_PLAYERS;

/** The name and version of a player. */
export async function describeBrowserPlayer(player: BrowserPlayer): Promise<string> {
  const manifest = await readFile(BROWSER_PLAYERS[player].manifest, "utf8");
  const { name, version } = JSON.parse(manifest) as { name: string; version: string };
  return `${name} ${version}`;
}

/** What players cannot do for reasons of their own. */
export const LIMITS: Partial<Record<string, string>> = {
  "GStreamer: HLS, encrypted":
    "its hlsdemux decrypts the init segment, which lies before EXT-X-KEY in the clear",
  "VLC: HLS, while playable":
    "without a clock, as in this test, it does not wait for the playlist to grow",
  "Shaka: HLS, while playable":
    "it takes the end of an EVENT playlist for the end of the video where it gets there before the playlist has grown",
  "VideoJs: HLS, while playable":
    "it plays to the last frame of a playlist that was open, and does not report the end",
};
/** Why a player's captions are not judged. */
export const CAPTION_LIMITS: Partial<Record<string, string>> = {
  "ffmpeg of npm": "its HLS demuxer reads none",
  "ffmpeg of Debian": "its HLS demuxer reads none",
  mpv: "ffmpeg's HLS demuxer reads none",
  VLC: "its stream output, by which it is judged, passes none on",
  GStreamer: "its hlsdemux reads none",
};
/** Players that show the video two frames late (docs/decisions/472). */
const IGNORE_EDIT_LISTS = new Set(["GStreamer"]);

/** Which streams a browser player is tried with. */
export function streamsOf(player: BrowserPlayer): StreamName[] {
  return (Object.keys(STREAMS) as StreamName[]).filter(
    (stream) =>
      !(player === "Hls" && stream === "DASH") && !(player === "DashJs" && stream !== "DASH"),
  );
}

/** Errors of a playback, from the viewer's point of view; empty if there are none. */
export interface Faults {
  playback: string[];
  captions: string[];
  audio: string[];
}

const unless = (condition: boolean, fault: string): string[] => (condition ? [] : [fault]);

function cueFaults(starts: readonly number[]): string[] {
  return CAPTIONS.flatMap(({ start }) =>
    unless(
      starts.some((shown) => Math.abs(shown - start) < 0.05),
      `no caption at ${start} s, but at ${starts.join(", ")}`,
    ),
  );
}

function secondsOf({ grid }: Publication): { frame: number; video: number } {
  const frame = grid.frameRate.den / grid.frameRate.num;
  return { frame, video: grid.totalFrames * frame };
}

export function browserFaults(
  outcome: Outcome,
  publication: Publication,
  stream: StreamName,
): Faults {
  const { video } = secondsOf(publication);
  const [[start, end] = [NaN, NaN], ...more] = outcome.buffered;
  // There are no captions in DASH manifests (docs/decisions/470).
  const languages = stream === "DASH" ? "" : "en";
  return {
    playback: [
      ...outcome.errors,
      ...unless(outcome.ended, "does not end"),
      ...unless(outcome.gapsJumped === 0 && more.length === 0, "has a gap"),
      ...unless(
        outcome.startedAt < 0.05 && start < 0.05,
        `starts at ${outcome.startedAt} s, buffered from ${start} s`,
      ),
      ...unless(Math.abs(end - video) < 0.05, `ends at ${end} s`),
      ...unless(
        outcome.frames > publication.grid.totalFrames / 2,
        `shows ${outcome.frames} frames`,
      ),
    ],
    captions: [
      ...unless(outcome.subtitles.join() === languages, `captions: ${outcome.subtitles.join()}`),
      ...(stream === "DASH" ? [] : cueFaults(outcome.cues)),
    ],
    audio: unless(outcome.audio.toSorted().join() === "de,en", `audio: ${outcome.audio.join()}`),
  };
}

export function nativeFaults(
  { name }: NativePlayer,
  playback: NativePlayback,
  publication: Publication,
  stream: StreamName,
): Faults {
  const { frame, video } = secondsOf(publication);
  // Players include the delay of B-frames in the duration, or leave the last frame out of it.
  const endsRight = (end: number) => Math.abs(end - video) < 3 * frame;
  const isOpen = stream === "HLS, while playable";
  const { frames, videoEnd, audioEnd = video, videoDelay = 0, audioTracks } = playback;
  return {
    playback: [
      // Players based on ffmpeg treat an open playlist as a live stream and begin three segments before its end. mpv
      // reports its position only now and then.
      ...unless(isOpen || frames >= publication.grid.totalFrames - 2, `shows ${frames} frames`),
      ...unless(endsRight(videoEnd), `ends at ${videoEnd} s`),
      ...unless(endsRight(audioEnd), `its audio ends at ${audioEnd} s`),
      ...unless(
        isOpen || IGNORE_EDIT_LISTS.has(name) || Math.abs(videoDelay) < frame / 10,
        `shows the video ${videoDelay} s late`,
      ),
    ],
    // Each exception has a reason in CAPTION_LIMITS.
    captions: [],
    audio: unless((audioTracks ?? 2) >= 2, `${audioTracks} audio tracks`),
  };
}

/** What a player has done in a page, and what it has requested. */
interface Trial<T> {
  result: T;
  requests: StreamRequests;
}

/** A browser for several players at once. */
export interface Stage extends AsyncDisposable {
  /** Calls a function of PLAYERS in a new page, with a server of its own. */
  call: <T>(
    verb: "play" | "switch",
    player: BrowserPlayer,
    path: string,
    ...more: unknown[]
  ) => Promise<Trial<T>>;
}

/** Opens the browser when it is first needed. */
export async function openStage(folder: string, publication: Publication): Promise<Stage> {
  const extras = new Map<string, ServedFile>([
    ["/", { body: Buffer.from(PAGE), contentType: "text/html" }],
  ]);
  for (const [player, { script }] of Object.entries(BROWSER_PLAYERS))
    extras.set(`/${player}.js`, { body: await readFile(script), contentType: "text/javascript" });
  let browser: Promise<Browser> | undefined;
  return {
    async call(verb, player, path, ...more) {
      using server = await serveStreams(folder, publication, extras);
      browser ??= launchBrowser();
      const page = await (await browser).newPage();
      try {
        await page.goto(server.origin);
        await page.addScriptTag({ url: `/${player}.js` });
        await page.addScriptTag({ content: PLAYERS });
        return {
          result: await page.evaluate(
            `${verb}${player}(...${JSON.stringify([`${server.base}/${path}`, ...more])})`,
          ),
          requests: server.requests,
        };
      } finally {
        await page.close();
      }
    },
    [Symbol.asyncDispose]: async () => await (await browser)?.close(),
  };
}
