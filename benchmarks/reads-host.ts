import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unstable_startWorker as startWorker } from "wrangler";
import { localS3 } from "../scripts/dev/dev-vars.ts";
import { newId } from "../workers/domain/id.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const PORT = Number(process.env["BENCH_PORT"] ?? 8745);
const ORIGIN = `http://localhost:${PORT}`;
const SECRET = "only-for-the-benchmark-only-for-the-benchmark";

const plainText = (value: string) => ({ type: "plain_text" as const, value });

/**
 * Starts the product behind counting databases (reads-worker.ts).
 * @param state an empty folder
 */
export async function startCountedWorker(state: string): Promise<{ stop: () => Promise<void> }> {
  for (const database of ["kinora-catalog", "kinora-search"])
    execFileSync(
      join(ROOT, "node_modules/.bin/wrangler"),
      ["d1", "migrations", "apply", database, "--local", "--persist-to", state],
      { cwd: ROOT, stdio: "ignore", env: { ...process.env, CI: "1" } },
    );
  // The migrations are done; wrangler's build hook must not prepare the state of `wrangler dev`.
  process.env["KINORA_PREPARED"] = "true";
  const worker = await startWorker({
    config: join(ROOT, "wrangler.toml"),
    entrypoint: join(ROOT, "benchmarks/reads-worker.ts"),
    bindings: {
      PUBLIC_ORIGIN: plainText(ORIGIN),
      SIGNUP: plainText("open"),
      SIGNUP_ROLE: plainText("creator"),
      MAX_STREAMS_PER_ACCOUNT: plainText("1000"),
      MAX_RUNNERS: plainText("0"),
      S3_ENDPOINT: plainText(localS3(PORT)),
      S3_ACCESS_KEY_ID: plainText("kinora-local"),
      S3_SECRET_ACCESS_KEY: plainText("kinora-local-secret"),
      BETTER_AUTH_SECRET: plainText(SECRET),
      PLAYBACK_TOKEN_SECRETS: plainText(SECRET),
      CONTENT_KEY_SECRETS: plainText(SECRET),
      TASK_SECRET: plainText(SECRET),
    },
    dev: {
      persist: state,
      server: { port: PORT },
      inspector: false,
      logLevel: "none",
      watch: false,
    },
  });
  await worker.ready;
  return { stop: () => worker.dispose() };
}

/** Calls a control of reads-worker.ts. */
export async function control<T>(name: string, body: unknown = null): Promise<T> {
  const response = await fetch(`${ORIGIN}/bench/${name}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`/bench/${name}: ${await response.text()}`);
  return (await response.json()) as T;
}

export type Headers = Record<string, string>;

export async function request(
  method: string,
  path: string,
  headers: Headers,
  body?: unknown,
): Promise<Response> {
  const response = await fetch(new URL(path, ORIGIN), {
    method,
    headers: {
      ...headers,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

export const json = async <T>(response: Promise<Response>): Promise<T> =>
  (await (await response).json()) as T;
export const drain = async (response: Promise<Response>): Promise<void> =>
  void (await (await response).arrayBuffer());

/** An account, with the cookie of its session and an access token. */
export async function signUp(): Promise<{ headers: Headers; cookie: string; id: string }> {
  const response = await request(
    "POST",
    "/api/auth/sign-up/email",
    { origin: ORIGIN },
    {
      name: "Ada",
      email: `${newId().toLowerCase()}@example.com`,
      password: "nine quiet harbour lamps",
    },
  );
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  const { user } = (await response.json()) as { user: { id: string } };
  const { token } = await json<{ token: string }>(request("GET", "/api/auth/token", { cookie }));
  return { headers: { authorization: `Bearer ${token}` }, cookie, id: user.id };
}
