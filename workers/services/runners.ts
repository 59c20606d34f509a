import { noteAct } from "../audit-note.ts";
import type { Runner, RunnerList, RunnerToken, RunnerTokenCreated } from "../contract/runners.ts";
import { catalog } from "../db/client.ts";
import { heldCreators } from "../db/encode-usage.ts";
import {
  deleteRunnerToken,
  findRunnerToken,
  insertRunnerToken,
  listRunnerTokens,
  remoteRunnerId,
  type RunnerTokenRow,
} from "../db/runner-tokens.ts";
import {
  findRunner,
  liftQuarantine,
  listRunners,
  quarantineOf,
  type RunnerRow,
  runnersById,
} from "../db/runners.ts";
import { authorizeResource } from "../domain/access.ts";
import { encodeBudgetMs } from "../domain/tasks/encode-budget.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { hashSecret, newRunnerToken } from "../domain/secret.ts";

type RunnerEnv = Pick<Env, "CATALOG">;

const MAX_HELD_CREATORS = 100;

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

function presentRunner(row: RunnerRow, now: number): Runner {
  const { id, kind, version, capabilities, slots, tasksDone, faults } = row;
  const quarantine = quarantineOf(row, now);
  return {
    ...{ id, kind, version, capabilities, slots, tasksDone },
    consecutiveFailures: faults.length,
    firstSeenAt: iso(row.firstSeenAt),
    lastSeenAt: iso(row.lastSeenAt),
    quarantine: quarantine && {
      since: iso(quarantine.since),
      until: iso(quarantine.until),
      reason: quarantine.reason,
    },
  };
}

function presentRunnerToken(row: RunnerTokenRow, runner: Runner | null): RunnerToken {
  const { id, name, hint, createdAt } = row;
  return { id, name, hint, createdAt: iso(createdAt), runner };
}

/** Every runner of the site, the last seen first, and the creators whose tasks get none of them today. */
export async function allRunners(env: RunnerEnv): Promise<RunnerList> {
  const now = Date.now();
  const db = catalog(env);
  const [rows, held] = await Promise.all([
    listRunners(db),
    heldCreators(db, now, MAX_HELD_CREATORS),
  ]);
  return {
    items: rows.map((row) => presentRunner(row, now)),
    heldCreators: held.map(({ ownerId, milliseconds, heldUntil }) => ({
      id: ownerId,
      minutes: Math.round(milliseconds / 60_000),
      until: iso(heldUntil ?? now),
    })),
  };
}

/** Lets a runner have tasks again at once. @throws AppError not_found */
export async function endQuarantine(
  env: RunnerEnv,
  principal: Principal,
  id: string,
): Promise<void> {
  const db = catalog(env);
  const row = await findRunner(db, id);
  authorizeResource(principal, "runners.lift-quarantine", row && SITE, "runner");
  noteAct({ before: row && { quarantine: quarantineOf(row, Date.now()) } });
  await liftQuarantine(db, id);
}

/** Runners and their tokens belong to the site, so only its operators can see them. */
const SITE = { ownerId: "", visible: false };

/** Every token of a remote runner with what has used it, the newest first. */
export async function allRunnerTokens(env: RunnerEnv): Promise<RunnerToken[]> {
  const now = Date.now();
  const db = catalog(env);
  const tokens = await listRunnerTokens(db);
  const rows = await runnersById(
    db,
    tokens.map(({ id }) => remoteRunnerId(id)),
  );
  const runners = new Map(rows.map((row) => [row.id, presentRunner(row, now)]));
  return tokens.map((row) => presentRunnerToken(row, runners.get(remoteRunnerId(row.id)) ?? null));
}

/** @throws AppError limit_reached */
export async function issueRunnerToken(
  env: RunnerEnv,
  principal: Principal,
  name: string,
): Promise<RunnerTokenCreated> {
  const token = newRunnerToken();
  const row = {
    id: newId(),
    name,
    hint: token.slice(-4),
    hash: await hashSecret(token),
    createdBy: signedIn(principal).userId,
    createdAt: Date.now(),
  };
  if (!(await insertRunnerToken(catalog(env), row)))
    throw new AppError(
      "limit_reached",
      `A site can have ${LIMITS.runnerTokens} runner tokens. Revoke one you no longer use.`,
    );
  return { ...presentRunnerToken(row, null), token };
}

/** @throws AppError not_found */
export async function revokeRunnerToken(
  env: RunnerEnv & Pick<Env, "ENCODE_MINUTES_PER_DAY">,
  principal: Principal,
  id: string,
): Promise<void> {
  const db = catalog(env);
  const row = await findRunnerToken(db, id);
  authorizeResource(principal, "runner-tokens.revoke", row && SITE, "runner token");
  noteAct({ before: { name: row?.name, hint: row?.hint } });
  await deleteRunnerToken(db, id, encodeBudgetMs(env), Date.now());
}
