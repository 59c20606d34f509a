import { listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

export interface TableSize {
  rows: number;
  /** Bytes of all values, without indexes. */
  bytes: number;
}
export type Sizes = Record<string, TableSize>;

type Query = (sql: string) => Promise<Record<string, unknown>[]>;

/** Tables of SQLite itself, of D1 and of the migrations. */
const IS_INTERNAL = /^(sqlite_|_cf_|d1_|__)/;

/** Every table with its own rows. The tables behind a full-text index count as one with its name. */
async function sizesOf(query: Query): Promise<Sizes> {
  const tables = await query("SELECT name, sql FROM sqlite_schema WHERE type = 'table'");
  const isIndex = ({ sql }: Record<string, unknown>) => String(sql).startsWith("CREATE VIRTUAL");
  const indexes = tables.filter(isIndex).map(({ name }) => String(name));
  const sizes: Sizes = {};
  for (const table of tables.filter((each) => !isIndex(each))) {
    const name = String(table["name"]);
    if (IS_INTERNAL.test(name)) continue;
    const columns = await query(`PRAGMA table_info(\`${name}\`)`);
    const length = columns.map(
      (column) => `ifnull(length(CAST(\`${String(column["name"])}\` AS BLOB)), 0)`,
    );
    const [size] = await query(
      `SELECT count(*) AS rows, ifnull(sum(${length.join(" + ")}), 0) AS bytes FROM \`${name}\``,
    );
    const parent = indexes.find((index) => name.startsWith(`${index}_`));
    const before = sizes[parent ?? name] ?? { rows: 0, bytes: 0 };
    const isDocument = parent === undefined || name === `${parent}_docsize`;
    sizes[parent ?? name] = {
      rows: before.rows + (isDocument ? Number(size!["rows"]) : 0),
      bytes: before.bytes + Number(size!["bytes"]),
    };
  }
  return sizes;
}

const rowsOf =
  (database: D1Database): Query =>
  async (sql) =>
    (await database.prepare(sql).all()).results;

/** The namespaces of Durable Objects, by the name of their binding. */
function namespaces(): [string, DurableObjectNamespace][] {
  const isNamespace = (value: unknown): value is DurableObjectNamespace =>
    (value as object).constructor.name === "DurableObjectNamespace";
  return Object.entries(env).flatMap(([name, value]) =>
    isNamespace(value) ? [[name, value] as [string, DurableObjectNamespace]] : [],
  );
}

async function allObjects(namespace: DurableObjectNamespace) {
  const ids = await listDurableObjectIds(namespace);
  return ids.map((id) => namespace.get(id));
}

/** Runs all set alarms: they are due long before the next step. */
export async function runAlarms(): Promise<void> {
  for (const [, namespace] of namespaces())
    for (const object of await allObjects(namespace)) await runDurableObjectAlarm(object);
}

/** Sums a size over all objects of a namespace. */
async function sizesOfObjects(namespace: DurableObjectNamespace): Promise<Sizes> {
  const total: Sizes = {};
  for (const object of await allObjects(namespace)) {
    const sizes = await runInDurableObject(object, (_instance, { storage }) =>
      sizesOf(async (sql) => storage.sql.exec(sql).toArray()),
    );
    for (const [table, { rows, bytes }] of Object.entries(sizes)) {
      const before = total[table] ?? { rows: 0, bytes: 0 };
      total[table] = { rows: before.rows + rows, bytes: before.bytes + bytes };
    }
  }
  return total;
}

/** The size of every table, by database; the Durable Objects of one class count as one. */
export async function measureTables(): Promise<Record<string, Sizes>> {
  const sizes: Record<string, Sizes> = {
    CATALOG: await sizesOf(rowsOf(env.CATALOG)),
    SEARCH: await sizesOf(rowsOf(env.SEARCH)),
    METRICS: await sizesOf(rowsOf(env.METRICS)),
  };
  for (const [name, namespace] of namespaces()) sizes[name] = await sizesOfObjects(namespace);
  return sizes;
}
