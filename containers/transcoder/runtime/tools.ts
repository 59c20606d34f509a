import { accessSync, chmodSync, constants, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

/** Paths of the two programs. */
export interface Tools {
  ffmpeg: string;
  ffprobe: string;
}

type Environment = Record<string, string | undefined>;

function onPath(name: string, path: string | undefined): string | undefined {
  return (path ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

/** The packaged ffprobe is executable only by its owner. */
function runnable(file: string): string {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    chmodSync(file, 0o755);
  }
  return file;
}

/** The binary in an npm package; the package picks the platform and exports `{ path }`. */
function packaged(name: "ffmpeg" | "ffprobe"): string {
  const installer: unknown = createRequire(import.meta.url)(`@${name}-installer/${name}`);
  if (
    typeof installer !== "object" ||
    installer === null ||
    !("path" in installer) ||
    typeof installer.path !== "string"
  ) {
    throw new Error(`the package @${name}-installer/${name} exports no path`);
  }
  return runnable(installer.path);
}

/** The binaries of the npm packages. @throws Error when one of them is not installed */
export function packagedTools(): Tools {
  return { ffmpeg: packaged("ffmpeg"), ffprobe: packaged("ffprobe") };
}

/**
 * Finds ffmpeg and ffprobe: FFMPEG_PATH and FFPROBE_PATH, else the programs on PATH, else the binaries of the npm
 * packages, so that a fresh checkout works after `npm ci`.
 *
 * @throws Error when none of the three exists
 */
export function resolveTools(environment: Environment): Tools {
  return {
    ffmpeg:
      environment["FFMPEG_PATH"] || onPath("ffmpeg", environment["PATH"]) || packaged("ffmpeg"),
    ffprobe:
      environment["FFPROBE_PATH"] || onPath("ffprobe", environment["PATH"]) || packaged("ffprobe"),
  };
}
