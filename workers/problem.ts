import type { Problem } from "./contract/problem.ts";
import { AppError, ERRORS } from "./domain/errors.ts";
import { log } from "./log.ts";

/**
 * The one place that turns a thrown value into a response (RFC 9457). Anything but an AppError is logged with its stack and
 * shown as `internal`, so that no detail leaks.
 * @param instance path of the request
 */
export function problemResponse(error: unknown, instance?: string): Response {
  const known = error instanceof AppError ? error : undefined;
  if (!known) log("request.failed", { error: String(error), stack: (error as Error)?.stack });
  const code = known?.code ?? "internal";
  const { status, title } = ERRORS[code];
  const body: Problem = {
    type: `https://kinora.dev/problems/${code}`,
    title,
    status,
    code,
    detail:
      known?.message ??
      "An unexpected error occurred. Try again. If it happens again, tell the operator when it happened and on which page.",
    ...(instance ? { instance } : {}),
    ...(known?.fields ? { errors: known.fields } : {}),
  };
  return Response.json(body, {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...known?.headers,
    },
  });
}
