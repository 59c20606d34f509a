import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { freePorts } from "../product/dev-stack.ts";
import { runToEnd, startChild } from "./child.ts";
import { emptyRegistry } from "./prepare.ts";
import { CRASH, reviveAfterCrash } from "./revival.ts";
import { reportSilence } from "./silence.ts";

const CHILD = join(import.meta.dirname, "child.ts");
const processes: ChildProcess[] = [];
afterEach(() => processes.splice(0).forEach((child) => child.kill("SIGKILL")));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("after SIGKILL of the script none of its descendants is alive", async () => {
  // Like wrangler starting workerd: a shell that starts a process and waits for it.
  const script = `
    const { startChild } = await import(${JSON.stringify(CHILD)});
    startChild({ name: "x", command: "sh", args: ["-c", "sleep 600 & echo $$ $!; wait"], cwd: "/", env: process.env,
      isNoise: () => false, print: (line) => console.log(line) });
  `;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  processes.push(parent);
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pids = String(line).trim().split(" ").map(Number);
  expect(pids.map(isAlive)).toEqual([true, true]);
  parent.kill("SIGKILL");
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), { timeout: 50_000 });
});

test("entries of a killed stack do not stay in the dev registry", async () => {
  const state = await mkdtemp(join(tmpdir(), "kinora-registry-"));
  try {
    await mkdir(join(state, "registry"));
    await writeFile(join(state, "registry/kinora"), "{}");
    await emptyRegistry(state);
    expect(await readdir(join(state, "registry"))).toEqual([]);
  } finally {
    await rm(state, { recursive: true });
  }
});

test("a hanging start-up step is reported with its last line of output", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kinora-slow-"));
  const lines: string[] = [];
  try {
    // It hangs until the test has seen the line.
    const script = `echo building; while [ ! -e ${folder}/seen ]; do sleep 0.05; done`;
    const options = { cwd: "/", env: process.env, slowMs: 300 };
    const done = runToEnd("Building the site", "sh", ["-c", script], {
      ...options,
      say: (line) => void lines.push(line),
    });
    await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 50_000 });
    expect(lines[0]).toMatch(/^Building the site has taken 0.3 s so far/);
    await writeFile(join(folder, "seen"), "");
    await done;
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Like wrangler: it reports that its helper has ended and starts another one, which may not work. */
const partScript = (works: boolean) => `
  const { spawn } = require("node:child_process");
  const server = require("node:http").createServer((request, response) => response.end(process.pid + " " + helper.pid));
  let helper;
  function start() {
    helper = spawn("sleep", ["600"]);
    helper.on("exit", () => {
      console.log("[wrangler:warn] The Workers runtime crashed unexpectedly and is being restarted (crash #1).");
      if (${!works}) server.removeAllListeners("request");
      start();
    });
  }
  start();
  server.listen(Number(process.env.PORT), () => console.log("listening"));
`;
const LIMIT = { timeout: 60_000 };

/** @param works whether it responds after a crash */
async function startWatched(works: boolean, recoveryMs: number) {
  const [port] = await freePorts(1);
  const url = `http://localhost:${port}/`;
  const printed: string[] = [];
  const part = startChild({
    ...{ name: "part", command: process.execPath, args: ["-e", partScript(works)], cwd: "/" },
    ...{ env: { ...process.env, PORT: String(port) }, isNoise: () => false },
    print: (line) => void printed.push(line),
  });
  onTestFinished(() => part.stop());
  await vi.waitFor(() => expect(printed).toHaveLength(1), LIMIT);
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line.trim());
  reviveAfterCrash("part", url, part, { say, recoveryMs });
  async function pids(): Promise<{ part?: number; helper?: number }> {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    const [own, helper] = (await answer.text()).split(" ").map(Number);
    return { ...(own && { part: own }), ...(helper && { helper }) };
  }
  return { part, lines, printed, pids };
}

test("a process that does not respond after a crash is restarted at once", async () => {
  const { part, lines, pids } = await startWatched(false, 300);
  const before = await pids();
  process.kill(before.helper ?? 0, "SIGKILL");
  await vi.waitFor(() => expect(lines.at(-1)).toContain("The part was started again"), LIMIT);
  expect(lines[0]).toContain("The part does not answer after a crash");
  expect((await pids()).part).not.toBe(before.part);
  // A caller that waits for its end still waits.
  let hasEnded = false;
  void part.ended.then(() => (hasEnded = true));
  await pids();
  expect(hasEnded).toBe(false);
  await part.stop();
  await part.ended;
});

test("a process that responds after a crash is not restarted", async () => {
  const { lines, printed, pids } = await startWatched(true, 600_000);
  const before = await pids();
  for (let crashes = 1; crashes <= 2; crashes++) {
    process.kill((await pids()).helper ?? 0, "SIGKILL");
    await vi.waitFor(() => expect(printed).toHaveLength(1 + crashes), LIMIT);
  }
  const after = await pids();
  expect(after.helper).not.toBe(before.helper);
  expect(after.part).toBe(before.part);
  expect(lines).toEqual([]);
});

test("as a last resort, a process that does not respond for long is restarted", async () => {
  let asked = 0;
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const times = { timeoutMs: 300, pollMs: 50, reviveAfterMs: 100, revive: () => void asked++ };
  // Nothing listens on port 1.
  reportSilence("part", "http://127.0.0.1:1/", () => {}, times, stop.signal);
  await vi.waitFor(() => expect(asked).toBeGreaterThan(0), LIMIT);
});

test("wrangler still reports a crash of its runtime in the words that the script waits for", async () => {
  const { resolve } = createRequire(import.meta.resolve("wrangler"));
  const bundle = await readFile(resolve("miniflare"), "utf8");
  expect(bundle).toMatch(CRASH);
});

test("a hanging process is reported once, and so is its recovery", async () => {
  let hangs = false;
  const server = createServer((_request, response) => {
    if (!hangs) response.end("ok");
  }).listen(0);
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line.trim());
  const stop = new AbortController();
  hangs = true;
  reportSilence("transcoder", url, say, { timeoutMs: 50, pollMs: 1 }, stop.signal);
  await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 50_000 });
  expect(lines[0]).toContain("The transcoder hangs");
  hangs = false;
  await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 50_000 });
  expect(lines[1]).toBe("The transcoder answers again.");
  stop.abort();
  server.closeAllConnections();
  server.close();
});
