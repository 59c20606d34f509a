/** Sources that can be published as they are, and the results. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Bench, generate, quickTools } from "./bench.ts";
import { type Keep, SETTINGS, transcode } from "./pipeline.ts";
import type { EncodedVideo } from "./video.ts";

const execute = promisify(execFile);
export const SETTINGS_WITH_COPIES = { ...SETTINGS, passthrough: true };
export const RATE = 25;
export const SECONDS = 12;
export const PICTURE = [
  ...["-f", "lavfi", "-i", `testsrc2=size=640x360:rate=${RATE}:duration=${SECONDS}`],
];
export const SOUND = [
  ...["-f", "lavfi", "-i", `sine=frequency=440:sample_rate=48000:duration=${SECONDS}`],
];
/** Keyframes at irregular positions, as scene changes cause them. */
const KEYS = [0, 1.4, 2, 5.2, 6, 6.4, 9.2, 11];
export const WEB_VIDEO = [
  ...["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "veryfast", "-crf", "30", "-bf", "2"],
  ...["-g", "250", "-sc_threshold", "0", "-flags", "+cgop", "-force_key_frames", KEYS.join(",")],
];
export const WEB_AUDIO = ["-c:a", "aac", "-b:a", "96k", "-ac", "2"];

export const onlyVideo: Keep = (kind) => kind === "video";

/** Generates a source and transcodes it. */
export async function transcodeSource(
  bench: Bench,
  name: string,
  args: readonly string[],
  keep?: Keep,
  settings = SETTINGS_WITH_COPIES,
): Promise<{ file: string; done: EncodedVideo }> {
  const file = join(bench.folder, name);
  await generate([...args, file], bench.tools);
  bench.storage.link(name, file);
  const done = await transcode(bench.runner, bench.storage, name, settings, keep);
  if (done.type === "failed") throw new Error(`${done.task}: ${done.code}`);
  return { file, done };
}

type TrackType = "v" | "a";

async function hashes(file: string, type: TrackType, codec: readonly string[]): Promise<string[]> {
  const { stdout } = await execute(
    quickTools.ffmpeg,
    [
      ...["-v", "error", "-nostdin", "-i", file, "-map", `0:${type}:0`],
      ...[...codec, "-f", "framemd5", "-"],
    ],
    { maxBuffer: 1 << 26 },
  );
  return stdout
    .split("\n")
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(",").at(-1)?.trim() ?? "");
}

/** MD5 of every frame or sample block of a file's first track of a type. */
export const frameHashes = (file: string, type: TrackType): Promise<string[]> =>
  hashes(file, type, []);

/** MD5 of every packet of a file's first track of a type. */
export const packetHashes = (file: string, type: TrackType): Promise<string[]> =>
  hashes(file, type, ["-c", "copy"]);

export const noticeCodes = ({ plan }: EncodedVideo): string[] | undefined =>
  plan.notices?.map(({ code, reason }) => (reason === undefined ? code : `${code} ${reason}`));

export const videoIds = ({ plan }: EncodedVideo): string[] =>
  plan.renditions.flatMap((rendition) =>
    rendition.type === "video" && !rendition.isDownloadOnly ? rendition.id : [],
  );

/** Start times of a rendition's segments, in seconds. */
export function startsOf({ tracks }: EncodedVideo, id: string): number[] {
  const outputs = tracks[id]?.outputs ?? [];
  let at = (outputs[0]?.startTicks ?? 0) / (outputs[0]?.timescale ?? 1);
  return outputs.flatMap(({ timescale, segments }) =>
    segments.map(({ duration }) => {
      const start = at;
      at += duration / timescale;
      return Number(start.toFixed(3));
    }),
  );
}
