import type { Server } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launchBrowser } from "../../scripts/product/browser.ts";
import type { Publication } from "../../workers/contract/publications.ts";
import { CONTENT_KEY_PATH } from "../../workers/media/storage-keys.ts";
import { renderLive } from "../../workers/media/playlists/render.ts";
import { encryptVideoFile, type ServedFile } from "./encrypted-video.ts";
import { serveFolder } from "../support/conformance/file-server.ts";

const { folder, publication } = inject("video");
const base = `/${publication.videoId}/1`;
const duration =
  (publication.grid.totalFrames * publication.grid.frameRate.den) / publication.grid.frameRate.num;

/** The report of one playback. */
interface Outcome {
  errors: string[];
  ended: boolean;
  startedAt: number;
  /** The buffered ranges at the end; more than one means a gap. */
  buffered: [number, number][];
  frames: number;
  gapsJumped: number;
  audio: string[];
  subtitles: string[];
  /** The codec that shaka-player played, by its RFC 6381 name. */
  codec: string;
}

const PAGE = "<!doctype html><video muted playsinline></video>";

/** Functions for the page. `play...` plays a URL to its end at double speed and reports. */
const PLAYERS = `
  const video = document.querySelector("video");
  const outcome = { errors: [], ended: false, startedAt: -1, buffered: [], frames: 0, gapsJumped: 0, audio: [], subtitles: [], codec: "" };
  const finish = new Promise((resolve) => {
    video.addEventListener("ended", () => ((outcome.ended = true), resolve()), { once: true });
    video.addEventListener("error", () => (outcome.errors.push("media " + video.error.message), resolve()), { once: true });
    video.addEventListener("timeupdate", () => outcome.startedAt < 0 && (outcome.startedAt = video.currentTime), { once: true });
    window.stop = resolve;
  });
  const report = () => {
    for (let i = 0; i < video.buffered.length; i++) outcome.buffered.push([video.buffered.start(i), video.buffered.end(i)]);
    outcome.frames = video.getVideoPlaybackQuality().totalVideoFrames;
    return outcome;
  };
  const begin = async () => {
    // After the source is attached, because that resets the speed.
    video.playbackRate = 2;
    await video.play();
  };
  window.playHls = async (url) => {
    const hls = new Hls({ maxBufferLength: 60 });
    // hls.js recovers from a stall on a busy computer, and from the aborted load of the key of a rendition that it leaves,
    // and reports both as errors. Anything else, above all a gap that it skips, is a fault.
    const harmless = [Hls.ErrorDetails.BUFFER_STALLED_ERROR, Hls.ErrorDetails.INTERNAL_ABORTED];
    hls.on(Hls.Events.ERROR, (_, { fatal, details }) => {
      if (fatal || !harmless.includes(details)) outcome.errors.push(details);
      if (fatal) window.stop();
    });
    hls.loadSource(url);
    hls.attachMedia(video);
    await new Promise((resolve) => video.addEventListener("loadedmetadata", resolve, { once: true }));
    outcome.audio = hls.audioTracks.map((track) => track.lang);
    outcome.subtitles = hls.subtitleTracks.map((track) => track.lang);
    await begin();
    await finish;
    return report();
  };
  window.playShaka = async (url, codec) => {
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    await player.attach(video);
    player.configure({ streaming: { bufferingGoal: 60 }, preferredVideo: codec ? [{ codec, hdrLevel: "", label: "", language: "", layout: "", role: "" }] : [] });
    player.addEventListener("error", ({ detail }) => (outcome.errors.push("shaka " + detail.code), window.stop()));
    await player.load(url);
    outcome.audio = player.getAudioTracks().map((track) => track.language);
    outcome.subtitles = player.getTextTracks().map((track) => track.language);
    await begin();
    await finish;
    outcome.gapsJumped = player.getStats().gapsJumped;
    outcome.codec = player.getVariantTracks().find(({ active }) => active).videoCodec;
    return report();
  };
  const languagesOf = (tracks, language) => tracks.map((track) => track[language]).toSorted().join();
  const once = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
  // The switch functions select German, switch through the renditions and report the audio tracks and the active one at each.
  window.switchHls = async (url) => {
    const hls = new Hls({ maxBufferLength: 4, startLevel: 0 });
    hls.loadSource(url);
    hls.attachMedia(video);
    await once(video, "loadedmetadata");
    hls.audioTrack = hls.audioTracks.findIndex(({ lang }) => lang === "de");
    await video.play();
    const reports = [];
    for (const level of [...hls.levels.keys(), 0]) {
      if (hls.currentLevel !== level) {
        const switched = new Promise((resolve) => hls.on(Hls.Events.LEVEL_SWITCHED, (_, data) => data.level === level && resolve()));
        hls.currentLevel = level;
        await switched;
      }
      reports.push(hls.levels[level].height + " " + languagesOf(hls.audioTracks, "lang") + " " + hls.audioTracks[hls.audioTrack]?.lang);
    }
    return reports;
  };
  window.switchShaka = async (url) => {
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    await player.attach(video);
    player.configure({ abr: { enabled: false }, preferredVideo: [{ codec: "avc1", hdrLevel: "", label: "", language: "", layout: "", role: "" }] });
    await player.load(url);
    player.selectAudioTrack(player.getAudioTracks().find(({ language }) => language === "de"));
    await video.play();
    const reports = [];
    const tracks = player.getVideoTracks();
    for (const track of [...tracks, tracks[0]]) {
      player.selectVideoTrack(track, true);
      await once(video, "timeupdate");
      const active = player.getVariantTracks().find((variant) => variant.active);
      reports.push(active.height + " " + languagesOf(player.getAudioTracks(), "language") + " " + active.language);
    }
    return reports;
  };
`;

let server: Server;
let origin: string;
let browser: Browser;
/** The files of the encrypted video by path. */
let encrypted = new Map<string, ServedFile>();
let keyRequests = 0;
/** Requests for EVENT playlists of video renditions. With each one the video grows by a chunk, until it is complete. */
let liveRequests = 0;

/** The publication once `chunks` of each video rendition, and audio of the same length, are encoded. */
function encodedSoFar(chunks: number): Publication {
  const live = publication.renditions.some(({ outputs }) => outputs.length > chunks);
  if (!live) return publication;
  // The second codec is encoded after the video is ready.
  const first = publication.renditions.filter(({ rendition }) =>
    ["h264", "aac"].includes(rendition.codec),
  );
  const renditions = first.map(({ rendition, outputs }) => {
    if (rendition.type === "video") return { rendition, outputs: outputs.slice(0, chunks) };
    return {
      rendition,
      outputs: outputs.map((output) => ({
        ...output,
        segments: output.segments.slice(0, 2 * chunks),
      })),
    };
  });
  return { ...publication, live, renditions };
}

function livePlaylist(path: string): ReturnType<typeof renderLive> {
  if (!path.startsWith(`${base}/event/`)) return null;
  const name = path.slice(`${base}/event/`.length);
  if (name.startsWith("h264")) liveRequests += 1;
  return renderLive(encodedSoFar(Math.max(1, liveRequests)), name);
}

function encryptedFile(path: string): ServedFile | undefined {
  if (!path.startsWith(`${base}/encrypted/`)) return undefined;
  const name = path.slice(`${base}/encrypted/`.length);
  if (name === CONTENT_KEY_PATH) keyRequests += 1;
  return encrypted.get(name);
}

beforeAll(async () => {
  encrypted = await encryptVideoFile(join(folder, base), publication);
  const require = createRequire(import.meta.url);
  const scripts = new Map(
    await Promise.all(
      [
        ["/hls.js", require.resolve("hls.js/dist/hls.js")],
        [
          "/shaka.js",
          join(require.resolve("shaka-player/package.json"), "../dist/shaka-player.compiled.js"),
        ],
      ].map(async ([path, file]) => [path!, await readFile(file!)] as const),
    ),
  );
  ({ server, url: origin } = await serveFolder(folder, (path, response) => {
    const made = livePlaylist(path) ?? encryptedFile(path);
    const body = path === "/" ? PAGE : (scripts.get(path) ?? made?.body);
    if (body === undefined) return false;
    const type = made?.contentType ?? (path === "/" ? "text/html" : "text/javascript");
    response.writeHead(200, { "content-type": type }).end(body);
    return true;
  }));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  server.close();
});

/** Calls a function of PLAYERS in a new page. */
async function inPage<T>(player: string, path: string, ...more: unknown[]): Promise<T> {
  const page = await browser.newPage();
  try {
    await page.goto(origin);
    await page.addScriptTag({ url: player.endsWith("Hls") ? "/hls.js" : "/shaka.js" });
    await page.addScriptTag({ content: PLAYERS });
    return await page.evaluate<T>(
      `${player}(...${JSON.stringify([`${origin}${base}/${path}`, ...more])})`,
    );
  } finally {
    await page.close();
  }
}

/** Plays a video to its end. */
const play = (player: "playHls" | "playShaka", path: string, codec?: string): Promise<Outcome> =>
  inPage(player, path, codec);

function expectWholeVideo(outcome: Outcome): void {
  expect(outcome).toMatchObject({ errors: [], ended: true, gapsJumped: 0 });
  expect(outcome.startedAt).toBeLessThan(1);
  expect(outcome.buffered).toHaveLength(1);
  const [[start, end]] = outcome.buffered as [[number, number]];
  expect(start).toBeLessThan(0.05);
  expect(Math.abs(end - duration)).toBeLessThan(0.05);
  expect(outcome.frames).toBeGreaterThan(publication.grid.totalFrames / 2);
}

test.each([
  ["playHls", "p1/multivariant.m3u8"],
  ["playShaka", "p1/multivariant.m3u8"],
  ["playShaka", "p1/manifest.mpd"],
] as const)("%s plays %s to its end, without an error or a gap", async (player, path) => {
  const outcome = await play(player, path);
  expectWholeVideo(outcome);
  expect(outcome.audio.toSorted()).toEqual(["de", "en"]);
  expect(outcome.subtitles).toEqual(path.endsWith(".mpd") ? [] : ["en"]);
});

test.each([
  ["switchHls", "p1/multivariant.m3u8"],
  ["switchShaka", "p1/multivariant.m3u8"],
  ["switchShaka", "p1/manifest.mpd"],
] as const)(
  "in %s of %s every rendition has both audio tracks, and a switch keeps the language",
  async (player, path) => {
    const heights = publication.renditions.flatMap(({ rendition }) =>
      rendition.type === "video" && (player === "switchHls" || rendition.codec === "h264")
        ? [rendition.height]
        : [],
    );
    const reports = await inPage<string[]>(player, path);
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
      const outcome = await play("playShaka", path, codec);
      expectWholeVideo(outcome);
      expect(outcome.codec.split(".")[0]).toBe(codec);
    }
  },
);

test.each(["playHls", "playShaka"] as const)(
  "%s fetches the key of an encrypted video and plays it to its end",
  async (player) => {
    keyRequests = 0;
    const outcome = await play(player, "encrypted/p1/multivariant.m3u8");
    expectWholeVideo(outcome);
    expect(outcome.audio.toSorted()).toEqual(["de", "en"]);
    expect(keyRequests).toBeGreaterThan(0);
  },
);

test("a video that is still being encoded plays from its start to its end while it grows", async () => {
  expectWholeVideo(await play("playHls", "event/multivariant.m3u8"));
  expect(liveRequests).toBeGreaterThan(2);
});
