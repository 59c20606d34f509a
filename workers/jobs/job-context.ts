import { type Catalog, catalog } from "../db/client.ts";
import type { ClaimRequest } from "../contract/runner-api.ts";
import type { RunnerKind } from "../contract/runners.ts";
import type { ClaimedRow } from "../db/transcoding/claim.ts";
import { regionOf } from "../domain/region.ts";
import { count } from "../count.ts";

/** The environment of the jobs. Simulations and tests provide their own. */
export interface JobContext {
  env: Env;
  db: Catalog;
  /** Starts a container, if it is not running. */
  wake: (runner: string) => Promise<void>;
  /** Tells the desk, where runners wait, that there is new work. */
  ringDesk: () => Promise<void>;
}

/**
 * What a runner gets: a task, with a flag that all other slots of the fleet are busy, or `wait` with the time after
 * which the caller answers the runner.
 */
export type DeskAnswer =
  | { type: "task"; task: ClaimedRow; isBusy: boolean }
  | { type: "wait"; pauseMs: number }
  | { type: "exit"; reason: string };

/** Where runners wait for work (claim-desk.ts); for a deployment it is one Durable Object. */
export interface ClaimQueue {
  ask: (kind: RunnerKind, claim: ClaimRequest) => Promise<DeskAnswer>;
  leave: (runner: string) => Promise<void>;
}

/** The environment of the runner API. */
export interface RunnerContext extends JobContext {
  desk: ClaimQueue;
  /** Lets work continue after the response to a runner; the work handles its own errors. */
  defer: (work: Promise<void>) => void;
}

/** Enough for jobs that compare and remove stored objects. */
export type StorageContext = Pick<JobContext, "env" | "db">;

function deskOf(env: Env) {
  const locationHint = regionOf(env);
  return env.CLAIM_DESK.getByName("desk", locationHint && { locationHint });
}

export function createJobContext(env: Env): JobContext {
  const locationHint = regionOf(env);
  return {
    env,
    db: catalog(env),
    wake: (runner) => {
      count("object.requests", { object: "runner" });
      return env.RUNNER.getByName(runner, locationHint && { locationHint }).wake(runner);
    },
    ringDesk: async () => {
      count("object.requests", { object: "desk" });
      await deskOf(env).ring();
    },
  };
}

export function createRunnerContext(
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
): RunnerContext {
  const desk = deskOf(env);
  return {
    ...createJobContext(env),
    desk: {
      // The types of RPC make a list of a pair.
      ask: async (kind, claim) => {
        count("object.requests", { object: "desk" });
        return (await desk.ask(kind, claim)) as DeskAnswer;
      },
      leave: (runner) => {
        count("object.requests", { object: "desk" });
        return desk.leave(runner);
      },
    },
    defer: (work) => ctx.waitUntil(work),
  };
}
