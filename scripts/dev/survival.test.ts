import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { freePorts } from "../product/dev-stack.ts";
import { runToEnd, startChild } from "./child.ts";
import { helpersOf } from "./helpers.ts";
import { emptyRegistry } from "./prepare.ts";
import { watchPart } from "./revival.ts";
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

test("after SIGKILL of the script no child of it lives, nor a child of a child", async () => {
  // Like wrangler, which starts workerd: a shell that starts a process and waits.
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
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), { timeout: 20_000 });
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

test("a step of the start that hangs is named, with its last line", async () => {
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
    await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 20_000 });
    expect(lines[0]).toMatch(/^Building the site has taken 0.3 s so far/);
    await writeFile(join(folder, "seen"), "");
    await done;
  } finally {
    await rm(folder, { recursive: true });
  }
});

/**
 * Like wrangler: it replaces a helper that ends, but after the end of the vital one nothing comes through. The vital one has
 * the port among its arguments or not, as the workerd that listens and another one.
 */
const partScript = (vitalArgs: string) => `
  const { spawn } = require("node:child_process");
  const port = Number(process.env.PORT);
  const server = require("node:http").createServer((request, response) => response.end(vital.pid + " " + other.pid));
  const vital = spawn("sh", ["-c", "sleep 600; :", ${vitalArgs}]);
  vital.on("exit", () => server.removeAllListeners("request"));
  let other;
  const replace = () => { other = spawn("sleep", ["600"]); other.on("exit", replace); };
  replace();
  server.listen(port, () => console.log("listening"));
`;
const LIMIT = { timeout: 60_000 };

/** @param recoveryMs how long it may take to answer again */
async function startWatched(vitalArgs: string, recoveryMs: number) {
  const [port] = await freePorts(1);
  const url = `http://localhost:${port}/`;
  let starts = 0;
  const part = startChild({
    ...{ name: "part", command: process.execPath, args: ["-e", partScript(vitalArgs)], cwd: "/" },
    ...{ env: { ...process.env, PORT: String(port) }, isNoise: () => false },
    print: () => void starts++,
  });
  const stop = new AbortController();
  onTestFinished(async () => {
    stop.abort();
    await part.stop();
  });
  await vi.waitFor(() => expect(starts).toBe(1), LIMIT);
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line.trim());
  const programs = ["sh", "sleep"];
  await watchPart("part", url, part, { say, programs, recoveryMs, signal: stop.signal });
  const pids = async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return (await answer.text()).split(" ").map(Number);
  };
  return { part, lines, pids, starts: () => starts };
}

test.each([
  { what: "the process that listens", vitalArgs: '"localhost:" + port', recoveryMs: 600_000 },
  { what: "another one, and does not answer", vitalArgs: '"other"', recoveryMs: 300 },
])("a part that has lost $what is started again", async ({ vitalArgs, recoveryMs }) => {
  const { part, lines, pids, starts } = await startWatched(vitalArgs, recoveryMs);
  const [vital = 0] = await pids();
  process.kill(vital, "SIGKILL");
  await vi.waitFor(() => expect(lines.at(-1)).toContain("was started again"), LIMIT);
  expect(lines[0]).toContain("has lost its process sh");
  expect(starts()).toBe(2);
  expect((await pids())[0]).not.toBe(vital);
  // For whoever waits for its end, it has not ended.
  let hasEnded = false;
  void part.ended.then(() => (hasEnded = true));
  await pids();
  expect(hasEnded).toBe(false);
  await part.stop();
  await part.ended;
});

test("a part that replaces a lost process and answers is not started again", async () => {
  const { lines, pids, starts } = await startWatched('"localhost:" + port', 600_000);
  const [, other = 0] = await pids();
  process.kill(other, "SIGKILL");
  await vi.waitFor(async () => expect((await pids())[1]).not.toBe(other), LIMIT);
  // The next loss is noticed only after this one was settled.
  process.kill((await pids())[0] ?? 0, "SIGKILL");
  await vi.waitFor(() => expect(lines.at(-1)).toContain("was started again"), LIMIT);
  expect([lines[0], starts()]).toEqual([expect.stringContaining("lost its process sh"), 2]);
});

test("a part is complete until one of its processes was killed, and that is what a long silence asks", async () => {
  const part = startChild({
    ...{ name: "part", command: "sh", args: ["-c", "sleep 600 & echo $!; wait"], cwd: "/" },
    ...{ env: process.env, isNoise: () => false },
    print: (line) => void lines.push(line),
  });
  onTestFinished(() => part.stop());
  const lines: string[] = [];
  await vi.waitFor(() => expect(lines).toHaveLength(1), LIMIT);
  const helpers = helpersOf(() => part.group(), ["sleep"]);
  await helpers.note();
  expect(await helpers.areIncomplete()).toBe(false);
  process.kill(Number(lines[0]), "SIGKILL");
  await vi.waitFor(async () => expect(await helpers.areIncomplete()).toBe(true), LIMIT);
  const asked = Promise.withResolvers<void>();
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  // Nothing listens on port 1.
  const times = {
    timeoutMs: 300,
    pollMs: 50,
    reviveAfterMs: 100,
    revive: async () => asked.resolve(),
  };
  reportSilence("part", "http://127.0.0.1:1/", () => {}, times, stop.signal);
  await asked.promise;
});

test("a part that hangs is named once, and so is its recovery", async () => {
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
  await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 20_000 });
  expect(lines[0]).toContain("The transcoder hangs");
  hangs = false;
  await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 20_000 });
  expect(lines[1]).toBe("The transcoder answers again.");
  stop.abort();
  server.closeAllConnections();
  server.close();
});
