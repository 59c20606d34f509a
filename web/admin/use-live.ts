import { useEffect, useRef } from "preact/hooks";
import { type Loaded, useLoad } from "../use-load.ts";

const INTERVAL_MS = 4000;

/**
 * Loads like `useLoad`, and again every few seconds while the page is visible; at once when it becomes visible again.
 * If a later load fails, the earlier data stays.
 */
export function useLive<T>(
  load: (signal: AbortSignal) => Promise<T>,
  dependencies: readonly unknown[],
): Loaded<T> {
  const loaded = useLoad(load, dependencies);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    function plan(): void {
      clearTimeout(timer);
      if (!abort.signal.aborted && !document.hidden)
        timer = setTimeout(() => void turn(), INTERVAL_MS);
    }
    async function turn(): Promise<void> {
      await latest.current(abort.signal).then(
        (data) => {
          if (!abort.signal.aborted) loaded.set(data);
        },
        () => undefined,
      );
      plan();
    }
    const onVisibility = () => (document.hidden ? clearTimeout(timer) : void turn());
    document.addEventListener("visibilitychange", onVisibility);
    plan();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, dependencies);
  return loaded;
}
