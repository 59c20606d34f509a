import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bench, generate, joinTrack } from "./bench.ts";
import {
  type Keep,
  LOWEST_WITH_AUDIO,
  ONLY_LOWEST,
  type TranscodeOutcome,
  SETTINGS,
  transcode,
} from "./pipeline.ts";

export type EncodedVideo = Extract<TranscodeOutcome, { type: "done" }>;

/** Encoder options for a source that is almost lossless. */
export const H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "4"];

type Change = (bytes: Buffer) => Buffer;

/**
 * Generates a source with ffmpeg and transcodes it. Segments last one second, so that a short video has many chunks.
 *
 * @param change modifies the generated file
 * @param keep picks the tasks that the test looks at
 */
export async function transcodeGenerated(
  bench: Bench,
  name: string,
  args: readonly string[],
  change?: Change,
  keep?: Keep,
): Promise<EncodedVideo> {
  const file = join(bench.folder, name);
  await generate([...args, file]);
  if (change !== undefined) await writeFile(file, change(await readFile(file)));
  bench.storage.link(name, file);
  const settings = { ...SETTINGS, segmentSeconds: 1, loudness: false };
  const done = await transcode(bench.runner, bench.storage, name, settings, keep);
  if (done.type === "failed") throw new Error(`${done.task}: ${done.code}`);
  return done;
}

/** The same without audio and images, and only with the lowest rendition. */
export function transcodeLowest(
  bench: Bench,
  name: string,
  args: readonly string[],
  change?: Change,
): Promise<EncodedVideo> {
  return transcodeGenerated(bench, name, args, change, ONLY_LOWEST);
}

/** The same with the audio tracks. */
export function transcodeWithAudio(
  bench: Bench,
  name: string,
  args: readonly string[],
  change?: Change,
): Promise<EncodedVideo> {
  return transcodeGenerated(bench, name, args, change, LOWEST_WITH_AUDIO);
}

/** Generates a source and plans it. */
export function planGenerated(
  bench: Bench,
  name: string,
  args: readonly string[],
  change?: Change,
): Promise<EncodedVideo> {
  return transcodeGenerated(bench, name, args, change, () => false);
}

/** One rendition as a file. */
export function joinRendition(bench: Bench, done: EncodedVideo, id: string): Promise<string> {
  const track = done.tracks[id];
  if (track === undefined) throw new Error(`no ${id} among ${Object.keys(done.tracks).join()}`);
  return joinTrack(bench, track, `${done.source.replaceAll("/", "-")}.${id}.mp4`);
}

/** The lowest rendition as a file. */
export function joinLowestRendition(bench: Bench, done: EncodedVideo): Promise<string> {
  return joinRendition(bench, done, done.plan.renditions[0]?.id ?? "");
}

/** The file of the generated poster. */
export function posterFile(bench: Bench, done: EncodedVideo): string {
  const { outcome, outputs = {} } = done.results["images"] ?? {};
  if (outcome?.type !== "done" || outcome.result.kind !== "images") throw new Error("no poster");
  return join(bench.folder, outputs["files"] ?? "", outcome.result.poster);
}
