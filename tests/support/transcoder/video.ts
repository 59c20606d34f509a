import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bench, generate, joinTrack } from "./bench.ts";
import { type Film, SETTINGS, transcode } from "./pipeline.ts";

export type EncodedVideo = Extract<Film, { type: "done" }>;

/** Encoder options for a source whose every frame stays what it was. */
export const H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "4"];

/**
 * Generates a source and has it transcoded, in segments of one second so that a short film has many chunks.
 *
 * @param change alters the generated file
 */
export const film = async (
  bench: Bench,
  name: string,
  args: readonly string[],
  change?: (bytes: Buffer) => Buffer,
): Promise<EncodedVideo> => {
  const file = join(bench.folder, name);
  await generate([...args, file]);
  if (change !== undefined) await writeFile(file, change(await readFile(file)));
  bench.storage.link(name, file);
  const settings = { ...SETTINGS, segmentSeconds: 1, loudness: false };
  const done = await transcode(bench.url, bench.storage, name, settings);
  if (done.type === "failed") throw new Error(`${done.task}: ${done.code}`);
  return done;
};

/** A rendition of a film as one file. */
export const joinRendition = (bench: Bench, done: EncodedVideo, id: string): Promise<string> => {
  const track = done.tracks[id];
  if (track === undefined) throw new Error(`no ${id} among ${Object.keys(done.tracks).join()}`);
  return joinTrack(bench, track, `${done.source.replaceAll("/", "-")}.${id}.mp4`);
};

/** The lowest rung of a film as one file. */
export const joinPicture = (bench: Bench, done: EncodedVideo): Promise<string> =>
  joinRendition(bench, done, done.plan.renditions[0]?.id ?? "");
