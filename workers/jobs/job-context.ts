import { type Catalog, catalog } from "../db/client.ts";
import { regionOf } from "../domain/region.ts";

/** What the jobs work with. Simulations and tests bring their own. */
export interface JobContext {
  env: Env;
  db: Catalog;
  /** Has a container run, if it does not already. */
  wake: (runner: string) => Promise<void>;
}

/** What the runner API works with. */
export interface RunnerContext extends JobContext {
  /** Lets work go on after the answer to a runner; it handles its own errors. */
  defer: (work: Promise<void>) => void;
}

/** Enough for jobs that compare and remove stored objects. */
export type StorageContext = Pick<JobContext, "env" | "db">;

export function createJobContext(env: Env): JobContext {
  const locationHint = regionOf(env);
  return {
    env,
    db: catalog(env),
    wake: (runner) => env.RUNNER.getByName(runner, locationHint && { locationHint }).wake(runner),
  };
}

export function createRunnerContext(
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
): RunnerContext {
  return { ...createJobContext(env), defer: (work) => ctx.waitUntil(work) };
}
