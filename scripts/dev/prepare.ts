import { spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { resolveTools } from "../../containers/transcoder/runtime/tools.ts";
import { runToEnd } from "./child.ts";
import { ensureDevVars } from "./secrets.ts";
import { BIN, ROOT, type Settings, WEB } from "./settings.ts";

/**
 * One line on what the transcoder will run.
 * @throws Error in one line when ffmpeg or ffprobe does not run
 */
export function describeTools(): string {
  const { ffmpeg, ffprobe } = resolveTools(process.env);
  const version = (program: string): string => {
    const { stdout, error } = spawnSync(program, ["-version"], { encoding: "utf8" });
    if (error) throw new Error(`${program} does not run: ${error.message}`);
    return stdout.split(" ", 3)[2] ?? "unknown";
  };
  version(ffprobe);
  return `ffmpeg: ${ffmpeg} (${version(ffmpeg)})`;
}

/** Secrets, migrations of both databases and the built site: what must be there before anything starts. */
export async function prepare(settings: Settings, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(join(settings.state, "registry"), { recursive: true });
  await ensureDevVars();
  const migrate = (database: string): Promise<void> =>
    runToEnd(
      `Migrating ${database}`,
      join(BIN, "wrangler"),
      ["d1", "migrations", "apply", database, "--local", "--persist-to", settings.state],
      { cwd: ROOT, env },
    );
  await Promise.all([
    migrate("kinora-catalog").then(() => migrate("kinora-search")),
    runToEnd(
      "Building the site",
      join(BIN, "vite"),
      ["build", "--outDir", join(settings.state, "site"), "--emptyOutDir"],
      { cwd: WEB, env },
    ),
  ]);
}
