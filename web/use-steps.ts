import { useLayoutEffect, useState } from "preact/hooks";

/** Resolves in a task of its own: before it, the browser can paint and react. */
export function nextTask(): Promise<unknown> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  if (scheduler?.yield) return scheduler.yield();
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
}

/**
 * Counts to `last`, one step per task, so that a component can mount its parts one by one. It does not wait for a frame per
 * step: the browser paints between two steps when a frame is due.
 * @param isStarted nothing happens before
 */
export function useSteps(isStarted: boolean, last: number): number {
  const [step, setStep] = useState(0);
  useLayoutEffect(() => {
    if (!isStarted || step >= last) return;
    let isWanted = true;
    void nextTask().then(() => isWanted && setStep(step + 1));
    return () => {
      isWanted = false;
    };
  }, [isStarted, step, last]);
  return step;
}
