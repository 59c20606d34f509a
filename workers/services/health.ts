import type { HealthPart, PartHealth, Readiness } from "../contract/health.ts";
import { catalog } from "../db/client.ts";
import { hasLateMessages, hasNoRunner, pingCatalog, pingSearch } from "../db/health.ts";
import { statObject } from "../media/objects.ts";

export type HealthEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA" | "CLAIM_DESK">;

/** Load balancers probe often, and from many places. */
const CACHE_TTL_MS = 5000;
/** A part that does not respond within this time counts as unavailable. */
const TIMEOUT_CHECK_MS = 3000;
/** The cron gives messages to the queues every minute. */
const MAX_UNSENT_MS = 5 * 60_000;
/** A message is sent again after ten minutes, so this one failed twice. */
const MAX_UNHANDLED_MS = 30 * 60_000;
/** A container starts within seconds. */
const MAX_WITHOUT_RUNNER_MS = 5 * 60_000;

/** Without these, watching and uploading are impossible. */
const REQUIRED: readonly HealthPart[] = ["catalog", "storage"];

/** Each resolves to what is wrong, or null, and may throw. */
function checks(env: HealthEnv, now: number): Record<HealthPart, () => Promise<string | null>> {
  const db = catalog(env);
  return {
    catalog: () => pingCatalog(env).then(() => null),
    storage: () => statObject(env, "readiness").then(() => null),
    search: () => pingSearch(env).then(() => null),
    objects: () =>
      env.CLAIM_DESK.getByName("desk")
        .ping()
        .then(() => null),
    queues: async () =>
      (await hasLateMessages(db, now - MAX_UNSENT_MS, now - MAX_UNHANDLED_MS))
        ? "Messages wait too long: look for outbox.refused and event.failed in the log."
        : null,
    runners: async () =>
      (await hasNoRunner(db, now - MAX_WITHOUT_RUNNER_MS))
        ? "Videos wait, and no runner asks for work: look for runner.start-failed in the log."
        : null,
  };
}

async function check(part: HealthPart, run: () => Promise<string | null>): Promise<PartHealth> {
  const start = Date.now();
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => late.resolve(`It did not answer within ${TIMEOUT_CHECK_MS} ms.`),
    TIMEOUT_CHECK_MS,
  );
  const problem = await Promise.race([run(), late.promise]).catch((error: unknown) =>
    String(error instanceof Error ? (error.cause ?? error) : error),
  );
  clearTimeout(timer);
  const milliseconds = Date.now() - start;
  return {
    part,
    isReady: problem === null,
    milliseconds,
    ...(problem === null ? {} : { problem }),
  };
}

const lastOf = new WeakMap<HealthEnv, { until: number; readiness: Required<Readiness> }>();

/** Asks every part that the product depends on whether it answers; at most every five seconds in an isolate. */
export async function readiness(env: HealthEnv, now = Date.now()): Promise<Required<Readiness>> {
  const last = lastOf.get(env);
  if (last && now < last.until) return last.readiness;
  const parts = await Promise.all(
    Object.entries(checks(env, now)).map(([part, run]) => check(part as HealthPart, run)),
  );
  const failed = parts.filter(({ isReady }) => !isReady).map(({ part }) => part);
  const current = {
    status: failed.some((part) => REQUIRED.includes(part))
      ? ("unavailable" as const)
      : failed.length > 0
        ? ("degraded" as const)
        : ("ready" as const),
    checkedAt: new Date(now).toISOString(),
    parts,
  };
  lastOf.set(env, { until: now + CACHE_TTL_MS, readiness: current });
  return current;
}
