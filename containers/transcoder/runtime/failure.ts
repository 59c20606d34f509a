import { FAILURES, type FailureCode } from "../../../workers/domain/tasks/failures.ts";

/**
 * Ends a task with a code from `FAILURES`. `cause` and `log` are for the operator's log and are never shown to the
 * creator.
 */
export class TaskFailure extends Error {
  readonly code: FailureCode;
  readonly log: string;

  constructor(code: FailureCode, log = "", options: { cause?: unknown } = {}) {
    super(FAILURES[code].sentence, options);
    this.name = "TaskFailure";
    this.code = code;
    this.log = log;
  }

  get permanent(): boolean {
    return FAILURES[this.code].permanent;
  }
}
