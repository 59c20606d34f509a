/**
 * `npm run bench:gate`: what the token gate costs. The built Worker runs in workerd on a socket of its own, without the
 * proxy of `wrangler dev`; gated and ungated requests for the same bytes and headers take turns, second by second, so
 * that a noisy machine disturbs both alike. Every gated request carries another token than the 20,000 before it, four
 * times what an isolate remembers: each one is verified cold. `ungated` answers in the handler itself; `behind the
 * entrypoint` is ungated too but goes through the cached entrypoint, which locally is a second invocation and in
 * production the way to the cache: what the gate adds to that is `of the entrypoint`. nginx with secure_link on a file
 * of the same size is the floor.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { issueGrant } from "../workers/media/grant.ts";
import { cpuSeconds, type Load, load, run, startNginx, unpackPeers } from "./gate-peers.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const GRANT_SECRETS = "only-for-the-benchmark-only-for-the-benchmark";
const PORT = Number(process.env["BENCH_PORT"] ?? 8740);
const SEGMENT = "h264-480/0.1/00000.m4s";
const SEGMENT_BYTES = 512 * 1024;
const TOKENS = 20_000;
/** Tokens that an isolate has verified before. */
const KNOWN = 500;
const ROUNDS = 16;
const SECONDS = 1;
/** More than an isolate remembers. */
const VERIFICATIONS = 6000;
const IN_MEMORY = "InMemory00000000000000";
const IN_R2 = "InR2000000000000000000";
/**
 * Each kind comes after each other kind equally often (a Williams design): what one leaves for the garbage collector,
 * half a megabyte a request, is the next one's work.
 */
const ORDERS = [
  ["ungated", "gated", "remembered", "hop"],
  ["gated", "hop", "ungated", "remembered"],
  ["hop", "remembered", "gated", "ungated"],
  ["remembered", "ungated", "hop", "gated"],
] as const;
const LABELS = {
  ungated: "ungated",
  hop: "behind the entrypoint",
  gated: "gated",
  remembered: "gated, token known",
};

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
    modules: true,
    rootPath: dirname(script),
    scriptPath: basename(script),
    compatibilityDate: "2026-10-01",
    compatibilityFlags: ["nodejs_compat"],
    d1Databases: ["CATALOG"],
    r2Buckets: ["MEDIA"],
    bindings: { GRANT_SECRETS, PUBLIC_ORIGIN: "https://kinora.example" },
    unsafeDirectSockets: [{ host: "127.0.0.1", port: PORT }],
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

/** Files of paths to ask for: gated ones with a token each, and the same segment without a gate. */
async function writePaths(
  folder: string,
  videoId: string,
): Promise<Record<"gated" | "remembered" | "ungated" | "hop", string>> {
  const write = async (name: string, lines: string[]): Promise<string> => {
    const file = join(folder, `${videoId}-${name}.txt`);
    await writeFile(file, lines.join("\n"));
    return file;
  };
  const tail = `${videoId}/1/${SEGMENT}`;
  const gated: string[] = [];
  for (let index = 0; index < KNOWN + TOKENS; index++) {
    const { token } = await issueGrant(
      { GRANT_SECRETS },
      { videoId, version: 1, sessionId: `session-${index}`, expiresIn: 7200 },
    );
    gated.push(`/media/${token}/${tail}`);
  }
  return {
    gated: await write("gated", gated.slice(KNOWN)),
    remembered: await write("remembered", gated.slice(0, KNOWN)),
    ungated: await write("ungated", [`/ungated/${tail}`]),
    hop: await write("hop", [`/hop/${tail}`]),
  };
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const summary = (loads: Load[]): Omit<Load, "requests"> => ({
  requestsPerSecond: Math.round(median(loads.map((one) => one.requestsPerSecond))),
  p99: median(loads.map((one) => one.p99)),
  cpu: Math.round(median(loads.map((one) => one.cpu))),
});

/** Microseconds of processor time of one verification: of a request that does many, less one that does none. */
async function verificationCost(kind: string): Promise<number> {
  const time = async (name: string): Promise<number> => {
    const samples: number[] = [];
    for (let sample = 0; sample < 5; sample++) {
      await fetch(
        `http://127.0.0.1:${PORT}/prepare?kind=${encodeURIComponent(name)}&count=${VERIFICATIONS}`,
      );
      const before = await cpuSeconds("workerd");
      await fetch(`http://127.0.0.1:${PORT}/verify`);
      samples.push((await cpuSeconds("workerd")) - before);
    }
    return median(samples);
  };
  return Math.round((((await time(kind)) - (await time("nothing"))) * 1e7) / VERIFICATIONS) / 10;
}

const folder = await mkdtemp(join(tmpdir(), "kinora-bench-gate-"));
const root = await unpackPeers(folder);
const worker = await startWorker(await buildWorker(folder));
const figures: Record<string, unknown> = {};
const ratios: Record<string, number> = {};

for (const [source, videoId] of [
  ["memory", IN_MEMORY],
  ["R2", IN_R2],
] as const) {
  const paths = await writePaths(folder, videoId);
  const loads: Record<keyof typeof paths, Load[]> = {
    gated: [],
    remembered: [],
    ungated: [],
    hop: [],
  };
  const asked = { gated: 0, remembered: 0, ungated: 0, hop: 0 };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const kind of ORDERS[round % ORDERS.length]!) {
      const from = {
        origin: `http://127.0.0.1:${PORT}`,
        pathsFile: paths[kind],
        first: asked[kind],
      };
      const measured = await load(root, from, SECONDS, "workerd");
      // Every round goes on where the last one ended, or it would come with tokens that are known by now.
      asked[kind] += measured.requests;
      // The first round warms up.
      if (round > 0) loads[kind].push(measured);
    }
  }
  const ratio = (kind: keyof typeof paths, other: keyof typeof paths): number => {
    const rounds = loads[kind].map(
      (one, round) => one.requestsPerSecond / loads[other][round]!.requestsPerSecond,
    );
    return Math.round(median(rounds) * 1000) / 1000;
  };
  ratios[source] = ratio("gated", "ungated");
  for (const [kind, label] of Object.entries(LABELS) as [keyof typeof paths, string][])
    figures[`${label}, ${source}`] = {
      ...summary(loads[kind]),
      "of ungated": ratio(kind, "ungated"),
      "of the entrypoint": ratio(kind, "hop"),
    };
}

const verification: Record<string, number> = {};
for (const kind of ["HS256 cold", "HS256 cached", "EdDSA cold", "RS256 cold"])
  verification[kind] = await verificationCost(kind);
await worker.dispose();

const nginx = await startNginx(root, PORT + 1, new Uint8Array(SEGMENT_BYTES).fill(7), TOKENS);
const floor: Load[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  const from = { origin: `http://127.0.0.1:${PORT + 1}`, pathsFile: nginx.paths, first: 0 };
  const measured = await load(root, from, SECONDS, "nginx");
  if (round > 0) floor.push(measured);
}
await nginx.stop();
figures["nginx secure_link"] = summary(floor);
await rm(folder, { recursive: true });

console.log(
  `One segment of ${SEGMENT_BYTES / 1024} KiB, ${TOKENS} tokens in turn, 16 connections, median of ${ROUNDS} rounds of ${SECONDS} s\n`,
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
