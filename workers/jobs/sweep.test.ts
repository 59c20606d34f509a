import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { catalog } from "../db/client.ts";
import { statementsLeft } from "../db/statement-count.ts";
import { findVideo } from "../db/videos.ts";
import { CRONS, type CronPurpose } from "../domain/crons.ts";
import { newId } from "../domain/id.ts";
import { newAccount, newVideo } from "../../tests/support/worker/api.ts";
import { CountingD1 } from "../../tests/support/worker/counting-d1.ts";
import { addDigest, hasDigest } from "../db/digests.ts";
import { asInvocation } from "../services/invocation.ts";
import { purposeOf, sweep } from "./sweep.ts";

const HOUR_MS = 3_600_000;
const MAX_STATEMENTS = 300;

/** Erased videos whose objects have to be purged once more. */
async function erased(count: number): Promise<string[]> {
  const at = Date.now() - 2 * HOUR_MS;
  const ids: string[] = [];
  for (let left = count; left > 0; left--)
    ids.push(await newVideo(newId(), { deletedAt: at, erasedAt: at, purgedAt: null }));
  return ids;
}

const unpurged = (ids: readonly string[]) =>
  env.CATALOG.prepare(
    "SELECT count(*) AS n FROM videos WHERE purged_at IS NULL AND id IN (SELECT value FROM json_each(?))",
  )
    .bind(JSON.stringify(ids))
    .first<number>("n");

test("a cron run leaves the rest to the next run before it uses up its statements", async () => {
  const ids = await erased(30);
  const left: (number | null)[] = [];
  for (let run = 0; run < 10 && left.at(-1) !== 0; run++) {
    const counting = new CountingD1(env.CATALOG);
    await sweep({ ...env, CATALOG: counting.binding }, "upkeep");
    expect(counting.statements.length).toBeLessThanOrEqual(MAX_STATEMENTS);
    left.push(await unpurged(ids));
  }
  expect(left.length).toBeGreaterThan(1);
  expect(left.at(-1)).toBe(0);
});

test("every cron stays within its statement limit", async () => {
  for (const purpose of Object.keys(CRONS) as CronPurpose[]) {
    const [own, search] = [new CountingD1(env.CATALOG), new CountingD1(env.SEARCH)];
    await sweep({ ...env, CATALOG: own.binding, SEARCH: search.binding }, purpose);
    expect(own.statements.length + search.statements.length).toBeLessThanOrEqual(MAX_STATEMENTS);
  }
});

/** CATALOG with a table that cannot be read. */
function without(table: string): D1Database {
  const { CATALOG } = env;
  const prepare = (sql: string) => {
    if (sql.includes(`"${table}"`)) throw new Error(`${table} is broken`);
    return CATALOG.prepare(sql);
  };
  const broken = {
    prepare,
    batch: (statements: D1PreparedStatement[]) => CATALOG.batch(statements),
  };
  return broken as unknown as D1Database;
}

test("deleting accounts and sending weekly mails are separate steps: a failure of one does not stop the other", async () => {
  const { userId } = await newAccount();
  const video = await newVideo(userId);
  const db = catalog(env);
  await addDigest(db, userId, 0);
  await env.CATALOG.prepare("DELETE FROM user WHERE id = ?").bind(userId).run();
  const lines = vi.spyOn(console, "error").mockImplementation(() => {});
  const now = Date.now() + HOUR_MS / 2;
  await sweep({ ...env, CATALOG: without("deleted_accounts") }, "upkeep", now);
  expect(lines.mock.calls.flat().map((line) => JSON.parse(String(line)) as unknown)).toEqual([
    expect.objectContaining({ event: "sweep.failed", step: "accounts" }),
  ]);
  lines.mockRestore();
  // The weekly mail of a deleted account ends when it is due.
  expect(await hasDigest(db, userId)).toBe(false);
  expect(await findVideo(db, video)).toMatchObject({ erasedAt: null });
  await sweep(env, "upkeep", now);
  expect(await findVideo(db, video)).toMatchObject({ erasedAt: expect.any(Number) as number });
});

test("an invocation with too many statements is logged, which would fail any other test", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  async function runTooMany(): Promise<void> {
    const db = catalog(env);
    for (let count = 0; count < MAX_STATEMENTS; count++) await findVideo(db, "nobody");
    expect([statementsLeft(), warn.mock.calls.length]).toEqual([0, 0]);
    await findVideo(db, "nobody");
    await findVideo(db, "nobody");
  }
  await asInvocation("test", runTooMany, "request-1");
  expect(warn.mock.calls).toEqual([
    [
      '{"severity":"warning","event":"database.many-statements","requestId":"request-1","invocation":"test"}',
    ],
  ]);
  warn.mockRestore();
});

test("a cron is recognised by its expression", () => {
  expect(purposeOf("* * * * *")).toBe("tasks");
  expect(() => purposeOf("0 0 * * *")).toThrow("nothing to do");
});
