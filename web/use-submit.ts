import { useState } from "preact/hooks";
import { ApiError } from "./api-error.ts";

/**
 * Runs what a form or a button asks for: not twice at once, and a refusal becomes the sentence to show.
 * @param work gets the argument of `run`
 */
export function useSubmit<T = void>(
  work: (argument: T) => Promise<void>,
): {
  run: (argument: T) => void;
  /** The same for a form without an argument. */
  submit: (event: Event) => void;
  busy: boolean;
  error: ApiError | null;
} {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const run = (argument: T) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    work(argument)
      .catch((reason: unknown) => {
        if (!(reason instanceof ApiError)) throw reason;
        setError(reason);
      })
      .finally(() => setBusy(false));
  };
  return {
    run,
    submit: (event) => {
      event.preventDefault();
      run(undefined as T);
    },
    busy,
    error,
  };
}
