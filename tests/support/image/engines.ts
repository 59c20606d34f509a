import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  baseImage,
  buildImage,
  type Engine,
  engineFault,
  ENGINES,
  isNetworkFault,
  TIMEOUT_PROBE_MS,
} from "../../../scripts/image/build-image.ts";
import { lastLines, runCommand } from "../../../scripts/image/command.ts";
import { buildahEngine, FORWARD } from "./namespaces.ts";
import { API_PORT, type ImageEngine, type RunningImage, runImageCommand } from "./running-image.ts";

const TAG = "localhost/kinora-transcoder-test";
const TIMEOUT_ENTER_MS = 120_000;
const ENTER_INTERVAL_MS = 200;

/**
 * Builds the transcoder's image with the first of docker, podman and buildah that can run an image here.
 * @returns the reason in one line if none can
 * @throws Error with the log if the Dockerfile does not build
 */
export async function builtImage(): Promise<ImageEngine | string> {
  if (process.platform !== "linux") return "needs Linux, whose sockets a container can share";
  const reasons: string[] = [];
  for (const name of ENGINES) {
    const reason = (await engineFault(name)) ?? (await runFault(name));
    if (reason !== null) {
      reasons.push(`${name}: ${reason}`);
      continue;
    }
    const { code, output } = await buildImage(name, TAG);
    if (code === 0) return engineFor(name, TAG);
    if (isNetworkFault(output)) return `${name}: cannot load packages (${lastLines(output)})`;
    throw new Error(`${name} could not build the image:\n${output.slice(-4000)}`);
  }
  return reasons.join("; ");
}

/** A temporary folder that the unprivileged user of the image may write to. */
export async function sharedFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinora-image-"));
  await chmod(folder, 0o777);
  return folder;
}

/** Why an engine cannot run the base image, and therefore not ours either; null if it can. */
async function runFault(name: Engine): Promise<string | null> {
  const engine = await engineFor(name, await baseImage());
  const folder = await sharedFolder();
  try {
    const running = await engine.run({ folder, env: {}, command: ["node", "--version"] });
    const timer = setTimeout(() => void running.kill(), TIMEOUT_PROBE_MS);
    const code = await running.ended;
    clearTimeout(timer);
    return code === 0 ? null : `cannot run an image here (${lastLines(running.output())})`;
  } finally {
    await engine.remove();
    await rm(folder, { recursive: true });
  }
}

function engineFor(name: Engine, image: string): Promise<ImageEngine> | ImageEngine {
  return name === "buildah" ? buildahEngine(image) : commandEngine(name, image);
}

/** docker and podman run an image by themselves and can join its network. */
function commandEngine(name: "docker" | "podman", image: string): ImageEngine {
  const started: string[] = [];
  return {
    async run({ folder, env, command = [] }) {
      const container = `kinora-test-${process.pid}-${started.length}`;
      started.push(container);
      const running = runImageCommand(
        name,
        [
          ...["run", "--name", container, "--network", "none", "-v", `${folder}:/run/kinora`],
          // SELinux would keep the container away from the folder.
          ...["--security-opt", "label=disable"],
          ...Object.entries(env).flatMap(([key, value]) => ["-e", `${key}=${value}`]),
          image,
          ...command,
        ],
        (signal) => runCommand(name, ["kill", "-s", signal, container], TIMEOUT_PROBE_MS),
      );
      if (command.length === 0) await enter(name, container, running);
      return running;
    },
    async remove() {
      if (started.length > 0) await runCommand(name, ["rm", "-f", ...started], TIMEOUT_PROBE_MS);
    },
  };
}

/** Starts the forwarder in the container's network, as soon as the container runs. */
async function enter(name: string, container: string, running: RunningImage): Promise<void> {
  const script = await readFile(FORWARD, "utf8");
  const forward = ["node", "-e", script, "/run/kinora", String(API_PORT)];
  let hasEnded = false;
  void running.ended.then(() => (hasEnded = true));
  const deadline = Date.now() + TIMEOUT_ENTER_MS;
  for (;;) {
    const args = ["exec", "-d", container, ...forward];
    const { code, output } = await runCommand(name, args, TIMEOUT_PROBE_MS);
    if (code === 0) return;
    if (hasEnded || Date.now() > deadline)
      throw new Error(`${name} exec: ${output}\n${running.output()}`);
    await wait(ENTER_INTERVAL_MS);
  }
}
