/**
 * `npm run bench:accounts`: whether response times reveal which addresses have an account. The product's Worker runs in
 * workerd with the settings of a deployment with mail. Each call is made for a known and an unknown address in turn, so
 * that other load affects both equally; then the medians are compared.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabases, startProduct } from "../scripts/product/product-host.ts";
import { printReport } from "./report.ts";

const PORT = Number(process.env["BENCH_PORT"] ?? 8750);
const ORIGIN = `http://localhost:${PORT}`;
const PAIRS = 15;
const PASSWORD = "nine quiet harbour lamps";
/** Medians within this share of each other count as equal, on a computer with other load. */
const MAX_DEVIATION = 0.05;

const CALLS: Record<string, (email: string) => object> = {
  "sign-in/email": (email) => ({ email, password: "not the password" }),
  "sign-up/email": (email) => ({ email, password: PASSWORD, name: "Eve" }),
  "request-password-reset": (email) => ({ email }),
  "send-verification-email": (email) => ({ email }),
};

const start = (state: string) =>
  startProduct({
    state,
    port: PORT,
    vars: {
      PUBLIC_ORIGIN: ORIGIN,
      SIGNUP: "verified",
      DEV_MAIL: "true",
      AUTH_ATTEMPTS_PER_MINUTE: "100000",
    },
  });

async function post(path: string, body: object): Promise<number> {
  const start = performance.now();
  const response = await fetch(`${ORIGIN}/api/auth/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: ORIGIN },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  if (response.status >= 500) throw new Error(`${path} answered ${response.status}`);
  return performance.now() - start;
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const address = (kind: string, path: string, pair: number): string =>
  `${kind}-${pair}-${path.replace("/", "-")}@example.com`;

/** Median time for addresses with an account, divided by that for addresses without. */
async function ratioOf(path: string, body: (email: string) => object): Promise<number> {
  const known: number[] = [];
  const unknown: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const email = address("known", path, pair);
    await post("sign-up/email", { email, password: PASSWORD, name: "Ada" });
    known.push(await post(path, body(email)));
    unknown.push(await post(path, body(address("unknown", path, pair))));
  }
  return median(known) / median(unknown);
}

const state = await mkdtemp(join(tmpdir(), "kinora-bench-accounts-"));
await createDatabases(state);
const worker = await start(state);
try {
  const figures: Record<string, number> = {};
  for (const [path, body] of Object.entries(CALLS))
    figures[`${path}: known / unknown`] = await ratioOf(path, body);
  const even = Object.values(figures).every((ratio) => Math.abs(ratio - 1) <= MAX_DEVIATION);
  printReport("accounts", figures, { [`every ratio is 1 within ${MAX_DEVIATION}`]: even });
  if (!even) process.exitCode = 1;
} finally {
  await worker.stop();
  await rm(state, { recursive: true, force: true });
}
