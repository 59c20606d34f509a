import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ROOT } from "../dev/settings.ts";
import { type CommandResult, lastLines, runCommand } from "./command.ts";

const DOCKERFILE = resolve(ROOT, "containers/transcoder/Dockerfile");
const TAG = "localhost/kinora-transcoder-files";

const PROBE_TIMEOUT_MS = 30_000;
const PULL_TIMEOUT_MS = 120_000;
const COPY_TIMEOUT_MS = 120_000;
const BUILD_TIMEOUT_MS = 900_000;

const ENGINES = ["docker", "podman", "buildah"] as const;
type Engine = (typeof ENGINES)[number];

/**
 * Builds the transcoder's container image with the first of docker, podman and buildah that can, and copies its files
 * into a folder. The image itself stays, as a cache of the next build.
 *
 * @returns why no program could, in one line; null if the files are there
 */
export async function extractImage(folder: string): Promise<string | null> {
  const reasons: string[] = [];
  for (const engine of ENGINES) {
    const reason = (await buildImage(engine)) ?? (await copyFiles(engine, folder));
    if (reason === null) return null;
    reasons.push(`${engine}: ${reason}`);
  }
  return reasons.join("; ");
}

const reasonOf = ({ output }: CommandResult): string => lastLines(output);

async function buildImage(engine: Engine): Promise<string | null> {
  const info = await runCommand(engine, ["info"], PROBE_TIMEOUT_MS);
  if (info.code === 127) return "not installed";
  if (info.code !== 0) return `does not work here (${reasonOf(info)})`;
  const base = await baseImage();
  const inspect = engine === "buildah" ? ["inspect", "--type", "image"] : ["image", "inspect"];
  if ((await runCommand(engine, [...inspect, base], PROBE_TIMEOUT_MS)).code !== 0) {
    const pulled = await runCommand(engine, ["pull", base], PULL_TIMEOUT_MS);
    if (pulled.code !== 0) return `cannot pull ${base} (${reasonOf(pulled)})`;
  }
  // Without namespaces of their own, builds work in more sandboxes; the image is the same.
  const isolation = engine === "docker" ? [] : ["--layers", "--isolation", "chroot"];
  const args = ["build", ...isolation, "-t", TAG, "-f", DOCKERFILE, ROOT];
  const built = await runCommand(engine, args, BUILD_TIMEOUT_MS);
  return built.code === 0 ? null : `cannot build ${DOCKERFILE} (${reasonOf(built)})`;
}

async function baseImage(): Promise<string> {
  const image = /^FROM (\S+)/m.exec(await readFile(DOCKERFILE, "utf8"))?.[1];
  if (image === undefined) throw new Error(`${DOCKERFILE} has no FROM`);
  return `docker.io/library/${image}`;
}

async function copyFiles(engine: Engine, folder: string): Promise<string | null> {
  const create = engine === "buildah" ? ["from", "--pull-never", TAG] : ["create", TAG];
  const created = await runCommand(engine, create, PROBE_TIMEOUT_MS);
  if (created.code !== 0) return reasonOf(created);
  const container = created.stdout.trim();
  try {
    const copied = await (engine === "buildah"
      ? copyMounted(container, folder)
      : copyExported(engine, container, folder));
    return copied.code === 0 ? null : reasonOf(copied);
  } finally {
    await runCommand(engine, ["rm", container], PROBE_TIMEOUT_MS);
  }
}

async function copyMounted(container: string, folder: string): Promise<CommandResult> {
  const mounted = await runCommand("buildah", ["mount", container], PROBE_TIMEOUT_MS);
  if (mounted.code !== 0) return mounted;
  const copied = await runCommand(
    "cp",
    ["-a", `${mounted.stdout.trim()}/.`, folder],
    COPY_TIMEOUT_MS,
  );
  await runCommand("buildah", ["umount", container], PROBE_TIMEOUT_MS);
  return copied;
}

async function copyExported(
  engine: Engine,
  container: string,
  folder: string,
): Promise<CommandResult> {
  const archive = join(folder, "image.tar");
  const exported = await runCommand(engine, ["export", "-o", archive, container], COPY_TIMEOUT_MS);
  if (exported.code !== 0) return exported;
  const extracted = await runCommand("tar", ["-xf", archive, "-C", folder], COPY_TIMEOUT_MS);
  await rm(archive);
  return extracted;
}
