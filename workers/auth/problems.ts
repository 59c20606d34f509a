import { z } from "zod";
import type { Problem } from "../contract/problem.ts";
import { type ErrorCode, ERRORS } from "../domain/errors.ts";
import { currentTrace, newRequestId } from "../trace.ts";

/**
 * Endpoints whose errors have OAuth's own format (RFC 6749, section 5.2; RFC 6750, RFC 7009, RFC 7591, RFC 7662), which is what
 * OAuth clients expect.
 */
const OAUTH_PATHS = new Set(
  ["authorize", "token", "revoke", "introspect", "register", "userinfo"].map(
    (name) => `/oauth2/${name}`,
  ),
);

/** Errors of the auth library: `code` and `message`, or from its OAuth endpoints `error` and `error_description`. */
const LibraryError = z
  .object({
    code: z.string(),
    message: z.string(),
    error: z.string(),
    error_description: z.string(),
  })
  .partial()
  .catch({});

/** Our code for a status, for errors without a code of the library. */
const CODE_OF_STATUS: Partial<Record<number, ErrorCode>> = {
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

/** Errors for which the library answers 500 although the request was wrong. */
const CLIENT_ERRORS = new Set(["FAILED_TO_VERIFY_REGISTRATION"]);

/**
 * Turns an error response of the auth library into problem+json. The code is the library's code in lower case. Cookies and
 * other headers are kept.
 * @param path below `/api/auth`
 */
export async function withProblems(response: Response, path: string): Promise<Response> {
  if (response.status < 400 || OAUTH_PATHS.has(path)) return response;
  const error = LibraryError.parse(await response.json().catch(() => ({})));
  const status = CLIENT_ERRORS.has(error.code ?? "") ? 400 : response.status;
  const generalCode = CODE_OF_STATUS[status] ?? (status < 500 ? "invalid_request" : "internal");
  const libraryCode = error.code === "VALIDATION_ERROR" ? undefined : (error.code ?? error.error);
  const code = libraryCode?.toLowerCase() ?? generalCode;
  const problem: Problem = {
    type: `https://kinora.dev/problems/${code}`,
    title: ERRORS[generalCode].title,
    status,
    code,
    requestId: currentTrace()?.requestId ?? newRequestId(),
    detail: error.message ?? error.error_description ?? ERRORS[generalCode].title,
  };
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.set("content-type", "application/problem+json");
  headers.set("cache-control", "no-store");
  const retryAfter = headers.get("x-retry-after");
  if (retryAfter !== null) headers.set("retry-after", retryAfter);
  return Response.json(problem, { status, headers });
}
