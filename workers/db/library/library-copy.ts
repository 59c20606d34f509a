/** The rows of an object's tables: by table the names of its columns, and the values of each row. */
export type LibraryCopy = Record<string, { columns: string[]; rows: SqlStorageValue[][] }>;

/** Internal tables of the schema, and data that has expired before it could be restored. */
const LEFT_OUT = new Set(["schema_step", "streams"]);

function tablesOf(sql: SqlStorage): string[] {
  return sql
    .exec<{ name: string }>(
      `SELECT name FROM sqlite_schema
       WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
    )
    .toArray()
    .flatMap(({ name }) => (LEFT_OUT.has(name) ? [] : [name]));
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** All permanent data of an object at this moment. Tables without rows are left out. */
export function copyOf(sql: SqlStorage): LibraryCopy {
  const tables = tablesOf(sql).map((name) => {
    const cursor = sql.exec(`SELECT * FROM ${quoted(name)}`);
    const columns = cursor.columnNames;
    return [name, { columns, rows: Array.from(cursor.raw(), (row) => [...row]) }] as const;
  });
  return Object.fromEntries(tables.filter(([, { rows }]) => rows.length > 0));
}

/** Makes an object what it was, all or nothing. Tables and columns that there are not any more are left out. */
export function restoreCopy(storage: DurableObjectStorage, copy: LibraryCopy): void {
  const { sql } = storage;
  storage.transactionSync(() => {
    for (const name of tablesOf(sql)) {
      sql.exec(`DELETE FROM ${quoted(name)}`);
      const table = copy[name];
      if (table) insertRows(sql, name, table);
    }
  });
}

function insertRows(sql: SqlStorage, name: string, { columns, rows }: LibraryCopy[string]): void {
  const known = new Set(sql.exec(`SELECT * FROM ${quoted(name)} LIMIT 0`).columnNames);
  const kept = columns.flatMap((column, index) => (known.has(column) ? [index] : []));
  const names = kept.map((index) => quoted(columns[index]!)).join(", ");
  const places = kept.map(() => "?").join(", ");
  for (const row of rows)
    sql.exec(
      `INSERT INTO ${quoted(name)} (${names}) VALUES (${places})`,
      ...kept.map((index) => row[index] ?? null),
    );
}
