import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";
import type { Role } from "../../../workers/contract/accounts.ts";
import { newId } from "../../../workers/domain/id.ts";

export interface TestAccount {
  userId: string;
  email: string;
  password: string;
  /** The session as a Cookie header. */
  cookie: string;
  token: string;
  /** Headers of a call to /v1 as this account. */
  headers: { authorization: string };
}

const ORIGIN = "http://localhost:8788";

/** Calls better-auth through the Worker like the site: same origin, JSON. */
export function authFetch(
  path: string,
  init: { body?: unknown; cookie?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}/api/auth${path}`, {
    method: init.body === undefined ? "GET" : "POST",
    redirect: "manual",
    headers: {
      origin: ORIGIN,
      ...(init.body === undefined ? {} : { "content-type": "application/json" }),
      ...(init.cookie ? { cookie: init.cookie } : {}),
      ...init.headers,
    },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
}

/** The cookies of a response as a Cookie header. */
export const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

/** An access token for the session, from `GET /api/auth/token`. */
export async function accessToken(cookie: string): Promise<string> {
  const response = await authFetch("/token", { cookie });
  expect(response.status).toBe(200);
  return (await response.json<{ token: string }>()).token;
}

/** Signs up an account, sets its role in the database and signs it in. */
export async function signUp(role: Role): Promise<TestAccount> {
  const email = `${newId().toLowerCase()}@example.com`;
  const password = `pass-${newId()}`;
  const response = await authFetch("/sign-up/email", {
    body: { name: "Test Account", email, password },
  });
  expect(response.status).toBe(200);
  const cookie = cookiesOf(response);
  const { user } = await response.json<{ user: { id: string } }>();
  await env.CATALOG.prepare("UPDATE user SET role = ? WHERE id = ?").bind(role, user.id).run();
  const token = await accessToken(cookie);
  return {
    userId: user.id,
    email,
    password,
    cookie,
    token,
    headers: { authorization: `Bearer ${token}` },
  };
}
