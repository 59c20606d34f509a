import { z } from "zod";

/** Runs a query and gives its rows, in the local file, in workerd or in an account. */
export type Query = (sql: string) => Iterable<unknown> | Promise<Iterable<unknown>>;

/** Of SQLite and of D1 itself. */
const OF_OTHERS =
  "name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'";
const Named = z.object({ name: z.string() });
const Defined = z.object({ name: z.string(), sql: z.string() });
const Quoted = z.record(z.string(), z.string());

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const Droppable = Defined.extend({ type: z.enum(["table", "view", "trigger"]) });

/** The tables that the definition of a table refers to. D1 does not allow `pragma_foreign_key_list`. */
const parentsIn = (sql: string): string[] =>
  Array.from(sql.matchAll(/\bREFERENCES\s+["'`]?(\w+)/gi), ([, parent]) => parent ?? "");

/** The tables in an order in which none is dropped before one that refers to it: SQLite looks that up when it drops. */
function childrenFirst(tables: readonly z.infer<typeof Defined>[]): string[] {
  const keys = tables.flatMap(({ name, sql }) =>
    parentsIn(sql).map((parent) => ({ child: name, parent })),
  );
  const left = new Set(tables.map(({ name }) => name));
  const ordered: string[] = [];
  while (left.size > 0) {
    const free = [...left].filter(
      (name) =>
        !keys.some(({ child, parent }) => parent === name && child !== name && left.has(child)),
    );
    // In a circle of references, any is as good as another.
    for (const name of free.length > 0 ? free : left) {
      left.delete(name);
      ordered.push(name);
    }
  }
  return ordered;
}

/** Statements that empty the database, before a dump is restored into it. In one transaction with the dump. */
export async function wipeStatements(query: Query): Promise<string[]> {
  const found = Array.from(
    await query(
      `SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'view', 'trigger') AND ${OF_OTHERS}`,
    ),
    (row) => Droppable.parse(row),
  );
  const others = found.filter(({ type }) => type !== "table");
  const tables = found.filter(({ type }) => type === "table");
  return [
    ...others.map(({ type, name }) => `DROP ${type.toUpperCase()} ${quoteName(name)}`),
    ...childrenFirst(tables).map((name) => `DROP TABLE ${quoteName(name)}`),
  ];
}

async function* rowsOf(query: Query, table: string): AsyncGenerator<string> {
  const info = await query(`SELECT name FROM pragma_table_info('${table.replaceAll("'", "''")}')`);
  const columns = Array.from(info, (row) => quoteName(Named.parse(row).name));
  // SQLite writes the literals, so that blobs, large integers and line breaks come back as they were.
  const literals = columns.map((column, index) => `quote(${column}) AS c${index}`).join(", ");
  for (const row of await query(`SELECT ${literals} FROM ${quoteName(table)}`))
    yield `INSERT INTO ${quoteName(table)} (${columns.join(", ")}) VALUES (${Object.values(Quoted.parse(row)).join(", ")})`;
}

const definitions = async (query: Query, condition: string): Promise<z.infer<typeof Defined>[]> =>
  Array.from(
    await query(
      `SELECT name, sql FROM sqlite_schema WHERE ${condition} AND sql IS NOT NULL AND ${OF_OTHERS}
       ORDER BY type DESC, name`,
    ),
    (row) => Defined.parse(row),
  );

/**
 * What must exist before any row: all tables, since a row may refer to one of any other, and the indexes that make what it
 * refers to unique.
 */
export async function openingStatements(query: Query): Promise<string[]> {
  const defined = await definitions(query, "type IN ('table', 'index')");
  return ["PRAGMA defer_foreign_keys = TRUE", ...defined.map(({ sql }) => sql)];
}

/** What must not exist before the last row: triggers would act on each. */
export async function closingStatements(query: Query): Promise<string[]> {
  return (await definitions(query, "type IN ('trigger', 'view')")).map(({ sql }) => sql);
}

/**
 * Statements that make an empty database what this one is. Each is whole, without the semicolon. Virtual tables (FTS5) cannot
 * be dumped; CATALOG has none.
 * @param count receives the rows of each table
 */
export async function* dump(
  query: Query,
  count: (table: string, rows: number) => void = () => {},
): AsyncGenerator<string> {
  yield* await openingStatements(query);
  for (const { name } of await definitions(query, "type = 'table'")) {
    let rows = 0;
    for await (const statement of rowsOf(query, name)) {
      rows++;
      yield statement;
    }
    count(name, rows);
  }
  const sequences = await query("SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'");
  if (Array.from(sequences).length > 0) {
    // Numbers of deleted rows are not given again.
    yield "DELETE FROM sqlite_sequence";
    yield* rowsOf(query, "sqlite_sequence");
  }
  yield* await closingStatements(query);
}
