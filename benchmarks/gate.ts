/**
 * `npm run bench:gate`: the cost of the token gate. The built Worker runs in workerd on sockets of its own, without the
 * proxy of `wrangler dev`. Gated and ungated requests for the same bytes and headers take turns of about a tenth of a
 * second, for minutes, so that other load affects both equally. The figures count all requests of that time, because
 * garbage collection falls into few turns. Each gated request has another token than the 20,000 before it, four times
 * the size of an isolate's cache, so each is verified cold. `ungated` is the product without the gate: the same path
 * through the cached entrypoint, which is a second invocation locally and the way to the cache in production. `bare` is a
 * Worker without either, which no deployment with a cache can be. nginx with secure_link on a file of the same size is
 * the floor.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { issuePlaybackToken } from "../workers/media/playback-token.ts";
import { Client, type Load, noLoad } from "./gate-load.ts";
import { childrenNamed, cpuSeconds, run, startNginx, unpackNginx } from "./gate-peers.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const PLAYBACK_TOKEN_SECRETS = "only-for-the-benchmark-only-for-the-benchmark";
const PORT = Number(process.env["BENCH_PORT"] ?? 8740);
const SEGMENT = "h264-480/0.1/00000.m4s";
const SEGMENT_BYTES = 512 * 1024;
const TOKENS = 20_000;
/** Number of tokens in an isolate's cache. */
const KNOWN_TOKENS = 500;
const CONNECTIONS = 16;
const REQUESTS_PER_TURN = 6 * CONNECTIONS;
/** Duration of the turns of all kinds, for each origin of the bytes. */
const TURNS_SECONDS = 100;
/** More tokens than an isolate caches. */
const VERIFICATIONS = 6000;
const IN_MEMORY = "InMemory00000000000000";
const IN_R2 = "InR2000000000000000000";
const NGINX_PORT = PORT + 5;
/**
 * The kinds of requests. Each has an isolate of its own: in a shared heap, the kind that allocates most would collect the
 * garbage of the others, half a megabyte per request.
 */
const LABELS = {
  bare: "bare Worker",
  ungated: "ungated",
  gated: "gated",
  remembered: "gated, token known",
};
type Kind = keyof typeof LABELS;
const KINDS = Object.keys(LABELS) as Kind[];
/** The entrypoint of gate-worker.ts in each isolate, on a port of its own. */
const ENTRYPOINTS = {
  bare: "bare",
  ungated: "ungated",
  gated: "default",
  remembered: "default",
  verifier: "verifier",
};
const portOf = (isolate: keyof typeof ENTRYPOINTS): number =>
  PORT + Object.keys(ENTRYPOINTS).indexOf(isolate);
/** Each kind follows each other kind equally often (a Williams design). */
const ORDERS: readonly Kind[][] = [
  ["ungated", "gated", "remembered", "bare"],
  ["gated", "bare", "ungated", "remembered"],
  ["bare", "remembered", "gated", "ungated"],
  ["remembered", "ungated", "bare", "gated"],
];

async function buildWorker(folder: string): Promise<string> {
  const config = join(folder, "wrangler.json");
  await writeFile(
    config,
    JSON.stringify({
      name: "gate-worker",
      main: join(ROOT, "benchmarks/gate-worker.ts"),
      compatibility_date: "2026-10-01",
      compatibility_flags: ["nodejs_compat"],
    }),
  );
  await run(
    "node_modules/.bin/wrangler",
    ["deploy", "--dry-run", "--minify", "--outdir", join(folder, "out"), "-c", config],
    ROOT,
    {
      ...process.env,
      PATH: `${ROOT}node_modules/.bin:${process.env["PATH"]}`,
      WRANGLER_SEND_METRICS: "false",
    },
  );
  return join(folder, "out", "gate-worker.js");
}

async function startWorker(script: string): Promise<Miniflare> {
  const options = convertV4MiniflareOptions({
    workers: Object.entries(ENTRYPOINTS).map(([name, entrypoint], index) => ({
      name,
      modules: true,
      rootPath: dirname(script),
      scriptPath: basename(script),
      compatibilityDate: "2026-10-01",
      compatibilityFlags: ["nodejs_compat"],
      d1Databases: ["CATALOG"],
      r2Buckets: ["MEDIA"],
      bindings: { PLAYBACK_TOKEN_SECRETS, PUBLIC_ORIGIN: "https://kinora.example" },
      unsafeDirectSockets: [{ host: "127.0.0.1", port: PORT + index, entrypoint }],
    })),
  });
  const worker = new Miniflare(options);
  await worker.ready;
  const catalog = await worker.getD1Database("CATALOG");
  const folder = join(ROOT, "migrations/catalog");
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted()) {
    for (const statement of (await readFile(join(folder, file), "utf8")).split(
      "--> statement-breakpoint",
    ))
      await catalog.prepare(statement).run();
  }
  const bucket = await worker.getR2Bucket("MEDIA");
  await bucket.put(`${IN_R2}/1/${SEGMENT}`, new Uint8Array(SEGMENT_BYTES).fill(7));
  return worker;
}

/** The paths to request: gated ones with a token each, and the same segment without a gate. */
async function pathsOf(videoId: string): Promise<Record<Kind, string[]>> {
  const tail = `${videoId}/1/${SEGMENT}`;
  const gated: string[] = [];
  for (let index = 0; index < KNOWN_TOKENS + TOKENS; index++) {
    const { token } = await issuePlaybackToken(
      { PLAYBACK_TOKEN_SECRETS },
      { videoId, version: 1, sessionId: `session-${index}`, expiresIn: 7200 },
    );
    gated.push(`/media/${token}/${tail}`);
  }
  const open = [`/media/${tail}`];
  return {
    bare: open,
    ungated: open,
    gated: gated.slice(KNOWN_TOKENS),
    remembered: gated.slice(0, KNOWN_TOKENS),
  };
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const rateOf = ({ requests, elapsed }: Load): number => requests / elapsed;
/** Seconds of processor time of the server per request. */
const cpuOf = ({ requests, cpu }: Load): number => cpu / requests;
const thousandths = (value: number): number => Math.round(value * 1000) / 1000;
const summary = (load: Load): Record<"requestsPerSecond" | "p99" | "cpu", number> => ({
  requestsPerSecond: Math.round(rateOf(load)),
  /** In milliseconds. */
  p99:
    Math.round(load.latencies.toSorted((a, b) => a - b)[Math.floor(load.requests * 0.99)]! * 1e4) /
    10,
  /** In microseconds. */
  cpu: Math.round(cpuOf(load) * 1e6),
});

/** Lets all kinds take turns for `TURNS_SECONDS`. */
async function measure(videoId: string, cpu: () => Promise<number>): Promise<Record<Kind, Load>> {
  const paths = await pathsOf(videoId);
  const open = (kind: Kind): Promise<Client> => Client.open(portOf(kind), paths[kind], CONNECTIONS);
  const clients: Record<Kind, Client> = {
    bare: await open("bare"),
    ungated: await open("ungated"),
    gated: await open("gated"),
    remembered: await open("remembered"),
  };
  async function takeTurns(seconds: number): Promise<Record<Kind, Load>> {
    const loads = { bare: noLoad(), ungated: noLoad(), gated: noLoad(), remembered: noLoad() };
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until)
      for (const kind of ORDERS.flat())
        await clients[kind].send(REQUESTS_PER_TURN, loads[kind], cpu);
    return loads;
  }
  // Warm-up.
  await takeTurns(TURNS_SECONDS / 10);
  const loads = await takeTurns(TURNS_SECONDS);
  for (const client of Object.values(clients)) client.close();
  return loads;
}

/** Microseconds of processor time per verification, from a request with many of them minus one without any. */
async function verificationCost(kind: string, cpu: () => Promise<number>): Promise<number> {
  const origin = `http://127.0.0.1:${portOf("verifier")}`;
  async function time(name: string): Promise<number> {
    const samples: number[] = [];
    for (let sample = 0; sample < 5; sample++) {
      const query = `kind=${encodeURIComponent(name)}&count=${VERIFICATIONS}`;
      await fetch(`${origin}/prepare?${query}`);
      const before = await cpu();
      await fetch(`${origin}/verify`);
      samples.push((await cpu()) - before);
    }
    return median(samples);
  }
  return Math.round((((await time(kind)) - (await time("nothing"))) * 1e7) / VERIFICATIONS) / 10;
}

const folder = await mkdtemp(join(tmpdir(), "kinora-bench-gate-"));
const root = await unpackNginx(folder);
const worker = await startWorker(await buildWorker(folder));
const workerd = await childrenNamed("workerd");
const workerdSeconds = (): Promise<number> => cpuSeconds(workerd);
const figures: Record<string, unknown> = {};
const ratios: Record<string, number> = {};

for (const [source, videoId] of [
  ["memory", IN_MEMORY],
  ["R2", IN_R2],
] as const) {
  const loads = await measure(videoId, workerdSeconds);
  const ratio = (kind: Kind, other: Kind): number =>
    thousandths(rateOf(loads[kind]) / rateOf(loads[other]));
  ratios[source] = ratio("gated", "ungated");
  for (const kind of KINDS)
    figures[`${LABELS[kind]}, ${source}`] = {
      ...summary(loads[kind]),
      "of ungated": ratio(kind, "ungated"),
      "of ungated by cpu": thousandths(cpuOf(loads.ungated) / cpuOf(loads[kind])),
      "of bare": ratio(kind, "bare"),
    };
}

const verification: Record<string, number> = {};
for (const kind of [
  "HS256 cold",
  "HS256 cached",
  "HS256 by jose alone",
  "EdDSA cold",
  "RS256 cold",
])
  verification[kind] = await verificationCost(kind, workerdSeconds);
await worker.dispose();

const nginx = await startNginx(root, NGINX_PORT, new Uint8Array(SEGMENT_BYTES).fill(7), TOKENS);
const floor = noLoad();
const nginxPids = await childrenNamed("nginx");
const client = await Client.open(NGINX_PORT, nginx.paths, CONNECTIONS);
while (floor.elapsed < TURNS_SECONDS / 10)
  await client.send(REQUESTS_PER_TURN, floor, () => cpuSeconds(nginxPids));
client.close();
await nginx.stop();
figures["nginx secure_link"] = summary(floor);
await rm(folder, { recursive: true });

console.log(
  `One segment of ${SEGMENT_BYTES / 1024} KiB, ${TOKENS} tokens in turn, ${CONNECTIONS} connections, turns of ${REQUESTS_PER_TURN} requests for ${TURNS_SECONDS} s\n`,
);
console.table(figures);
console.table(
  Object.fromEntries(
    Object.entries(verification).map(([kind, cost]) => [kind, { microseconds: cost }]),
  ),
);
const aims = {
  "gated / ungated from memory": 0.9,
  "gated / ungated from R2": 0.95,
  "HS256 cold, microseconds at most": 50,
};
const met = ratios["memory"]! >= 0.9 && ratios["R2"]! >= 0.95 && verification["HS256 cold"]! <= 50;
console.log(JSON.stringify({ name: "gate", figures: { ...figures, verification }, aims, met }));
