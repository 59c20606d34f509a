type FleetEnv = Pick<Env, "LOCAL_RUNNER_SECRET" | "MAX_RUNNERS" | "SLOTS_PER_RUNNER">;

/** Tasks that all containers of a deployment can work on at once. */
export function containerSlots(env: FleetEnv): number {
  return hasLocalRunners(env) ? 0 : Number(env.MAX_RUNNERS) * Number(env.SLOTS_PER_RUNNER);
}

/** Runners are processes on this computer, which are there already, instead of containers. */
export function hasLocalRunners(env: FleetEnv): boolean {
  // Missing where the settings of a deployment are from an earlier version.
  return Boolean(env.LOCAL_RUNNER_SECRET);
}

/** How many containers a number of tasks needs, at most `MAX_RUNNERS`. */
export function containersNeeded(env: FleetEnv, tasks: number): number {
  return Math.min(Number(env.MAX_RUNNERS), Math.ceil(tasks / Number(env.SLOTS_PER_RUNNER)));
}
