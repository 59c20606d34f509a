import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type ApiError, toApiError } from "./api-error.ts";
import { whenBack } from "./offline.ts";
import { entryKey, loadName, recall, remember } from "./page-memory.ts";

const POLL_BACKOFF = 1.15;
const MAX_POLL_SLOWDOWN = 10;

export interface Loaded<T> {
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  reload: () => void;
  /** Replaces the data after a change made by the page itself. */
  set: (data: T) => void;
}

/**
 * Loads on mount and whenever a dependency changes. A superseded request never replaces the data of a newer one. The
 * old data stays while the new data loads. What failed without a network is loaded again with one.
 * @param name keeps the data for when the viewer comes back to this history entry, where it is shown without loading; so is what
 *   was asked for before there was a page (early-feed.ts, early-search.ts)
 */
export function useLoad<T>(
  load: (signal: AbortSignal) => Promise<T>,
  dependencies: readonly unknown[],
  name?: string,
): Loaded<T> {
  const memoryName = name && loadName(name, dependencies);
  const [state, setState] = useState<{ data?: T; error?: ApiError; loading: boolean }>(() => {
    const data = memoryName ? recall<T>(entryKey(), memoryName) : undefined;
    return data === undefined ? { loading: true } : { data, loading: false };
  });
  const [reloads, setReloads] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  // The request does not wait for the next frame.
  useLayoutEffect(() => {
    const entry = entryKey();
    const remembered = memoryName && reloads === 0 ? recall<T>(entry, memoryName) : undefined;
    if (remembered !== undefined) {
      setState((before) =>
        before.data === remembered && !before.loading
          ? before
          : { data: remembered, loading: false },
      );
      return;
    }
    const abort = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    latest.current(abort.signal).then(
      (data) => {
        if (abort.signal.aborted) return;
        if (memoryName) remember(entry, memoryName, data);
        setState({ data, loading: false });
      },
      (error: unknown) =>
        !abort.signal.aborted && setState({ error: toApiError(error), loading: false }),
    );
    return () => abort.abort();
  }, [reloads, ...dependencies]);

  const reload = useCallback(() => setReloads((count) => count + 1), []);
  const isUnreachable = state.error?.code === "offline";
  useEffect(() => {
    if (!isUnreachable) return;
    return whenBack(reload);
  }, [isUnreachable]);

  return {
    data: state.data,
    error: state.error,
    loading: state.loading,
    reload,
    set: useCallback(
      (data: T) => {
        if (memoryName) remember(entryKey(), memoryName, data);
        setState({ data, loading: false });
      },
      [memoryName],
    ),
  };
}

/**
 * Calls `poll` while `active`: at first every `intervalMs`, then more and more slowly, up to ten times that. A change in
 * `dependencies` resets the interval. Hidden tabs do not poll.
 */
export function usePolling(
  poll: () => Promise<unknown>,
  active: boolean,
  intervalMs: number,
  dependencies: readonly unknown[] = [],
): void {
  const latest = useRef(poll);
  latest.current = poll;
  useEffect(() => {
    if (!active) return;
    let waitMs = intervalMs;
    let stopped = false;
    async function turn(): Promise<void> {
      // A failed poll counts as one without news: the next one follows.
      if (!document.hidden) await latest.current().catch(() => undefined);
      waitMs = Math.min(waitMs * POLL_BACKOFF, intervalMs * MAX_POLL_SLOWDOWN);
      if (!stopped) timer = setTimeout(() => void turn(), waitMs);
    }
    let timer = setTimeout(() => void turn(), waitMs);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [active, intervalMs, ...dependencies]);
}

/** Waits inside a `useLoad` that reloads on every keystroke, so that only a pause in typing reaches the server. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
