import { rm } from "node:fs/promises";
import { join } from "node:path";
import { buildImage, type Engine, engineFault, ENGINES, TIMEOUT_PROBE_MS } from "./build-image.ts";
import { type CommandResult, lastLines, runCommand } from "./command.ts";

const TAG = "localhost/kinora-transcoder-files";
const TIMEOUT_COPY_MS = 120_000;

/**
 * Builds the transcoder's container image with the first of docker, podman and buildah that can, and copies its files
 * into a folder.
 * @returns the reason in one line if no program could; null if the files are there
 */
export async function extractImage(folder: string): Promise<string | null> {
  const reasons: string[] = [];
  for (const engine of ENGINES) {
    const reason = (await engineFault(engine)) ?? (await buildAndCopy(engine, folder));
    if (reason === null) return null;
    reasons.push(`${engine}: ${reason}`);
  }
  return reasons.join("; ");
}

async function buildAndCopy(engine: Engine, folder: string): Promise<string | null> {
  const built = await buildImage(engine, TAG);
  if (built.code !== 0) return `cannot build the image (${lastLines(built.output)})`;
  const create = engine === "buildah" ? ["from", "--pull-never", TAG] : ["create", TAG];
  const created = await runCommand(engine, create, TIMEOUT_PROBE_MS);
  if (created.code !== 0) return lastLines(created.output);
  const container = created.stdout.trim();
  try {
    const copied = await (engine === "buildah"
      ? copyMounted(container, folder)
      : copyExported(engine, container, folder));
    return copied.code === 0 ? null : lastLines(copied.output);
  } finally {
    await runCommand(engine, ["rm", container], TIMEOUT_PROBE_MS);
  }
}

async function copyMounted(container: string, folder: string): Promise<CommandResult> {
  const mounted = await runCommand("buildah", ["mount", container], TIMEOUT_PROBE_MS);
  if (mounted.code !== 0) return mounted;
  const from = `${mounted.stdout.trim()}/.`;
  const copied = await runCommand("cp", ["-a", from, folder], TIMEOUT_COPY_MS);
  await runCommand("buildah", ["umount", container], TIMEOUT_PROBE_MS);
  return copied;
}

async function copyExported(
  engine: Engine,
  container: string,
  folder: string,
): Promise<CommandResult> {
  const archive = join(folder, "image.tar");
  const exported = await runCommand(engine, ["export", "-o", archive, container], TIMEOUT_COPY_MS);
  if (exported.code !== 0) return exported;
  const extracted = await runCommand("tar", ["-xf", archive, "-C", folder], TIMEOUT_COPY_MS);
  await rm(archive);
  return extracted;
}
