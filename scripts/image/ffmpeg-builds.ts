import { chmod, mkdir, readdir, realpath, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import {
  packagedTools,
  resolveTools,
  type Tools,
} from "../../containers/transcoder/runtime/tools.ts";
import { runCommand } from "./command.ts";
import { extractImage } from "./image-files.ts";

const VERSION_TIMEOUT_MS = 30_000;

/** One ffmpeg of this computer. */
export interface FfmpegBuild {
  /** `npm`, `PATH`, `image`, or the given path. */
  name: string;
  version: string;
  tools: Tools;
}

interface BuildChoice {
  /** Names of builds; undefined for all. */
  only: readonly string[] | undefined;
  /** Paths of additional builds, with ffprobe beside each. */
  paths: readonly string[];
  /** Folder for the image's programs. */
  folder: string;
}

/**
 * Finds the ffmpeg of the npm packages, the one on PATH, and the one of the container image if docker, podman or
 * buildah can build it here. Prints why the image is left out otherwise.
 */
export async function findFfmpegBuilds({
  only,
  paths,
  folder,
}: BuildChoice): Promise<FfmpegBuild[]> {
  const isWanted = (name: string): boolean => only?.includes(name) ?? true;
  const found: [name: string, tools: Tools][] = [["npm", packagedTools()]];
  const own = resolveTools({ PATH: withoutModules(process.env["PATH"]) });
  if (own.ffmpeg !== packagedTools().ffmpeg) found.push(["PATH", own]);
  if (isWanted("image")) {
    const image = await imageTools(folder);
    if (typeof image === "string") console.log(`image: SKIPPED: ${image}`);
    else found.push(["image", image]);
  }
  for (const path of paths)
    found.push([path, { ffmpeg: path, ffprobe: join(dirname(path), "ffprobe") }]);
  return Promise.all(
    found
      .filter(([name]) => isWanted(name))
      .map(async ([name, tools]) => ({ name, tools, version: await versionOf(tools.ffmpeg) })),
  );
}

/** npm prepends the folders of packages. */
const withoutModules = (path = ""): string =>
  path
    .split(delimiter)
    .filter((one) => !one.includes("node_modules"))
    .join(delimiter);

/**
 * The programs of the container image, run outside of it with its libraries, because tests need this computer's files
 * and processes.
 * @returns the reason in one line if no image can be built here
 */
async function imageTools(folder: string): Promise<Tools | string> {
  const root = join(folder, "image");
  await mkdir(root);
  const reason = await extractImage(root);
  if (reason !== null) return reason;
  const { folders, loader } = await findLibraries(root);
  const bin = join(folder, "bin");
  await mkdir(bin);
  async function program(name: string): Promise<string> {
    const path = join(bin, name);
    const command = `exec "${loader}" --library-path "${folders}" "${root}/usr/bin/${name}" "$@"`;
    await writeFile(path, `#!/bin/sh\n${command}\n`);
    await chmod(path, 0o755);
    return path;
  }
  return { ffmpeg: await program("ffmpeg"), ffprobe: await program("ffprobe") };
}

/** The folders of the image's libraries in the form that the loader expects, and the loader. */
async function findLibraries(root: string): Promise<{ folders: string; loader: string }> {
  const lib = join(root, "usr/lib");
  const target = (await readdir(lib)).find((name) => name.endsWith("-linux-gnu"));
  if (target === undefined) throw new Error("The image has no folder of shared libraries");
  const entries = await readdir(join(lib, target), { withFileTypes: true });
  // Libraries such as blas and pulseaudio, to which absolute links inside the image lead.
  const nested = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const loader = entries.find(({ name }) => /^ld-linux.*\.so\.\d+$/.test(name))?.name;
  if (loader === undefined) throw new Error("The image has no loader of shared libraries");
  const folders = [join(lib, target), ...nested.map((name) => join(lib, target, name))];
  return { folders: folders.join(":"), loader: await realpath(join(lib, target, loader)) };
}

async function versionOf(ffmpeg: string): Promise<string> {
  const { stdout, output } = await runCommand(ffmpeg, ["-version"], VERSION_TIMEOUT_MS);
  const version = /^ffmpeg version (\S+)/m.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${ffmpeg} -version printed: ${output}`);
  return version.slice(0, 20);
}
