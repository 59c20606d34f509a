import { z } from "zod";
import type { Problem } from "../contract/problem.ts";
import { type ErrorCode, ERRORS } from "../domain/errors.ts";

/**
 * Calls whose errors are OAuth's own (RFC 6749 section 5.2, RFC 6750, RFC 7009, RFC 7591, RFC 7662): clients are
 * written to read these and nothing else.
 */
const OAUTH_PATHS = new Set(
  ["authorize", "token", "revoke", "introspect", "register", "userinfo"].map(
    (name) => `/oauth2/${name}`,
  ),
);

/** How the auth library says no: `code` and `message`, or in its OAuth pages `error` and `error_description`. */
const LibraryError = z
  .object({
    code: z.string(),
    message: z.string(),
    error: z.string(),
    error_description: z.string(),
  })
  .partial()
  .catch({});

/** The code of our own for a status, where the library names none. */
const CODES: Partial<Record<number, ErrorCode>> = {
  400: "invalid_request",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  409: "conflict",
  413: "payload_too_large",
  415: "unsupported_media_type",
  429: "rate_limited",
  503: "unavailable",
};

/** Of what it did not make out by itself, the library says 500: here the caller sent what does not verify. */
const CALLERS_FAULT = new Set(["FAILED_TO_VERIFY_REGISTRATION"]);

/**
 * An answer of the auth library as the API answers everywhere: errors become problem+json, their codes those of the
 * library in small letters. Cookies and other headers stay.
 * @param path below `/api/auth`
 */
export async function withProblems(response: Response, path: string): Promise<Response> {
  if (response.status < 400 || OAUTH_PATHS.has(path)) return response;
  const said = LibraryError.parse(await response.json().catch(() => ({})));
  const status = CALLERS_FAULT.has(said.code ?? "") ? 400 : response.status;
  const general = CODES[status] ?? (status < 500 ? "invalid_request" : "internal");
  const named = said.code === "VALIDATION_ERROR" ? undefined : (said.code ?? said.error);
  const code = named?.toLowerCase() ?? general;
  const problem: Problem = {
    type: `https://kinora.dev/problems/${code}`,
    title: ERRORS[general].title,
    status,
    code,
    detail: said.message ?? said.error_description ?? ERRORS[general].title,
  };
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.set("content-type", "application/problem+json");
  headers.set("cache-control", "no-store");
  const wait = headers.get("x-retry-after");
  if (wait !== null) headers.set("retry-after", wait);
  return Response.json(problem, { status, headers });
}
