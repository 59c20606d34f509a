import { spawnSync } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { resolveTools } from "../../containers/transcoder/runtime/tools.ts";
import { runToEnd } from "./child.ts";
import { ensureDevVars } from "./dev-vars.ts";
import {
  type Database,
  DATABASES,
  lackedMigrations,
  sqlOfAllMigrations,
} from "./local-databases.ts";
import { BIN, ROOT, type Settings, WEB } from "./settings.ts";

/**
 * One line that names the ffmpeg of the transcoder.
 * @throws Error in one line when ffmpeg or ffprobe does not run
 */
export function describeTools(): string {
  const { ffmpeg, ffprobe } = resolveTools(process.env);
  function version(program: string): string {
    const { stdout, error } = spawnSync(program, ["-version"], { encoding: "utf8" });
    if (error) throw new Error(`${program} does not run: ${error.message}`);
    return stdout.split(" ", 3)[2] ?? "unknown";
  }
  version(ffprobe);
  return `ffmpeg: ${ffmpeg} (${version(ffmpeg)})`;
}

/**
 * Creates a local database with all migrations. `wrangler d1 migrations apply` starts a Worker for each of them, which
 * takes half a minute for all.
 */
async function create(database: Database, state: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { name } = database;
  await mkdir(state, { recursive: true });
  const file = join(state, `${name}.sql`);
  await writeFile(file, sqlOfAllMigrations(database));
  const args = ["d1", "execute", name, "--local", "--persist-to", state, "--file", file];
  await runToEnd(`Creating ${name}`, join(BIN, "wrangler"), args, { cwd: ROOT, env });
  await rm(file);
}

/** Applies migrations that the local databases lack. @param print receives a line before each database */
export async function migrate(
  state: string,
  env: NodeJS.ProcessEnv,
  print: (line: string) => void = () => {},
): Promise<void> {
  // One after the other: both open the same state.
  for (const database of DATABASES) {
    const lacked = lackedMigrations(state, database);
    if (lacked === "none") continue;
    print(`Applying migrations to the local database ${database.name} ...`);
    if (lacked === "all") await create(database, state, env);
    else
      await runToEnd(
        `Migrating ${database.name}`,
        join(BIN, "wrangler"),
        ["d1", "migrations", "apply", database.name, "--local", "--persist-to", state],
        { cwd: ROOT, env },
      );
  }
}

/**
 * The ports of this state are free, so nothing that its dev registry lists is alive. After a SIGKILL entries remain, and the
 * site would wait for their Worker for more than a minute.
 */
export async function emptyRegistry(state: string): Promise<void> {
  const registry = join(state, "registry");
  await rm(registry, { recursive: true, force: true });
  await mkdir(registry, { recursive: true });
}

function buildSite({ state, builtSite }: Settings, env: NodeJS.ProcessEnv): Promise<void> {
  const site = join(state, "site");
  if (builtSite !== undefined) return cp(builtSite, site, { recursive: true });
  const args = ["build", "--outDir", site, "--emptyOutDir"];
  return runToEnd("Building the site", join(BIN, "vite"), args, { cwd: WEB, env });
}

/** Creates secrets, migrates the databases and builds the site. */
export async function prepare(settings: Settings, env: NodeJS.ProcessEnv): Promise<void> {
  await emptyRegistry(settings.state);
  await ensureDevVars();
  await Promise.all([migrate(settings.state, env), buildSite(settings, env)]);
}
