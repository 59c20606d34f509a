/**
 * `npm run dev`: the whole product on this machine, with the code paths of production. It applies the
 * migrations, builds the site, starts the transcoder, the Worker and the site, and triggers cron, which
 * `wrangler dev` never does by itself.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { resolveTools } from "../containers/transcoder/tools.ts";
import { type Child, runToEnd, startChild } from "./dev/child.ts";
import { isNoise } from "./dev/noise.ts";
import { requireFreePorts } from "./dev/ports.ts";
import { untilAnswer } from "./dev/ready.ts";
import { ensureDevVars } from "./dev/secrets.ts";
import { readSettings, ROOT, type Settings } from "./dev/settings.ts";

const BIN = join(ROOT, "node_modules/.bin");
const WEB = join(ROOT, "web");
const TRANSCODER = join(ROOT, "containers/transcoder/main.ts");
const CRON_MS = 60_000;

const children: Child[] = [];
const say = (line: string): void => console.log(line);

/** No telemetry, no look-up of this machine's place, no colours in piped logs; a dev registry a state, so that two stacks never mix. */
const environment = (settings: Settings): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${BIN}:${process.env["PATH"] ?? ""}`,
  NO_COLOR: "1",
  FORCE_COLOR: "0",
  CI: "1",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_REGISTRY_PATH: join(settings.state, "registry"),
  WRANGLER_LOG_PATH: join(settings.state, "logs"),
  // The site's build reads it: the CSP names the origin that upload parts go to.
  S3_ENDPOINT: `http://localhost:${settings.workerPort}/cdn-cgi/local/r2/s3`,
});

function start(
  name: string,
  command: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): void {
  children.push(
    startChild({
      name,
      command,
      args,
      cwd,
      env,
      isNoise,
      print: (line) => say(`${`${name} |`.padEnd(14)} ${line}`),
    }),
  );
}

/**
 * One line on what the transcoder will run.
 * @throws Error in one line when ffmpeg or ffprobe does not run
 */
function describeTools(): string {
  const { ffmpeg, ffprobe } = resolveTools(process.env);
  const version = (program: string): string => {
    const { stdout, error } = spawnSync(program, ["-version"], { encoding: "utf8" });
    if (error) throw new Error(`${program} does not run: ${error.message}`);
    return stdout.split(" ", 3)[2] ?? "unknown";
  };
  version(ffprobe);
  return `ffmpeg: ${ffmpeg} (${version(ffmpeg)})`;
}

async function prepare(settings: Settings, env: NodeJS.ProcessEnv): Promise<void> {
  if (!existsSync(TRANSCODER)) throw new Error(`The transcoder is missing: ${TRANSCODER}`);
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

function startAll(settings: Settings, env: NodeJS.ProcessEnv, watch: boolean): void {
  const { workerPort, sitePort, transcoderPorts, slots, state } = settings;
  for (const port of transcoderPorts) {
    const name = transcoderPorts.length === 1 ? "transcoder" : `transcoder-${port}`;
    start(name, process.execPath, [TRANSCODER], ROOT, {
      ...env,
      PORT: String(port),
      SLOTS: String(slots),
      // Runners on one machine share its cores, which containers do not.
      THREADS:
        env["THREADS"] ??
        String(Math.max(1, Math.floor(availableParallelism() / (transcoderPorts.length * slots)))),
      GRACE_SECONDS: "3",
    });
  }
  const vars: Record<string, string> = {
    PUBLIC_ORIGIN: `http://localhost:${sitePort}`,
    SIGNUP_ROLE: "creator",
    DEV_MAIL: "true",
    // Everyone who tries the product here has one address.
    AUTH_ATTEMPTS_PER_MINUTE: "1000",
    S3_ENDPOINT: env["S3_ENDPOINT"] ?? "",
    // By address: the static ffmpeg of the npm package crashes when it resolves a name.
    TASK_STORAGE_URL: `http://127.0.0.1:${workerPort}/internal/tasks`,
    TRANSCODER_URLS: transcoderPorts.map((port) => `http://localhost:${port}`).join(","),
    RUNNERS: String(transcoderPorts.length),
    SLOTS_PER_RUNNER: String(slots),
  };
  const common = [
    "--inspector-port",
    "0",
    "--show-interactive-dev-session",
    "false",
    "--log-level",
    "log",
  ];
  const given = Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  start(
    "worker",
    join(BIN, "wrangler"),
    ["dev", "--port", String(workerPort), "--persist-to", state, ...common, ...given],
    ROOT,
    env,
  );
  start(
    "site",
    join(BIN, "wrangler"),
    [
      "pages",
      "dev",
      join(state, "site"),
      "--port",
      String(sitePort),
      "--persist-to",
      join(state, "pages"),
      ...common,
    ],
    WEB,
    env,
  );
  if (watch)
    start(
      "build",
      join(BIN, "vite"),
      ["build", "--watch", "--outDir", join(state, "site")],
      WEB,
      env,
    );
}

/** Cron as production has it: every minute, one at a time. */
async function runCron(workerPort: number): Promise<void> {
  try {
    const answer = await fetch(
      `http://localhost:${workerPort}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`,
    );
    if (!answer.ok)
      say(`cron |         answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  } catch (error) {
    say(`cron |         ${String(error)}`);
  }
}

let stopping: Promise<void> | undefined;
/** Ends every child, the newest first, and then this process. A second signal does not wait. */
function stopAll(code: number): Promise<void> {
  stopping ??= Promise.all(children.toReversed().map((child) => child.stop())).then(() =>
    process.exit(code),
  );
  return stopping;
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1);
    say("\nStopping ...");
    void stopAll(0);
  });
}
process.on("exit", () => children.forEach((child) => child.kill()));

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { watch: { type: "boolean", default: false } } });
  const settings = readSettings(process.env);
  const env = environment(settings);
  say(describeTools());
  const { workerPort, sitePort, transcoderPorts } = settings;
  await requireFreePorts([
    { port: workerPort, who: "Worker", variable: "KINORA_WORKER_PORT" },
    { port: sitePort, who: "site", variable: "KINORA_SITE_PORT" },
    ...transcoderPorts.map((port) => ({
      port,
      who: "transcoder",
      variable: "KINORA_TRANSCODER_PORT",
    })),
  ]);
  say("Applying migrations and building the site ...");
  await prepare(settings, env);
  say("Starting the transcoder, the Worker and the site ...");
  startAll(settings, env, values.watch);
  const died = Promise.race(children.map(async (child) => ({ child, how: await child.ended })));
  const origin = `http://localhost:${sitePort}`;
  const ready = Promise.all([
    ...transcoderPorts.map((port) => untilAnswer("transcoder", `http://localhost:${port}/health`)),
    // Through the site: its binding to the Worker is connected as well.
    untilAnswer("site", `${origin}/v1/categories`),
    untilAnswer("Worker", `http://localhost:${workerPort}/v1/categories`),
  ]);
  const first = await Promise.race([ready, died]);
  if (Array.isArray(first)) {
    say(
      `\nKinora is ready: open ${origin}\n  Sign up there: every new account may upload. Make one an administrator: npm run admin -- you@example.org\n  Mail that it would send: http://localhost:${workerPort}/dev/mail\n  Fill it with clips: npm run seed -- <folder>   Start over: npm run reset   Stop: Ctrl-C\n`,
    );
    setInterval(() => void runCron(workerPort), CRON_MS);
  }
  const { child, how } = await died;
  if (stopping) return;
  say(`\nThe ${child.name} ${how}. Its last lines:\n${child.tail().join("\n")}`);
  await stopAll(1);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  return stopAll(1);
});
