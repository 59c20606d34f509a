import { passFor } from "./access-passes.ts";
import { AccessTokens } from "./access-token.ts";
import { ApiError, messageOf, readApiError } from "./api-error.ts";
import { takeFirstRequest } from "./first-request.ts";

const RETRY_AFTER_MS = 600;

/** Dispatches an event `failure` for each request that does not arrive. */
export const networkFailures = new EventTarget();

/** Like `fetch`, but a network failure becomes an `ApiError` too. An abort stays an abort. */
export async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  try {
    return await (takeFirstRequest(input, init) ?? fetch(input, init));
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    networkFailures.dispatchEvent(new Event("failure"));
    throw new ApiError(0, "offline", () => messageOf("offline"));
  }
}

/** For requests that change nothing: one retry when the server is unreachable or unavailable. */
async function sendWithRetry(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  const first = await send(input, init).catch((error: unknown) => {
    if (error instanceof ApiError) return null;
    throw error;
  });
  if (first && first.status !== 503) return first;
  await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
  return send(input, init);
}

async function fetchAccessToken(): Promise<string | null> {
  const response = await send("/api/auth/token", { credentials: "same-origin" });
  if (response.status === 401) return null;
  if (!response.ok) throw await readApiError(response);
  const { token } = (await response.json()) as { token: string };
  return token;
}

/** The tab's access tokens; `session.ts` clears them on sign-in and sign-out. */
export const accessTokens = new AccessTokens(fetchAccessToken);

/**
 * `fetch` for `/v1`: sends the bearer token of a signed-in account and no cookie. A token that the API refuses (its
 * key was rotated, the role changed) is replaced once.
 */
export async function authorizedFetch(
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> {
  const repeatable = (init?.method ?? "GET") === "GET";
  async function attempt(): Promise<Response> {
    const headers = new Headers(init?.headers);
    const token = await accessTokens.get();
    if (token) headers.set("authorization", `Bearer ${token}`);
    const pass = passFor(input);
    if (pass) headers.set("kinora-pass", pass);
    return (repeatable ? sendWithRetry : send)(input, { ...init, headers, credentials: "omit" });
  }
  const response = await attempt();
  if (response.status !== 401 || !accessTokens.signedIn) return response;
  accessTokens.drop();
  return attempt();
}
