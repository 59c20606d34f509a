import type { Problem } from "../workers/contract/problem.ts";
import { AccessTokens } from "./access-token.ts";
import { ApiError } from "./api-error.ts";

const isProblem = (body: unknown): body is Problem =>
  typeof body === "object" && body !== null && "code" in body && "detail" in body;

/** Turns an answer that is not 2xx into an `ApiError`, also when a proxy in between wrote it. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  if (isProblem(body)) return new ApiError(response.status, body.code, body.detail, body.errors);
  const sentence =
    response.status >= 500
      ? "The server does not answer as it should. Try again in a moment."
      : `The server refused this (${response.status}).`;
  return new ApiError(response.status, "unexpected_answer", sentence);
}

/** Like `fetch`, but a network that fails is an `ApiError` too; an abort stays an abort. */
export async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new ApiError(0, "offline", "The server cannot be reached. Check your connection.");
  }
}

const RETRY_AFTER_MS = 600;

/** For requests that change nothing: a server that is away for a moment is asked once more. */
async function sendTwice(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
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
  if (!response.ok) throw await errorOf(response);
  const { token } = (await response.json()) as { token: string };
  return token;
}

/** The tab's access tokens; `session.ts` clears them on sign-in and sign-out. */
export const accessTokens = new AccessTokens(fetchAccessToken);

/**
 * `fetch` for `/v1`: sends the bearer token of a signed-in user and no cookie. A token that the API
 * calls invalid (its key was rotated, the role changed) is fetched anew once.
 */
export async function authorizedFetch(
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> {
  const repeatable = (init?.method ?? "GET") === "GET";
  const attempt = async (): Promise<Response> => {
    const headers = new Headers(init?.headers);
    const token = await accessTokens.get();
    if (token) headers.set("authorization", `Bearer ${token}`);
    return (repeatable ? sendTwice : send)(input, { ...init, headers, credentials: "omit" });
  };
  const response = await attempt();
  if (response.status !== 401 || !accessTokens.signedIn) return response;
  accessTokens.drop();
  return attempt();
}
