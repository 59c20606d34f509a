import { z } from "zod";

/** Runs a query and returns its rows, in the local file, in workerd or in an account. */
export type Query = (sql: string) => Iterable<unknown> | Promise<Iterable<unknown>>;

/** Tables of SQLite and of D1 itself. */
const OF_OTHERS =
  "name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'";
const Named = z.object({ name: z.string() });
const Defined = z.object({ name: z.string(), sql: z.string() });
const Quoted = z.record(z.string(), z.string());
const Numbered = z.object({ n: z.int() }).catchall(z.string());
const FOREIGN_KEY =
  /FOREIGN KEY \([`"]?(\w+)[`"]?\) REFERENCES [`"]?(\w+)[`"]?\s*\([`"]?(\w+)[`"]?\)/gi;

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
    // In a circle of references any table may come first.
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

async function columnsOf(query: Query, table: string): Promise<string[]> {
  const info = await query(`SELECT name FROM pragma_table_info('${table.replaceAll("'", "''")}')`);
  return Array.from(info, (row) => quoteName(Named.parse(row).name));
}

// SQLite writes the literals, so that blobs, large integers and line breaks come back as they were.
const literalsOf = (columns: readonly string[]): string =>
  columns.map((column, index) => `quote(${column}) AS c${index}`).join(", ");

const insertOf = (table: string, columns: readonly string[], literals: readonly string[]): string =>
  `INSERT INTO ${quoteName(table)} (${columns.join(", ")}) VALUES (${literals.join(", ")})`;

async function* rowsOf(query: Query, table: string): AsyncGenerator<string> {
  const columns = await columnsOf(query, table);
  for (const row of await query(`SELECT ${literalsOf(columns)} FROM ${quoteName(table)}`))
    yield insertOf(table, columns, Object.values(Quoted.parse(row)));
}

/**
 * Statements that insert the next rows of a table.
 * @param after number of the last row before them
 * @returns with the number of the last of them; null where the table ends
 */
export async function dumpPage(
  query: Query,
  table: string,
  after: number,
  limit: number,
): Promise<{ statements: string[]; last: number | null }> {
  const columns = await columnsOf(query, table);
  const found = Array.from(
    await query(
      `SELECT rowid AS n, ${literalsOf(columns)} FROM ${quoteName(table)}
       WHERE rowid > ${after} ORDER BY rowid LIMIT ${limit}`,
    ),
    (row) => Numbered.parse(row),
  );
  const statements = found.map(({ n: _number, ...literals }) =>
    insertOf(table, columns, Object.values(literals) as string[]),
  );
  return { statements, last: found.length < limit ? null : (found.at(-1)?.n ?? null) };
}

/** All tables, each before those that it refers to. */
export async function tableNames(query: Query): Promise<string[]> {
  return childrenFirst(await definitions(query, "type = 'table'"));
}

/** Statements that delete rows which refer to others that are not there, in the order in which they have to run. */
export async function orphanStatements(query: Query): Promise<string[]> {
  const tables = await definitions(query, "type = 'table'");
  const sqlOf = new Map(tables.map(({ name, sql }) => [name, sql]));
  return childrenFirst(tables)
    .toReversed()
    .flatMap((table) =>
      Array.from((sqlOf.get(table) ?? "").matchAll(FOREIGN_KEY), ([, column, parent, key]) => {
        const [own, other] = [quoteName(column ?? ""), quoteName(key ?? "")];
        return `DELETE FROM ${quoteName(table)} WHERE ${own} IS NOT NULL AND ${own} NOT IN (SELECT ${other} FROM ${quoteName(parent ?? "")})`;
      }),
    );
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
 * Definitions needed before any row: all tables, because a row may refer to any of them, and the unique indexes on the
 * referenced columns.
 */
export async function openingStatements(query: Query): Promise<string[]> {
  const defined = await definitions(query, "type IN ('table', 'index')");
  return ["PRAGMA defer_foreign_keys = TRUE", ...defined.map(({ sql }) => sql)];
}

/** Definitions that must come after the last row: triggers would fire for each row. */
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
  yield* await sequenceStatements(query);
  yield* await closingStatements(query);
}

/** Statements after which numbers of deleted rows are not given again. */
export async function sequenceStatements(query: Query): Promise<string[]> {
  const sequences = await query("SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'");
  if (Array.from(sequences).length === 0) return [];
  const statements = ["DELETE FROM sqlite_sequence"];
  for await (const statement of rowsOf(query, "sqlite_sequence")) statements.push(statement);
  return statements;
}
