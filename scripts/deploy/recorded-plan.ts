import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ROOT } from "../dev/settings.ts";
import { emptyAccount, INSTANCE } from "./accounts.fixture.ts";
import { answerAs, operationOf } from "./recorded-api.ts";

/** The settings with which a recording is made. */
const SETTINGS = {
  name: INSTANCE.name,
  domain: INSTANCE.domain,
  region: INSTANCE.region,
  admin: INSTANCE.admin,
  "mail-endpoint": INSTANCE.mailEndpoint,
  "mail-from": INSTANCE.mailFrom,
};

const flags = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);

/** Runs the command, as `npm run deploy -- …`. An instance saved on this computer is ignored. */
export async function runDeploy(args: readonly string[], env: Readonly<Record<string, string>>) {
  const script = join(ROOT, "scripts/deploy.ts");
  const child = spawn(process.execPath, ["--no-warnings", script, ...flags(SETTINGS), ...args], {
    env: {
      ...process.env,
      ...{ CI: "1", WRANGLER_SEND_METRICS: "false" },
      ...{ KINORA_DEPLOY_ACCOUNT: "", KINORA_DEPLOY_UPLOADS: INSTANCE.uploads },
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { out, error, code: code as number };
}

/** An address that responds like Cloudflare's API for an account without a deployment. */
export async function emptyAccountApi() {
  /** Each requested operation, with its authorization. */
  const asked: { operation: string; authorization: string | undefined }[] = [];
  const api = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const operation = operationOf(request.method ?? "", url);
    asked.push({ operation, authorization: request.headers.authorization });
    const answer = answerAs(emptyAccount(), { operation, url, body: {} });
    response.writeHead(answer.status, { "content-type": "application/json" });
    void answer.text().then((body) => response.end(body));
  }).listen(0, "localhost");
  await once(api, "listening");
  const { port } = api.address() as AddressInfo;
  return {
    asked,
    /** Directs a command to it. */
    env: {
      CLOUDFLARE_API_TOKEN: "only-for-tests",
      CLOUDFLARE_BASE_URL: `http://localhost:${port}`,
    },
    close: () => void api.close(),
  };
}

const inQuotes = (value: string): string => (/[\s<>]/.test(value) ? `"${value}"` : value);

/** `npm run deploy -- --plan` with the responses of an empty account: the command, its output and its API calls. */
export async function recordPlan(): Promise<string> {
  const api = await emptyAccountApi();
  const { out, error, code } = await runDeploy(["--plan"], api.env);
  api.close();
  if (code !== 0) throw new Error(`The plan failed: ${error}`);
  const options = Object.entries(SETTINGS).map(([name, value]) => `--${name} ${inQuotes(value)}`);
  const operations = [...new Set(api.asked.map(({ operation }) => operation))].toSorted();
  return [
    "Recorded by `npm run deploy:record` on answers of Cloudflare's API for an account in which nothing was",
    "deployed (scripts/deploy/recorded-api.ts). A test compares it with what the command prints, except for the",
    "migrations, whose number grows.",
    "",
    `$ npm run deploy -- --plan ${options.join(" \\\n    ")}`,
    "",
    out.trimEnd(),
    "",
    "What it asked Cloudflare's API meanwhile, all of which only reads:",
    ...operations.map((operation) => `  ${operation}`),
    "",
  ].join("\n");
}
