import { useState } from "preact/hooks";
import { type ApiError, toApiError } from "./api-error.ts";
import { fieldErrorsOf } from "./field-message.ts";

type Outcome = { state: "idle" | "busy" | "done" } | { state: "failed"; error: ApiError };

export interface Submission<T> {
  run: (argument: T) => void;
  /** `onSubmit` of a form without an argument. */
  submit: (event: Event) => void;
  busy: boolean;
  /** The last run succeeded. */
  done: boolean;
  error: ApiError | null;
  /** The server's messages about single inputs, by name. */
  fieldErrors: Record<string, string>;
  /**
   * Clears the outcome of the last run: `onInput` of a form that says "Saved". Checkboxes and selects of such a form
   * must listen to `input` as well: this renders the form before `change`, which would find the old value.
   */
  reset: () => void;
}

/**
 * Runs the action of a form or a button, one run at a time, and keeps its outcome for the screen.
 * @param action receives the argument of `run`
 */
export function useSubmit<T = void>(action: (argument: T) => Promise<unknown>): Submission<T> {
  const [outcome, setOutcome] = useState<Outcome>({ state: "idle" });
  const busy = outcome.state === "busy";
  const error = outcome.state === "failed" ? outcome.error : null;

  function run(argument: T): void {
    if (busy) return;
    setOutcome({ state: "busy" });
    action(argument).then(
      () => setOutcome({ state: "done" }),
      (reason: unknown) => setOutcome({ state: "failed", error: toApiError(reason) }),
    );
  }
  function submit(event: Event): void {
    event.preventDefault();
    run(undefined as T);
  }
  function reset(): void {
    setOutcome((before) =>
      before.state === "done" || before.state === "failed" ? { state: "idle" } : before,
    );
  }
  return {
    run,
    submit,
    busy,
    done: outcome.state === "done",
    error,
    fieldErrors: fieldErrorsOf(error),
    reset,
  };
}
