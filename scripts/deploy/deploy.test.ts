import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "../dev/settings.ts";
import { ACCOUNT, emptyAccount } from "./accounts.fixture.ts";

const SETTINGS = ["--name", "kinora", "--admin", "ada@example.com", "--region", "weur"];

async function deploy(args: string[], env: Record<string, string>) {
  const script = join(ROOT, "scripts/deploy.ts");
  const child = spawn(process.execPath, ["--no-warnings", script, ...SETTINGS, ...args], {
    env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { out, error, code: code as number };
}

/** What Cloudflare's API answers for an account in which nothing was deployed. */
const MISSING = /^\/accounts\/\w+\/(r2\/buckets|pages\/projects)\/[\w-]+$/;
function answerOf(url: URL): unknown {
  const { account, subscriptions, zone } = emptyAccount();
  if (Number(url.searchParams.get("page") ?? "1") > 1) return [];
  if (url.pathname === "/accounts") return [account];
  if (url.pathname === "/zones") return url.searchParams.get("name") === zone?.name ? [zone] : [];
  if (url.pathname.endsWith("/subscriptions")) return subscriptions;
  return MISSING.test(url.pathname) ? null : [];
}

/** Answers as Cloudflare's API does, and notes what it was asked. @returns what leads a command there */
async function accountApi(requests: string[]): Promise<Record<string, string>> {
  const api = createServer((request, response) => {
    requests.push(`${request.method} ${request.headers.authorization}`);
    const result = answerOf(new URL(request.url ?? "", "http://localhost"));
    const errors = result === null ? [{ code: 10006, message: "It does not exist." }] : [];
    response.writeHead(result === null ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ success: result !== null, errors, messages: [], result }));
  }).listen(0, "localhost");
  onTestFinished(() => void api.close());
  await once(api, "listening");
  const { port } = api.address() as AddressInfo;
  return {
    CLOUDFLARE_API_TOKEN: "only-for-tests",
    CLOUDFLARE_BASE_URL: `http://localhost:${port}`,
  };
}

test("--plan on an empty account prints everything that would happen, and only reads", async () => {
  const requests: string[] = [];
  const args = ["--plan", "--domain", "video.example.com"];
  const { out, error, code } = await deploy(args, await accountApi(requests));
  expect([error, code]).toEqual(["", 0]);
  expect(out).toContain(`Instance kinora in the account Ada's account (${ACCOUNT})`);
  expect(out).not.toContain("Stays as it is");
  for (const line of [
    "+ D1 database kinora-catalog in weur",
    "+ CORS of kinora-media: PUT from https://video.example.com",
    "+ Queue events-dead",
    '+ R2 token "kinora: parts of uploads" for objects of kinora-media',
    "+ Hostname video.example.com of the site",
    "+ First administrator ada@example.com, by a link that works once",
    "! Without mail nobody can sign up",
  ])
    expect(out).toContain(line);
  expect(new Set(requests)).toEqual(new Set(["GET Bearer only-for-tests"]));
}, 180_000);

test("--destroy with another name than that of the instance deletes nothing", async () => {
  const requests: string[] = [];
  const { error, code } = await deploy(["--destroy", "kinoro"], await accountApi(requests));
  expect([error.trim(), code]).toEqual(["Nothing was deleted: the instance is called kinora.", 1]);
  expect(new Set(requests)).toEqual(new Set(["GET Bearer only-for-tests"]));
}, 180_000);

test("without access to Cloudflare it says how to get it", async () => {
  const { out, error, code } = await deploy(["--plan"], {
    CLOUDFLARE_API_TOKEN: "",
    // No login of this computer counts.
    HOME: "/nonexistent",
    XDG_CONFIG_HOME: "/nonexistent",
    WRANGLER_HOME: "/nonexistent",
  });
  expect([out, code]).toEqual(["", 1]);
  expect(error).toMatch(/npx wrangler login.*CLOUDFLARE_API_TOKEN/);
}, 180_000);
