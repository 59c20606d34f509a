import { accessSync, chmodSync, constants, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

/** Where the two programs are. */
export type Tools = { ffmpeg: string; ffprobe: string };

type Environment = Record<string, string | undefined>;

const onPath = (name: string, path: string | undefined): string | undefined =>
  (path ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));

/** The packaged ffprobe comes without its run bit for anyone but the owner. */
const runnable = (file: string): string => {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    chmodSync(file, 0o755);
  }
  return file;
};

/** The npm packages name their platform packages themselves; both export `{ path }`. */
const packaged = (name: "ffmpeg" | "ffprobe"): string => {
  const installer: unknown = createRequire(import.meta.url)(`@${name}-installer/${name}`);
  if (
    typeof installer !== "object" ||
    installer === null ||
    !("path" in installer) ||
    typeof installer.path !== "string"
  ) {
    throw new Error(`the package @${name}-installer/${name} names no binary`);
  }
  return runnable(installer.path);
};

/**
 * FFMPEG_PATH and FFPROBE_PATH, else the programs on PATH, else the binaries of the npm packages, so that a bare
 * machine works after `npm ci`.
 *
 * @throws Error when there is none of the three
 */
export const resolveTools = (environment: Environment): Tools => ({
  ffmpeg: environment["FFMPEG_PATH"] || onPath("ffmpeg", environment["PATH"]) || packaged("ffmpeg"),
  ffprobe:
    environment["FFPROBE_PATH"] || onPath("ffprobe", environment["PATH"]) || packaged("ffprobe"),
});
