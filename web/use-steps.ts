import { useLayoutEffect, useState } from "preact/hooks";
import { nextTask } from "./next-task.ts";

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
