import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type Bench,
  brightness,
  difference,
  interlacedShare,
  middleColour,
  samples,
  shownFrame,
  tools,
} from "../tests/support/transcoder/bench.ts";
import {
  type EncodedVideo,
  joinLowestRendition,
  joinRendition,
  posterFile,
} from "../tests/support/transcoder/video.ts";
import type { Notice } from "../workers/contract/notices.ts";
import type { TaskResult } from "../workers/contract/transcodes.ts";

const execute = promisify(execFile);

/** A transcoded source, with its lowest rendition as a file. */
export interface OddSubject {
  bench: Bench;
  /** The source file. */
  file: string;
  done: EncodedVideo;
  lowest: string;
}

/** The faults of a transcoded source; empty if there are none. */
type OddCheck = (subject: OddSubject) => Promise<string[]> | string[];

function unless(condition: boolean, fault: string): string[] {
  return condition ? [] : [fault];
}

function resultOf<K extends TaskResult["kind"]>(
  { done }: OddSubject,
  task: string,
  kind: K,
): Extract<TaskResult, { kind: K }> | undefined {
  const outcome = done.results[task]?.outcome;
  return outcome?.type === "done" && outcome.result.kind === kind
    ? (outcome.result as Extract<TaskResult, { kind: K }>)
    : undefined;
}

/** The notices of all tasks. */
function noticesOf(subject: OddSubject): Notice[] {
  return [
    ...(subject.done.plan.notices ?? []),
    ...(resultOf(subject, "captions", "captions")?.notices ?? []),
  ];
}

async function captionsOf(
  subject: OddSubject,
): Promise<{ language: string; name: string; text: string }[]> {
  const folder = join(
    subject.bench.folder,
    subject.done.results["captions"]?.outputs["files"] ?? "",
  );
  const tracks = resultOf(subject, "captions", "captions")?.tracks ?? [];
  return Promise.all(
    tracks.map(async ({ language, name, file }) => ({
      language,
      name,
      text: await readFile(join(folder, file), "utf8"),
    })),
  );
}

/** Expects a duration of this many seconds. */
function lasts(seconds: number): OddCheck {
  return ({ done }) =>
    unless(
      Math.abs(done.plan.source.duration - seconds) < 0.15,
      `lasts ${done.plan.source.duration} s instead of ${seconds}`,
    );
}

/** Expects this display size. */
function measures(width: number, height: number): OddCheck {
  return ({
    done: {
      plan: { source },
    },
  }) =>
    unless(
      source.video.width === width && source.video.height === height,
      `${source.video.width}x${source.video.height} instead of ${width}x${height}`,
    );
}

/** Expects this many audio tracks, none of them silent. */
function hasAudio(count: number): OddCheck {
  return async ({ bench, done }) => {
    const tracks = Object.keys(done.tracks).filter((id) => id.startsWith("audio"));
    const silent: string[] = [];
    for (const id of tracks) {
      const decoded = await samples(await joinRendition(bench, done, id));
      if (!decoded.some((sample) => Math.abs(sample) > 0.01)) silent.push(id);
    }
    return [
      ...unless(tracks.length === count, `${tracks.length} audio tracks instead of ${count}`),
      ...silent.map((id) => `${id} is silent`),
    ];
  };
}

/** Expects a new frame at each of these seconds, which stays until the next one. */
function changesAt(...times: number[]): OddCheck {
  return async ({ lowest }) => {
    const faults: string[] = [];
    for (const [index, at] of times.entries()) {
      const earlier = (times[index - 1] ?? 0) + 0.1;
      const shown = [earlier, at - 0.06, at + 0.06].map((time) => shownFrame(lowest, time, 64, 36));
      const [start, before, after] = (await Promise.all(shown)) as [Buffer, Buffer, Buffer];
      faults.push(
        ...unless(difference(start, before) < 3, `a change between ${earlier} and ${at} s`),
        ...unless(difference(before, after) > 5, `no change at ${at} s`),
      );
    }
    return faults;
  };
}

/** A small frame as RGB, filtered first. */
async function smallFrame(file: string, seconds: number, filters: string): Promise<Buffer> {
  const { stdout } = await execute(
    tools.ffmpeg,
    [
      ...["-v", "error", "-ss", String(seconds), "-i", file, "-frames:v", "1"],
      ...["-vf", `${filters},format=rgb24`, "-f", "rawvideo", "-"],
    ],
    { encoding: "buffer" },
  );
  return stdout;
}

/** Expects about these values of red, green and blue in the middle of its left quarter. */
function beginsWithColour(...colour: readonly number[]): OddCheck {
  return async ({ lowest }) => {
    const seen = await middleColour(lowest, 1 / 8);
    return unless(
      colour.every((value, channel) => Math.abs(value - (seen[channel] ?? 0)) <= 6),
      `colour ${seen.map(Math.round).join()} instead of ${colour.join()}`,
    );
  };
}

/** Expects the source's frames, cropped in the middle to this size. */
function isCroppedTo(width: number, height: number): OddCheck {
  return async ({ file, lowest }) => {
    // A build that already crops has nothing left to crop.
    const right = await smallFrame(file, 0.5, `crop=${width}:${height},scale=64:36:flags=area`);
    const apart = difference(right, await smallFrame(lowest, 0.5, "scale=64:36:flags=area"));
    return unless(apart < 8, `differs from the cropped source by ${apart.toFixed(1)}`);
  };
}

const notInterlaced: OddCheck = async ({ done, lowest }) => {
  const share = await interlacedShare(lowest);
  return [
    ...unless(done.plan.source.video.interlaced, "not recognized as interlaced"),
    ...unless(share < 0.2, `${Math.round(share * 100)} % of the frames are combed`),
  ];
};

const hasImages: OddCheck = (subject) => {
  const images = resultOf(subject, "images", "images");
  return unless(
    images?.poster !== undefined && images.storyboard !== null,
    "no poster or storyboard",
  );
};

/** Expects a poster that is not dark. */
const hasBrightPoster: OddCheck = async (subject) => {
  const [mean = 0] = await brightness(posterFile(subject.bench, subject.done));
  return unless(mean > 90, `the poster's mean brightness is ${Math.round(mean)}`);
};

/** Expects captions in this language whose text matches. */
function hasCaptions(language: string, text: RegExp): OddCheck {
  return async (subject) => {
    const tracks = await captionsOf(subject);
    const track = tracks.find((candidate) => candidate.language === language);
    return [
      ...unless(
        track !== undefined,
        `no captions in ${language}; told: ${JSON.stringify(noticesOf(subject))}`,
      ),
      ...unless(track === undefined || text.test(track.text), `the text of ${language} is wrong`),
      ...unless(
        tracks.every(({ name }) => name !== "root"),
        'captions named "root"',
      ),
    ];
  };
}

const VIDEO_640 = measures(640, 360);

/** The expectations for each odd file, besides being transcoded from its first frame to its last. */
export const ODD_CHECKS: Readonly<Record<string, readonly OddCheck[]>> = {
  "h264_nob.avi": [lasts(4), hasAudio(1)],
  // Its audio track lasts 36 seconds.
  "slides_webm_sound.webm": [lasts(36), changesAt(5, 10, 20), hasAudio(1)],
  "mkv_cover_tiff.mkv": [lasts(4), VIDEO_640, hasAudio(1)],
  "ts_s302m.ts": [lasts(4), hasAudio(1)],
  "mjpeg_small_first.mkv": [lasts(5), VIDEO_640, hasAudio(1)],
  "poster_fade_in.mp4": [lasts(8), hasBrightPoster],
  "podcast_1s_picture.mp4": [lasts(12), hasImages, hasAudio(1)],
  "il_dv_pal.avi": [lasts(0.6), notInterlaced],
  "mkv_pixelcrop.mkv": [lasts(4), VIDEO_640, isCroppedTo(640, 360), hasAudio(1)],
  "hdr_pq_fullrange.mp4": [lasts(2), measures(2560, 720), beginsWithColour(158, 25, 26)],
  "mkv_30fonts.mkv": [lasts(4), VIDEO_640, hasCaptions("en", /-->/), hasAudio(1)],
  "mp4_movtext_untagged.mp4": [lasts(4), hasCaptions("und", /-->/), hasAudio(1)],
  "mkv_cp1251.mkv": [
    lasts(4),
    hasCaptions("ru", /[а-я]{3}/),
    hasCaptions("en", /-->/),
    hasAudio(1),
  ],
  "mpeg2.mxf": [lasts(3), VIDEO_640, hasAudio(1)],
  "anim.gif": [lasts(3), measures(320, 180)],
  "cineform.mov": [lasts(1), VIDEO_640, hasAudio(1)],
  "iphone_apac.mov": [lasts(5), hasAudio(1)],
  "mediarecorder.webm": [VIDEO_640, hasAudio(1)],
  "android_vfr.mp4": [lasts(8), VIDEO_640, hasAudio(1)],
  "ts_pts_wrap.ts": [lasts(6), VIDEO_640, hasAudio(1)],
};

/** Expects every frame of the plan, and every audio track to last as long. */
async function isComplete({ bench, done, lowest }: OddSubject): Promise<string[]> {
  const { num, den } = done.plan.grid.frameRate;
  const { totalFrames } = done.plan.grid;
  const frames = await brightness(lowest);
  const faults = unless(
    frames.length === totalFrames,
    `${frames.length} frames instead of ${totalFrames}`,
  );
  for (const id of Object.keys(done.tracks).filter((track) => track.startsWith("audio"))) {
    const length = (await samples(await joinRendition(bench, done, id))).length / 48_000;
    faults.push(
      ...unless(
        Math.abs(length - (totalFrames * den) / num) < 0.1,
        `${id} lasts ${length.toFixed(2)} s`,
      ),
    );
  }
  return faults;
}

/** What is wrong with a transcoded source. */
export async function oddFaults(
  bench: Bench,
  name: string,
  file: string,
  done: EncodedVideo,
): Promise<string[]> {
  const subject = { bench, file, done, lowest: await joinLowestRendition(bench, done) };
  const faults: string[] = [];
  for (const check of [isComplete, ...(ODD_CHECKS[name] ?? [])])
    faults.push(...(await check(subject)));
  return faults;
}
