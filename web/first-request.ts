/** The global in which the first script leaves its request for the code that arrives later. */
interface Handover {
  firstRequest?: { key: string; response: Promise<Response> } | undefined;
}
const handover = globalThis as Handover;

/** Whether an empty query has its mark or not. */
const keyOf = (method: string, url: string): string =>
  `${method} ${new URL(url, location.href).href.replace(/\?$/, "")}`;

/**
 * Sends the request that the code of this page will send first, before that code has arrived. It has no credentials:
 * call it for visitors without an account.
 * @returns the response; clone it before reading its body
 */
export function sendFirstRequest(method: "GET" | "POST", path: string): Promise<Response> {
  const body =
    method === "POST" ? { headers: { "content-type": "application/json" }, body: "{}" } : {};
  const response = fetch(path, { method, credentials: "omit", ...body });
  // The caller that takes it handles the failure.
  response.catch(() => undefined);
  handover.firstRequest = { key: keyOf(method, path), response };
  return response;
}

/** The answer to a request if it is the one that was sent first; once, and for a caller who has nothing to show. */
export function takeFirstRequest(
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> | undefined {
  const first = handover.firstRequest;
  if (!first || input instanceof Request) return undefined;
  if (first.key !== keyOf(init?.method ?? "GET", String(input))) return undefined;
  handover.firstRequest = undefined;
  const headers = new Headers(init?.headers);
  return headers.has("authorization") || headers.has("kinora-pass") ? undefined : first.response;
}
