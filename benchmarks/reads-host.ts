import { join } from "node:path";
import { newId } from "../workers/domain/id.ts";
import { createDatabases, startProduct } from "../scripts/product/product-host.ts";

const PORT = Number(process.env["BENCH_PORT"] ?? 8745);
const ORIGIN = `http://localhost:${PORT}`;

/**
 * Starts the product behind counting databases (reads-worker.ts).
 * @param state an empty folder
 */
export async function startCountedWorker(state: string): Promise<{ stop: () => Promise<void> }> {
  await createDatabases(state);
  return startProduct({
    state,
    port: PORT,
    entrypoint: join(import.meta.dirname, "reads-worker.ts"),
    vars: {
      PUBLIC_ORIGIN: ORIGIN,
      SIGNUP: "open",
      SIGNUP_ROLE: "creator",
      MAX_STREAMS_PER_ACCOUNT: "1000",
    },
  });
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
