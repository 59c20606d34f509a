import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { ROOT } from "../dev/settings.ts";
import { type CommandResult, lastLines, runCommand } from "./command.ts";

const DOCKERFILE = resolve(ROOT, "containers/transcoder/Dockerfile");

export const TIMEOUT_PROBE_MS = 30_000;
const TIMEOUT_PULL_MS = 120_000;
const TIMEOUT_BUILD_MS = 480_000;

/** Programs that build container images, the most common one first. */
export const ENGINES = ["docker", "podman", "buildah"] as const;
export type Engine = (typeof ENGINES)[number];

/** What the package managers of a build print when they cannot reach their registry. */
const NETWORK_FAULT =
  /Temporary failure resolving|Could not connect to|Could not resolve|Failed to fetch|Connection timed out|\b(EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNRESET|ECONNREFUSED)\b/;

/** Whether a build failed because of a missing network rather than because of the Dockerfile. */
export const isNetworkFault = (output: string): boolean => NETWORK_FAULT.test(output);

/**
 * Whether an engine works here and has the base image of the Dockerfile, or can pull it.
 * @returns the reason in one line if not; null if it does
 */
export async function engineFault(engine: Engine): Promise<string | null> {
  const info = await runCommand(engine, ["info"], TIMEOUT_PROBE_MS);
  if (info.code === 127) return "not installed";
  if (info.code !== 0) return `does not work here (${lastLines(info.output)})`;
  const base = await baseImage();
  const inspect = engine === "buildah" ? ["inspect", "--type", "image"] : ["image", "inspect"];
  if ((await runCommand(engine, [...inspect, base], TIMEOUT_PROBE_MS)).code === 0) return null;
  const pulled = await runCommand(engine, ["pull", base], TIMEOUT_PULL_MS);
  return pulled.code === 0 ? null : `cannot pull ${base} (${lastLines(pulled.output)})`;
}

/** Builds the transcoder's container image. The image stays, as a cache of the next build. */
export function buildImage(engine: Engine, tag: string): Promise<CommandResult> {
  // Without their own namespaces, builds work in more sandboxes; the image is the same.
  const isolation = engine === "docker" ? [] : ["--layers", "--isolation", "chroot"];
  const args = ["build", ...isolation, "-t", tag, "-f", DOCKERFILE, ROOT];
  return runCommand(engine, args, TIMEOUT_BUILD_MS);
}

/** The full name of the image that the Dockerfile starts from. */
export async function baseImage(): Promise<string> {
  const image = /^FROM (\S+)/m.exec(await readFile(DOCKERFILE, "utf8"))?.[1];
  if (image === undefined) throw new Error(`${DOCKERFILE} has no FROM`);
  return `docker.io/library/${image}`;
}
