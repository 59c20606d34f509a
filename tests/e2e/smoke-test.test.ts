import { expect, inject, test } from "vitest";
import { smokeTest } from "../../scripts/deploy/smoke-test.ts";
import type { Statement } from "../../scripts/deploy/one-time-link.ts";
import { CATALOG, openLocalDatabase } from "../../scripts/dev/local-databases.ts";

/** Runs a statement in the database of the running product, as Cloudflare's API would. */
function run({ sql, params }: Statement): Promise<unknown> {
  const db = openLocalDatabase(inject("state"), CATALOG);
  if (!db) throw new Error("The product has no database.");
  try {
    return Promise.resolve(db.prepare(sql).all(...params));
  } finally {
    db.close();
  }
}

const rows = async (sql: string): Promise<unknown> => run({ sql, params: [] });

test("the smoke test of a deployment passes on a working product and leaves nothing behind", async () => {
  const lines: string[] = [];
  await smokeTest({ origin: inject("origin"), run, print: (line) => lines.push(line) });
  expect(lines).toEqual([
    "signed in",
    "uploaded a video of two seconds",
    "it is ready",
    expect.stringContaining("played a segment twice"),
    "found it by search",
    "deleted it",
  ]);
  expect(await rows("SELECT id FROM user WHERE email LIKE 'smoke-test@%'")).toEqual([]);
  expect(
    await rows("SELECT id FROM videos WHERE title LIKE 'Smoke test %' AND erased_at IS NULL"),
  ).toEqual([]);
});
