/**
 * `npm run bench:isolate-startup`: the code that an isolate evaluates before its first response, measured with `wrangler check
 * startup`, in turns: the Worker as it is, the Worker with the API evaluated at once (like static imports), and a Worker
 * with delivery only. Compare the figures with each other; they depend on the computer and its other load.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./gate-peers.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const WORKERS = join(ROOT, "workers");
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 7);

const WORKER = `export * from "${WORKERS}/index.ts"; export { default } from "${WORKERS}/index.ts";`;
const ENTRIES = {
  "all at once": `import "${WORKERS}/app.ts"; import "${WORKERS}/jobs/consume.ts"; import "${WORKERS}/jobs/sweep.ts"; ${WORKER}`,
  "as it is": WORKER,
  "delivery alone": `import { WorkerEntrypoint } from "cloudflare:workers";
import { handleMedia } from "${WORKERS}/media/gate.ts"; import { handleImages } from "${WORKERS}/media/images.ts";
import { serveStored } from "${WORKERS}/media/stored-media.ts"; import { mediaCatalog } from "${WORKERS}/services/media-catalog.ts";
export class Media extends WorkerEntrypoint { fetch(request) { return serveStored(request, this.env, mediaCatalog(this.env)); } }
export default { fetch: (request, env, ctx) => { const { pathname } = new URL(request.url);
  const delivery = { env, ctx, catalog: mediaCatalog(env) };
  return pathname.startsWith("/media/") ? handleMedia(request, pathname, delivery) : handleImages(request, pathname, delivery); } };`,
};
type Entry = keyof typeof ENTRIES;
const names = Object.keys(ENTRIES) as Entry[];

interface Startup {
  /** Milliseconds of processor time from loading the script to the end of its evaluation. */
  active: number;
  bundle: string;
}

async function measureStartup(folder: string, name: Entry): Promise<Startup> {
  const stem = join(folder, name.replaceAll(" ", "-"));
  const config = `${stem}.json`;
  await writeFile(`${stem}.js`, ENTRIES[name]);
  const settings = { compatibility_date: "2026-10-01", compatibility_flags: ["nodejs_compat"] };
  await writeFile(config, JSON.stringify({ name: "startup", main: `${stem}.js`, ...settings }));
  const output = await run(
    "node_modules/.bin/wrangler",
    ["check", "startup", `--args=--minify -c ${config}`, "--outfile", `${stem}.cpuprofile`],
    ROOT,
    {
      ...process.env,
      PATH: `${ROOT}node_modules/.bin:${process.env["PATH"]}`,
      WRANGLER_SEND_METRICS: "false",
    },
  );
  const [, active] = /Active: ([\d.]+) ms/.exec(output) ?? [];
  const [, bundle] = /Bundle: (.+)/.exec(output) ?? [];
  if (!active || !bundle) throw new Error(output);
  return { active: Number(active), bundle };
}

const folder = await mkdtemp(join(tmpdir(), "kinora-bench-startup-"));
const measured: Record<Entry, Startup[]> = {
  "all at once": [],
  "as it is": [],
  "delivery alone": [],
};
for (let round = 0; round < ROUNDS; round++)
  for (const name of names) measured[name].push(await measureStartup(folder, name));
await rm(folder, { recursive: true });

const figures = Object.fromEntries(
  names.map((name) => {
    const active = measured[name].map((one) => one.active).toSorted((a, b) => a - b);
    const median = active[Math.floor(ROUNDS / 2)]!;
    return [name, { bundle: measured[name][0]!.bundle, least: active[0]!, median }];
  }),
);
console.log(`Milliseconds of start-up, of ${ROUNDS} rounds\n`);
console.table(figures);
const aims = { "as it is / all at once, medians, at most": 0.7 };
const met = figures["as it is"]!.median <= 0.7 * figures["all at once"]!.median;
console.log(JSON.stringify({ name: "isolate-startup", figures, aims, met }));
