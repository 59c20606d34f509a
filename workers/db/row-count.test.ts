import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CountingD1 } from "../../tests/support/worker/counting-d1.ts";
import { takePoints } from "../count.ts";
import { counted } from "./statement-count.ts";

const db = counted(env.METRICS);

beforeEach(async () => {
  await env.METRICS.prepare("DROP TABLE IF EXISTS counted_rows").run();
  await env.METRICS.prepare("CREATE TABLE counted_rows (id INTEGER PRIMARY KEY, name TEXT)").run();
  await env.METRICS.prepare("INSERT INTO counted_rows VALUES (1, 'a'), (2, 'b'), (3, NULL)").run();
  takePoints();
});
afterEach(() => vi.restoreAllMocks());

/** The rows counted during the call. */
async function rowsOf(run: () => Promise<unknown>): Promise<Record<string, number>> {
  takePoints();
  await run();
  const points = takePoints().filter(([metric]) => metric === "database.rows");
  return Object.fromEntries(points.map(([, labels, , , total]) => [labels, total]));
}

test("rows read and written are counted for single statements and for batches", async () => {
  expect(await rowsOf(() => db.prepare("SELECT * FROM counted_rows").all())).toEqual({ read: 3 });
  const insert = () => db.prepare("INSERT INTO counted_rows (name) VALUES (?)").bind("c");
  expect(await rowsOf(() => insert().run())).toMatchObject({ written: 1 });
  const all = db.prepare("SELECT * FROM counted_rows");
  expect(await rowsOf(() => db.batch([insert(), all]))).toMatchObject({ read: 5, written: 1 });
});

test("first() returns the row and columns that D1 returns", async () => {
  const statement = db.prepare("SELECT id, name FROM counted_rows WHERE id = ?");
  expect(await statement.bind(2).first()).toEqual({ id: 2, name: "b" });
  expect(await statement.bind(2).first("name")).toBe("b");
  expect(await statement.bind(9).first()).toBeNull();
  await expect(statement.bind(2).first("other" as "name")).rejects.toThrow("D1_COLUMN_NOTFOUND");
});

test("reads that report no row count are estimated from a sample and return the same result", async () => {
  const sql = "SELECT name, id FROM counted_rows ORDER BY id";
  const expected = [
    ["a", 1],
    ["b", 2],
    [null, 3],
  ];
  const read = () => db.prepare(sql).raw();
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  expect(await read()).toEqual(expected);
  let rows: unknown;
  expect(await rowsOf(async () => (rows = await read()))).toEqual({ read: 3 * 16 });
  expect(rows).toEqual(expected);
  random.mockReturnValue(0.5);
  expect(await rowsOf(async () => (rows = await read()))).toEqual({});
  expect(rows).toEqual(expected);
});

test.each([
  ["SELECT id, name AS id FROM counted_rows WHERE id = 2", [[2, "b"]]],
  ["SELECT name, 7 AS '7' FROM counted_rows WHERE id = 1", [["a", 7]]],
])("column names that an object would drop or reorder are kept: %s", async (sql, expected) => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  for (let times = 0; times < 3; times++) expect(await db.prepare(sql).raw()).toEqual(expected);
});

test("a statement without rows at first is read correctly once it has some", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  for (const database of [counted(new CountingD1(env.METRICS).binding), db]) {
    const read = (id: number) =>
      database.prepare("SELECT name, id FROM counted_rows WHERE id = ? LIMIT 1").bind(id).raw();
    expect(await read(9)).toEqual([]);
    for (let times = 0; times < 3; times++) expect(await read(2)).toEqual([["b", 2]]);
  }
});

test("the duration of each D1 call is recorded once, even if the call fails", async () => {
  const read = () => db.prepare("SELECT id FROM counted_rows");
  const wrong = () => db.prepare("SELECT id FROM no_such_table").all();
  const timesOf = async (run: () => Promise<unknown>): Promise<number> => {
    takePoints();
    await run();
    return takePoints()
      .filter(([metric]) => metric === "database.ms")
      .reduce((sum, [, , , times]) => sum + times, 0);
  };
  for (const run of [
    () => read().all(),
    () => read().run(),
    () => read().raw(),
    () => read().raw(),
    () => read().first(),
    () => db.batch([read(), read()]),
    () => expect(wrong()).rejects.toThrow("no_such_table"),
  ])
    expect(await timesOf(run)).toBe(1);
});
