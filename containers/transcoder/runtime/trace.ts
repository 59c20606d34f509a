import { AsyncLocalStorage } from "node:async_hooks";

const requestIds = new AsyncLocalStorage<string | undefined>();

/**
 * Runs a task on behalf of the request that started its transcode: its log lines and calls to the Worker contain the
 * request's id.
 * @param requestId undefined for a task from before the update
 */
export function onBehalfOf<T>(requestId: string | undefined, run: () => T): T {
  return requestIds.run(requestId, run);
}

export const currentRequestId = (): string | undefined => requestIds.getStore();

/** Headers for a call to the Worker. */
export function traceHeaders(): Record<string, string> {
  const requestId = currentRequestId();
  return requestId === undefined ? {} : { "x-request-id": requestId };
}
