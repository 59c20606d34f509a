import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startChild } from "../../scripts/dev/child.ts";
import { untilAnswer } from "../../scripts/dev/ready.ts";
import { ROOT } from "../../scripts/dev/settings.ts";
import { freePorts } from "../../scripts/product/dev-stack.ts";
import { Problem } from "../../workers/contract/problem.ts";
import { expectNoSecrets, searchLog } from "../support/searched-log.ts";

/** Not part of a fresh clone. */
const LOCAL = ["node_modules", ".git", ".wrangler", ".dev.vars", ".tsbuild", "web/dist"];

const clone = mkdtempSync(join(tmpdir(), "kinora-clone-"));
const devVars = join(clone, ".dev.vars");
const { KINORA_STATE: _state, KINORA_PREPARED: _prepared, ...outside } = process.env;
const environment = {
  ...outside,
  CI: "1",
  NO_COLOR: "1",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_REGISTRY_PATH: join(clone, ".wrangler/registry"),
};

beforeAll(() => {
  cpSync(ROOT, clone, {
    recursive: true,
    filter: (path) => !LOCAL.includes(relative(ROOT, path)),
  });
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

/** Runs a command in the clone to its end. @returns what it printed */
async function run(command: string, args: string[], more: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(command, args, {
    cwd: clone,
    env: { ...environment, ...more },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  expect(code).toBe(0);
  return output;
}

test("a dry run of the deployment prepares nothing locally", async () => {
  const output = await run(
    "npx",
    ["wrangler", "deploy", "--dry-run", "--containers-rollout=none", "--outdir", "web/dist"],
    {},
  );
  expect(output).toContain("scripts/wrangler-build.ts");
  expect(existsSync(devVars)).toBe(false);
  expect(existsSync(join(clone, ".wrangler/state"))).toBe(false);
});

test("plain `npx wrangler dev` in a fresh clone serves the API and the media gate", async () => {
  const [port] = await freePorts(1);
  const lines: string[] = [];
  const wrangler = startChild({
    name: "wrangler dev",
    command: "npx",
    args: ["wrangler", "dev", "--port", String(port), "--inspector-port", "0"],
    cwd: clone,
    env: environment,
    print: (line) => lines.push(line),
    isNoise: () => false,
  });
  onTestFinished(async () => {
    await wrangler.stop();
    searchLog(lines.join("\n"));
    expectNoSecrets();
  });
  const origin = `http://localhost:${port}`;
  await untilAnswer("Worker", `${origin}/v1/categories`).catch((error: unknown) => {
    throw new Error(lines.join("\n"), { cause: error });
  });

  const feed = await fetch(`${origin}/v1/feed`);
  expect(feed.status).toBe(200);
  const search = await fetch(`${origin}/v1/search?q=harbour`);
  expect(await search.json()).toMatchObject({ items: [] });
  const segment = await fetch(`${origin}/media/no-token/segment-0.m4s`);
  expect(segment.status).toBe(403);
  expect(segment.headers.get("content-type")).toBe("application/problem+json");
  Problem.parse(await segment.json());

  const account = { name: "Nora", email: "nora@example.com", password: "nine quiet harbour lamps" };
  const signUp = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: "http://localhost:8787" },
    body: JSON.stringify(account),
  });
  expect(await signUp.json()).toMatchObject({ user: { role: "creator" } });
  expect(lines.join("\n")).toContain("npm run transcoder");
});

test("the next start changes nothing and prints no hint while a transcoder is running", async () => {
  const before = readFileSync(devVars, "utf8");
  const transcoder = createServer();
  const [port] = await freePorts(1);
  await once(transcoder.listen(port, "localhost"), "listening");
  onTestFinished(() => void transcoder.close());
  const output = await run("node_modules/.bin/node", ["scripts/wrangler-build.ts"], {
    WRANGLER_COMMAND: "dev",
    KINORA_TRANSCODER_PORTS: String(port),
  });
  expect(output).toBe("");
  expect(readFileSync(devVars, "utf8")).toBe(before);
});
