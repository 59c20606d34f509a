/**
 * `npm run bench:metrics`: what counting costs. The product runs twice at the same time, as it is and with a `workers/count.ts`
 * that does nothing and statements of D1 that are not wrapped. Both get the same requests in turns of some tenths of a second:
 * a segment from memory through the gate with a token that the isolate knows, the home page, a search, and a list of
 * videos. Other load affects both equally. The figures are processor time of the server per request, and its ratio.
 */
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../scripts/dev/settings.ts";
import { createDatabases, startProduct } from "../scripts/product/product-host.ts";
import { issuePlaybackToken } from "../workers/media/playback-token.ts";
import { childrenNamed, cpuSeconds } from "./gate-peers.ts";

const PORT = Number(process.env["BENCH_PORT"] ?? 8760);
/** Duration of all turns of one kind of request. */
const TURNS_SECONDS = 60;
const WARM_UP_SECONDS = 8;
const CONNECTIONS = 8;
const REQUESTS_PER_TURN = 4 * CONNECTIONS;
/** `product-host.ts`. */
const PLAYBACK_TOKEN_SECRETS = "only-for-this-run-only-for-this-run-only";
const IN_MEMORY = "InMemory00000000000000";
const MAX_RATIO = 1.02;

/** A count.ts that counts nothing. */
const NO_COUNT = `
export function count() {}
export function observe() {}
export const hasCounted = () => false;
export const takePoints = () => [];
`;
/** A statement-count.ts that returns databases unchanged. */
const NO_STATEMENTS = `
export const countingStatements = (run) => run();
export const statementsLeft = () => 300;
export function allowShare() {}
export const counted = (database) => database;
`;

interface Product {
  port: number;
  pids: string[];
  stop: () => Promise<void>;
}

/** The sources of the product without counting. @returns the entrypoint */
async function uncounted(folder: string): Promise<string> {
  for (const name of ["workers", "benchmarks", "tests/support/worker", "package.json"])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "workers/count.ts"), NO_COUNT);
  await writeFile(join(folder, "workers/db/statement-count.ts"), NO_STATEMENTS);
  return join(folder, "benchmarks/metrics-worker.ts");
}

async function start(state: string, port: number, entrypoint: string): Promise<Product> {
  await createDatabases(state);
  const before = new Set(await childrenNamed("workerd"));
  const vars = { PUBLIC_ORIGIN: `http://localhost:${port}`, SIGNUP: "open" };
  const { stop } = await startProduct({ state, port, entrypoint, vars });
  const pids = (await childrenNamed("workerd")).filter((pid) => !before.has(pid));
  return { port, pids, stop };
}

/** The paths of each kind of request. */
async function kinds(): Promise<Record<string, string>> {
  const session = { videoId: IN_MEMORY, version: 1, sessionId: "bench", expiresIn: 7200 };
  const { token } = await issuePlaybackToken({ PLAYBACK_TOKEN_SECRETS }, session);
  return {
    segment: `/media/${token}/${IN_MEMORY}/1/h264-480/0.1/00000.m4s`,
    home: "/v1/feed",
    search: "/v1/search?q=heron",
    videos: "/v1/videos?limit=50",
  };
}

let addresses = 0;
/** Each request comes from another address, so that no rate limit ends the run. */
function nextAddress(): string {
  addresses += 1;
  return [10, addresses >> 16, addresses >> 8, addresses].map((byte) => byte & 255).join(".");
}

interface Sum {
  requests: number;
  cpu: number;
}

async function turn({ port, pids }: Product, path: string, sum: Sum): Promise<void> {
  const cpu = await cpuSeconds(pids);
  let left = REQUESTS_PER_TURN;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) {
        const response = await fetch(`http://127.0.0.1:${port}${path}`, {
          headers: { "cf-connecting-ip": nextAddress() },
        });
        await response.arrayBuffer();
        if (!response.ok) throw new Error(`${path}: ${response.status}`);
      }
    }),
  );
  sum.cpu += (await cpuSeconds(pids)) - cpu;
  sum.requests += REQUESTS_PER_TURN;
}

/** Lets both take turns, each first in every second round. */
async function measure(products: readonly [Product, Product], path: string, seconds: number) {
  const sums: [Sum, Sum] = [
    { requests: 0, cpu: 0 },
    { requests: 0, cpu: 0 },
  ];
  const until = performance.now() + seconds * 1000;
  for (let round = 0; performance.now() < until; round++)
    for (const index of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
      await turn(products[index], path, sums[index]);
  return sums;
}

const microseconds = ({ cpu, requests }: Sum): number => Math.round((cpu / requests) * 1e6);

const folder = await mkdtemp(join(tmpdir(), "kinora-bench-metrics-"));
const products: Product[] = [];
try {
  const counting = join(import.meta.dirname, "metrics-worker.ts");
  products.push(await start(join(folder, "with"), PORT, counting));
  products.push(
    await start(join(folder, "without"), PORT + 1, await uncounted(join(folder, "sources"))),
  );
  const [counted, plain] = products as [Product, Product];
  const figures: Record<string, { counted: number; uncounted: number; ratio: number }> = {};
  for (const [name, path] of Object.entries(await kinds())) {
    await measure([counted, plain], path, WARM_UP_SECONDS);
    const [own, other] = await measure([counted, plain], path, TURNS_SECONDS);
    const ratio = Math.round((own.cpu / own.requests / (other.cpu / other.requests)) * 1000) / 1000;
    figures[name] = { counted: microseconds(own), uncounted: microseconds(other), ratio };
    console.log(name, figures[name]);
  }
  console.log("Microseconds of processor time per request, of the server with all it needs.\n");
  console.table(figures);
  const met = Object.values(figures).every(({ ratio }) => ratio <= MAX_RATIO);
  const aims = { "with counting, of that without, at most": MAX_RATIO };
  console.log(JSON.stringify({ name: "metrics", figures, aims, met }));
  if (!met) process.exitCode = 1;
} finally {
  for (const { stop } of products) await stop();
  await rm(folder, { recursive: true, force: true });
}
