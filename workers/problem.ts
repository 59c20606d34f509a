import type { Problem } from "./contract/problem.ts";
import { AppError, ERRORS } from "./domain/errors.ts";
import { log } from "./log.ts";
import { currentTrace, newRequestId, REQUEST_ID_HEADER, traced } from "./trace.ts";

/**
 * The one place that turns a thrown value into a response (RFC 9457). Anything but an AppError is logged with its stack and
 * shown as `internal`, so that no detail leaks. The response names the request by the id that its lines in the log have.
 * @param instance path of the request
 */
export function problemResponse(error: unknown, instance?: string): Response {
  const trace = currentTrace() ?? { requestId: newRequestId(), invocation: instance ?? "request" };
  const known = error instanceof AppError ? error : undefined;
  const code = known?.code ?? "internal";
  const { status, title } = ERRORS[code];
  traced(trace, () => logRefusal(error, known, status));
  const body: Problem = {
    type: `https://kinora.dev/problems/${code}`,
    title,
    status,
    code,
    requestId: trace.requestId,
    detail:
      known?.message ??
      `An unexpected error occurred. Try again. If it happens again, give the operator this number: ${trace.requestId}`,
    ...(instance ? { instance } : {}),
    ...(known?.fields ? { errors: known.fields } : {}),
  };
  return Response.json(body, {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      [REQUEST_ID_HEADER]: trace.requestId,
      ...known?.headers,
    },
  });
}

function logRefusal(error: unknown, known: AppError | undefined, status: number): void {
  if (!known)
    log("request.failed", {
      code: "internal",
      error,
      stack: error instanceof Error ? placesOf(error) : undefined,
    });
  else if (status === 429) log("request.limited", { code: known.code });
  else if (status >= 500)
    log("request.unavailable", {
      code: known.code,
      error: known.cause,
    });
}

/** Where an error came from. The message that precedes it in a stack may contain user input. */
function placesOf({ stack = "" }: Error): string {
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .join("\n");
}
