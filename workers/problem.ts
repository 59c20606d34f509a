import { AppError, ERRORS } from "./domain/errors.ts";
import type { Problem } from "./contract/problem.ts";

/**
 * The one place that turns a thrown value into a response (RFC 9457). What is not an AppError is logged
 * whole and shown as `internal`, so that nothing of the inside leaks.
 */
export function problemResponse(error: unknown, instance?: string): Response {
  const known = error instanceof AppError ? error : undefined;
  if (!known)
    console.error(
      JSON.stringify({
        level: "error",
        event: "unhandled",
        message: String(error),
        stack: (error as Error)?.stack,
      }),
    );
  const code = known?.code ?? "internal";
  const { status, title } = ERRORS[code];
  const body: Problem = {
    type: `https://kinora.dev/problems/${code}`,
    title,
    status,
    code,
    detail:
      known?.message ??
      "An unexpected error happened. Try again; if it stays, tell the operator the time and the address.",
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
