import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../../scripts/image/command.ts";
import { TIMEOUT_PROBE_MS } from "../../../scripts/image/build-image.ts";
import { API_PORT, type ImageEngine, type RunningImage, runImageCommand } from "./running-image.ts";

export const FORWARD = join(import.meta.dirname, "forward.cjs");

/**
 * The first process in the namespaces: it passes SIGTERM on to the first process of the image, and all others end with it.
 * A file has the id of that process, which `exec` keeps.
 */
const SCRIPT = `
folder="$1"; port="$2"; node="$3"; forward="$4"; shift 4
pid="$folder/pid"
rm -f "$pid"
trap 'kill -TERM "$(cat "$pid")"' TERM
ip link set lo up || exit 125
cd /
"$node" "$forward" "$folder" "$port" &
"$@" &
run=$!
wait $run; code=$?
while kill -0 $run 2>/dev/null; do wait $run; code=$?; done
exit $code
`;

/**
 * Runs a command with only the loopback interface, in a process namespace whose processes all end with the first one,
 * as in a container.
 */
function runInNamespaces(folder: string, command: readonly string[]): RunningImage {
  return runImageCommand(
    "unshare",
    [
      ...["--net", "--pid", "--fork", "--kill-child", "--mount-proc"],
      ...["sh", "-c", SCRIPT, "sh", folder, String(API_PORT), process.execPath, FORWARD],
      ...command,
    ],
    async (name, unshare) => {
      const first = await firstProcess(unshare);
      if (first > 0) process.kill(first, `SIG${name}`);
    },
  );
}

/** The process id of the only child of `unshare`; 0 if there is none. */
async function firstProcess({ pid }: ChildProcess): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return Number(children.trim().split(" ")[0]);
}

/**
 * buildah runs a command in an image, but with the host's network and processes. Namespaces around it separate them.
 */
export async function buildahEngine(image: string): Promise<ImageEngine> {
  const from = await runCommand("buildah", ["from", "--pull-never", image], TIMEOUT_PROBE_MS);
  const container = from.stdout.trim();
  if (from.code !== 0) throw new Error(`buildah from ${image}: ${from.output}`);
  const own = await Promise.all(
    ["Entrypoint", "Cmd"].map(async (part) => {
      const args = ["inspect", "--format", `{{range .OCIv1.Config.${part}}}{{.}}\n{{end}}`];
      const { stdout } = await runCommand("buildah", [...args, container], TIMEOUT_PROBE_MS);
      return stdout.split("\n").filter((word) => word !== "");
    }),
  );
  return {
    run: async ({ folder, env, command = own.flat() }) =>
      runInNamespaces(folder, [
        ...["buildah", "run", "--isolation", "chroot", "-v", `${folder}:/run/kinora`],
        ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
        ...[container, "--", "sh", "-c", 'echo $$ > /run/kinora/pid && exec "$@"', "sh"],
        ...command,
      ]),
    remove: async () => {
      await runCommand("buildah", ["rm", container], TIMEOUT_PROBE_MS);
    },
  };
}
