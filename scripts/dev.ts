/**
 * `npm run dev`: the whole product on this computer, with the code paths of production. It applies the migrations, builds
 * the site, starts the transcoder, the Worker and the site, and triggers cron, which `wrangler dev` does not do.
 */
import { readCommandLine } from "./command-line.ts";
import type { Child } from "./dev/child.ts";
import { cronUrls } from "./dev/crons.ts";
import { localPushKeys, localRunnerSecret } from "./dev/dev-vars.ts";
import { requireFreePorts } from "./dev/ports.ts";
import { describeTools, prepare } from "./dev/prepare.ts";
import { untilAnswer } from "./dev/ready.ts";
import { reviveAfterCrash } from "./dev/revival.ts";
import { readSettings, type Settings } from "./dev/settings.ts";
import { reportSilence } from "./dev/silence.ts";
import { environment, startAll } from "./dev/start.ts";

const USAGE = `Usage: npm run dev -- [--watch]
Starts the whole product on this computer until Ctrl-C, and prints its address.

  --watch   builds the site again whenever one of its files changes

docs/operations.md ("Locally") lists variables for other ports, another folder and more runners.`;
const CRON_INTERVAL_MS = 60_000;

let children: Child[] = [];
const say = (line: string): void => console.log(line);

/** Triggers the production crons, one after the other and all of them each time. */
async function runCrons(workerPort: number): Promise<void> {
  for (const url of cronUrls(`http://localhost:${workerPort}`)) {
    try {
      const answer = await fetch(url);
      if (!answer.ok)
        say(`cron |         answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
    } catch (error) {
      say(`cron |         ${String(error)}`);
    }
  }
}

let stopping: Promise<void> | undefined;
/** Ends all children, the newest first, and then this process. A second signal exits at once. */
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

/** Makes parts restart after a crash from now on. */
function watchParts({ workerPort, sitePort, transcoderPorts }: Settings) {
  const urls = {
    Worker: `http://localhost:${workerPort}/v1/categories`,
    site: `http://localhost:${sitePort}/`,
    ...Object.fromEntries(
      transcoderPorts.map((port, i) => [`transcoder${i || ""}`, `http://localhost:${port}/health`]),
    ),
  };
  return Object.entries(urls).flatMap(([who, url]) => {
    const part = children.find(({ name }) => name === who.toLowerCase());
    if (!part) return [];
    const options = { say, isStopping: () => stopping !== undefined };
    return [{ who, url, revive: reviveAfterCrash(who, url, part, options) }];
  });
}

async function main(): Promise<void> {
  const { values } = readCommandLine(USAGE, {
    options: { watch: { type: "boolean", default: false } },
  });
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
      variable: "KINORA_TRANSCODER_PORTS",
    })),
  ]);
  say("Applying migrations and building the site ...");
  await prepare(settings, env);
  say("Starting the transcoder, the Worker and the site ...");
  const secrets = { runner: await localRunnerSecret(), pushKeys: await localPushKeys() };
  children = startAll(settings, env, secrets, values.watch);
  const parts = watchParts(settings);
  const died = Promise.race(children.map(async (child) => ({ child, how: await child.ended })));
  const origin = `http://localhost:${sitePort}`;
  const ready = Promise.all([
    ...transcoderPorts.map((port) => untilAnswer("transcoder", `http://localhost:${port}/health`)),
    // Checked through the site, which also proves that its binding to the Worker is connected.
    untilAnswer("site", `${origin}/v1/categories`),
    untilAnswer("Worker", `http://localhost:${workerPort}/v1/categories`),
  ]);
  const first = await Promise.race([ready, died]);
  if (Array.isArray(first)) {
    say(
      `\nKinora is ready: open ${origin}\n  Sign up there: every new account may upload. Make one an administrator: npm run admin -- you@example.org\n  Mail that it would have sent: http://localhost:${workerPort}/dev/mail\n  Upload sample videos: npm run seed -- <folder>   Start over: npm run reset   Stop: Ctrl-C\n`,
    );
    setInterval(() => void runCrons(workerPort), CRON_INTERVAL_MS);
    for (const { who, url, revive } of parts) reportSilence(who, url, say, { revive });
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
