/** The global variable in which the first script leaves its request for the code that loads later. */
interface Handover {
  firstRequest?: { key: string; response: Promise<Response> } | undefined;
}
const handover = globalThis as Handover;

/** Normalizes a URL with an empty query, with or without a question mark. */
const keyOf = (method: string, url: string): string =>
  `${method} ${new URL(url, location.href).href.replace(/\?$/, "")}`;

/**
 * Sends the first request that this page's code will send, before that code has loaded. It has no credentials: call it
 * for visitors without an account.
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

/** The response to a request if it is the one that was sent first; once, and only for a caller without credentials. */
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
