import { AsyncLocalStorage } from "node:async_hooks";

/** The context of the current work. Every line of the log contains it. */
export interface Trace {
  /**
   * Id of the original request: it is passed on with queue messages and with tasks to runners, and returns with their
   * reports.
   */
  requestId: string;
  /** For people: `GET /v1/videos`, `queue events` or `cron upkeep`. Without tokens. */
  invocation: string;
}

const traces = new AsyncLocalStorage<Trace>();

/** Header of requests and of responses. Callers may choose the id, as a runner does for the task it works on. */
export const REQUEST_ID_HEADER = "x-request-id";
const REQUEST_ID = /^[\w-]{8,64}$/;

export function traced<T>(trace: Trace, run: () => T): T {
  return traces.run(trace, run);
}

export const currentTrace = (): Trace | undefined => traces.getStore();

export const newRequestId = (): string => crypto.randomUUID();

/** The caller's id if it is one, else a new one. */
export function requestIdOf(value: string | null | undefined): string {
  return value && REQUEST_ID.test(value) ? value : newRequestId();
}

/** Paths that contain a token, and the part that may be logged. */
const SECRET_PATHS = ["/media/", "/api/runner/storage/", "/api/auth/reset-password/"];

/** The path as it may be logged: without what follows where a token would be. */
export function loggablePath(pathname: string): string {
  const secret = SECRET_PATHS.find((prefix) => pathname.startsWith(prefix));
  return secret === undefined ? pathname : `${secret}…`;
}
