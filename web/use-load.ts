import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, toApiError } from "./api-error.ts";

export interface Loaded<T> {
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  reload: () => void;
  /** Replaces the data after a change that is already known here. */
  set: (data: T) => void;
}

/**
 * Loads on mount and whenever a dependency changes; the answer to an older question never replaces that
 * to a newer one. The former data stays while the next is on its way.
 */
export function useLoad<T>(
  load: (signal: AbortSignal) => Promise<T>,
  dependencies: readonly unknown[],
): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: ApiError; loading: boolean }>({
    loading: true,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    const abort = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    latest.current(abort.signal).then(
      (data) => !abort.signal.aborted && setState({ data, loading: false }),
      (error: unknown) =>
        !abort.signal.aborted && setState({ error: toApiError(error), loading: false }),
    );
    return () => abort.abort();
  }, [turn, ...dependencies]);

  return {
    data: state.data,
    error: state.error,
    loading: state.loading,
    reload: useCallback(() => setTurn((count) => count + 1), []),
    set: useCallback((data: T) => setState({ data, loading: false }), []),
  };
}

/**
 * Calls `poll` while `active`, at first every `interval` milliseconds, then ever more slowly up to ten
 * times that; anything in `dependencies` that changes brings the quick pace back. Pauses in hidden tabs.
 */
export function usePolling(
  poll: () => Promise<unknown>,
  active: boolean,
  interval: number,
  dependencies: readonly unknown[] = [],
): void {
  const latest = useRef(poll);
  latest.current = poll;
  useEffect(() => {
    if (!active) return;
    let wait = interval;
    let stopped = false;
    const turn = async () => {
      // A poll that failed is as good as one that found nothing new.
      if (!document.hidden) await latest.current().catch(() => undefined);
      wait = Math.min(wait * 1.15, interval * 10);
      if (!stopped) timer = setTimeout(() => void turn(), wait);
    };
    let timer = setTimeout(() => void turn(), wait);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [active, interval, ...dependencies]);
}

/** Waits, so that a `useLoad` which is asked anew with every keystroke asks the server only at rest. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
