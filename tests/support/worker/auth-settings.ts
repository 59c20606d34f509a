import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { app } from "../../../workers/app.ts";

const ORIGIN = "http://localhost:8788";

/** Calls the auth server like the site, with other settings. */
export function authWith(settings: Record<string, string>) {
  const changedEnv = { ...env, ...settings };
  return async (
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> => {
    const ctx = createExecutionContext();
    const init = {
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json", origin: ORIGIN, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await app.request(`${ORIGIN}/api/auth${path}`, init, changedEnv, ctx);
    await waitOnExecutionContext(ctx);
    return response;
  };
}
