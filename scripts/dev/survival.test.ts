import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { type Child, runToEnd, startChild } from "./child.ts";
import { helpersOf } from "./helpers.ts";
import { emptyRegistry } from "./prepare.ts";
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

test("a part whose process was killed, and that hangs since then, is started again, and no other", async () => {
  // Like wrangler without esbuild: it lives, and answers nothing without its helper.
  const script = `
    const { spawn } = require("node:child_process");
    const helper = spawn("sleep", ["600"]);
    // Another one takes its place, as with workerd, but nothing comes through to it.
    helper.on("exit", () => { spawn("sleep", ["600"]); server.removeAllListeners("request"); });
    const server = require("node:http").createServer((request, response) => response.end(String(helper.pid)));
    server.listen(Number(process.env.PORT), () => console.log(server.address().port));
  `;
  const ports: number[] = [];
  const start = (port: number): Child =>
    startChild({
      ...{ name: "part", command: process.execPath, args: ["-e", script], cwd: "/" },
      ...{ env: { ...process.env, PORT: String(port) }, isNoise: () => false },
      print: (line) => void ports.push(Number(line)),
    });
  const part = start(0);
  await vi.waitFor(() => expect(ports).toHaveLength(1), { timeout: 20_000 });
  const url = `http://127.0.0.1:${ports[0]}/`;
  const helper = Number(await (await fetch(url)).text());
  const helpers = helpersOf(() => part.group(), ["sleep"]);
  await helpers.note();
  expect(await helpers.areIncomplete()).toBe(false);

  process.kill(helper, "SIGKILL");
  const answers = () =>
    fetch(url, { signal: AbortSignal.timeout(300) }).then(
      () => true,
      () => false,
    );
  await vi.waitFor(async () => expect(await answers()).toBe(false), { timeout: 20_000 });
  const stop = new AbortController();
  const lines: string[] = [];
  const revive = async (): Promise<boolean> => {
    if (!(await helpers.areIncomplete())) return false;
    await part.restart();
    await vi.waitFor(() => expect(ports).toHaveLength(2), { timeout: 60_000 });
    return true;
  };
  const onAnswer = () => helpers.note();
  const times = { timeoutMs: 300, pollMs: 50, reviveAfterMs: 100, onAnswer, revive };
  reportSilence("part", url, (line) => void lines.push(line.trim()), times, stop.signal);
  await vi.waitFor(() => expect(lines.join()).toContain("was started again"), { timeout: 60_000 });
  stop.abort();
  let hasEnded = false;
  void part.ended.then(() => (hasEnded = true));
  expect(Number(await (await fetch(`http://127.0.0.1:${ports[1]}/`)).text())).not.toBe(helper);
  expect(hasEnded).toBe(false);
  await part.stop();
  await part.ended;
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
