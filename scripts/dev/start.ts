import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Child, startChild } from "./child.ts";
import { localS3, localVars } from "./dev-vars.ts";
import { isNoise } from "./noise.ts";
import { BIN, ROOT, type Settings, WEB } from "./settings.ts";

const WRANGLER = join(BIN, "wrangler");
/** Arguments of Node, the same as in containers/transcoder/Dockerfile. */
export const TRANSCODER_ARGS = [
  "--max-semi-space-size=1",
  "--initial-old-space-size=32",
  join(ROOT, "containers/transcoder/main.ts"),
];

/**
 * The environment of all processes: no telemetry, no geolocation, no colours in piped logs. Each state has its own dev
 * registry, so that two stacks never mix. Wrangler's traces and explorer are off unless requested: with them a request
 * takes a third more processor time.
 */
export const environment = (settings: Settings): NodeJS.ProcessEnv => ({
  X_LOCAL_EXPLORER: "false",
  X_LOCAL_OBSERVABILITY: "false",
  ...process.env,
  // Tests run the deployed code: with vitest's value, Vite would build Preact with its development checks.
  NODE_ENV: undefined,
  PATH: `${BIN}:${process.env["PATH"] ?? ""}`,
  NO_COLOR: "1",
  FORCE_COLOR: "0",
  CI: "1",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_REGISTRY_PATH: join(settings.state, "registry"),
  WRANGLER_LOG_PATH: join(settings.state, "logs"),
  // Used by the build of the site, whose CSP allows uploads of parts to this origin.
  S3_ENDPOINT: localS3(settings.workerPort),
  // Tells wrangler's build hook that everything is prepared (scripts/wrangler-build.ts).
  KINORA_PREPARED: "true",
});

/**
 * Variables of a local transcoder.
 * @param index its position among them
 * @param secret with which it calls the Worker
 */
export function transcoderEnvironment(
  { workerPort, transcoderPorts, slots }: Settings,
  index: number,
  secret: string,
): Record<string, string> {
  return {
    PORT: String(transcoderPorts[index]),
    SLOTS: String(slots),
    GRACE_SECONDS: "0",
    RUNNER_ID: `local-${index}`,
    RUNNER_API: `http://127.0.0.1:${workerPort}/api/runner`,
    RUNNER_TOKEN: secret,
  };
}

/**
 * @param secrets the one with which the transcoders call the Worker, and the keys of notifications
 * @param watch rebuilds the site when its sources change
 */
export function startAll(
  settings: Settings,
  env: NodeJS.ProcessEnv,
  secrets: { runner: string; pushKeys: string },
  watch: boolean,
): Child[] {
  const start = (name: string, cwd: string, command: string, args: string[], more = {}): Child =>
    startChild({
      name,
      command,
      args,
      cwd,
      env: { ...env, ...more },
      isNoise,
      print: (line) => console.log(`${`${name} |`.padEnd(14)} ${line}`),
    });
  const site = join(settings.state, "site");
  return [
    ...settings.transcoderPorts.map((_, index) =>
      start(`transcoder${index || ""}`, ROOT, process.execPath, TRANSCODER_ARGS, {
        ...transcoderEnvironment(settings, index, secrets.runner),
        THREADS: env["THREADS"] ?? String(threadsOf(settings)),
      }),
    ),
    start("worker", ROOT, WRANGLER, ["dev", ...workerArgs(settings, secrets.pushKeys)]),
    start("site", WEB, WRANGLER, ["pages", "dev", site, ...siteArgs(settings)]),
    ...(watch
      ? [start("build", WEB, join(BIN, "vite"), ["build", "--watch", "--outDir", site])]
      : []),
  ];
}

/** Local runners share the cores; containers have their own. */
const threadsOf = ({ transcoderPorts, slots }: Settings): number =>
  Math.max(1, Math.floor(availableParallelism() / (transcoderPorts.length * slots)));

/** The inspector gets a free port, because two stacks would need the same default port. */
const COMMON_ARGS = "--inspector-port 0 --show-interactive-dev-session false --log-level log".split(
  " ",
);

const siteArgs = ({ sitePort, state }: Settings): string[] => [
  ...["--port", String(sitePort), "--persist-to", join(state, "pages")],
  ...COMMON_ARGS,
];

function workerArgs(settings: Settings, pushKeys: string): string[] {
  const { workerPort, sitePort, state } = settings;
  const vars = {
    ...localVars(settings, `http://localhost:${sitePort}`),
    VAPID_KEYS: pushKeys,
  };
  return [
    ...["--port", String(workerPort), "--persist-to", state],
    ...COMMON_ARGS,
    ...Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
  ];
}
