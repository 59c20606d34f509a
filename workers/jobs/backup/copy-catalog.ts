import {
  closingStatements,
  dumpPage,
  openingStatements,
  orphanStatements,
  type Query,
  sequenceStatements,
  tableNames,
} from "../../db/backup/dump.ts";
import { COPIED_LAST, REPAIRS } from "../../db/backup/repairs.ts";
import { counted, statementsLeft } from "../../db/statement-count.ts";
import { backupName, catalogPart } from "../../domain/backup-names.ts";
import { log } from "../../log.ts";
import {
  type CatalogPlace,
  deleteOldBackups,
  readCatalogPlace,
  writeBackupFile,
  writeCatalogPlace,
  writeManifest,
} from "../../media/catalog-copies.ts";
import type { BackupEnv } from "../../media/library-copies.ts";

const RUN_BUDGET_MS = 10_000;
/** Rows may have a hundred kilobytes: the copy of a table starts with few per read, and takes more if they are small. */
const FIRST_ROWS = 50;
const MAX_ROWS = 1000;
const SMALL_PAGE_CHARACTERS = 500_000;
const PART_CHARACTERS = 4_000_000;
/** Statements for a page, and for the end of a backup. */
const MIN_STATEMENTS_LEFT = 20;
/** The same secrets as in wrangler.toml. */
const SECRETS = [
  "BETTER_AUTH_SECRET",
  "CONTENT_KEY_SECRETS",
  "PLAYBACK_TOKEN_SECRETS",
  "S3_ACCESS_KEY_ID",
  "S3_SECRET_ACCESS_KEY",
  "TASK_SECRET",
];

type CopyEnv = Pick<Env, "CATALOG"> & BackupEnv;

/** Rows that have been read and not stored yet. */
interface Pending {
  place: CatalogPlace;
  text: string;
}

const scriptOf = (statements: readonly string[]): string =>
  statements.map((statement) => `${statement};\n`).join("");

/** The tables in the order in which they are copied. */
async function orderOf(query: Query): Promise<string[]> {
  const tables = await tableNames(query);
  const last = COPIED_LAST.filter((name) => tables.includes(name));
  return [...tables.filter((name) => !last.includes(name)), ...last];
}

/**
 * Copies CATALOG to the bucket of backups once per day, in parts, each run as far as its time allows. Tables are copied one
 * after another while others write, so the copy ends with statements that make it consistent (docs/decisions/783).
 */
export async function copyCatalog(
  env: CopyEnv,
  now: number,
  budgetMs = RUN_BUDGET_MS,
): Promise<void> {
  const { BACKUPS } = env;
  if (!BACKUPS) return;
  const deadline = Date.now() + budgetMs;
  const query: Query = async (sql) => (await counted(env.CATALOG).prepare(sql).all()).results;
  const before = await readCatalogPlace(BACKUPS);
  const today = new Date(now).toISOString();
  if (before?.isDone && before.createdAt.slice(0, 10) >= today.slice(0, 10)) return;
  const order = await orderOf(query);
  let pending: Pending =
    before && !before.isDone
      ? { place: before, text: "" }
      : { place: placeAtStart(today, order), text: scriptOf(await openingStatements(query)) };
  let limit = FIRST_ROWS;
  while (pending.place.table !== null) {
    const { table } = pending.place;
    const length = pending.text.length;
    pending = await nextPage(query, pending, table, order, limit);
    const isSmall = pending.text.length - length < SMALL_PAGE_CHARACTERS;
    limit = table === pending.place.table && isSmall ? Math.min(MAX_ROWS, limit * 2) : FIRST_ROWS;
    const isOver = Date.now() >= deadline || statementsLeft() < MIN_STATEMENTS_LEFT;
    if (isOver || pending.text.length >= PART_CHARACTERS) pending = await store(BACKUPS, pending);
    if (isOver) return;
  }
  await finish(BACKUPS, query, pending);
}

const placeAtStart = (createdAt: string, order: readonly string[]): CatalogPlace => ({
  ...{ name: backupName(createdAt), createdAt, after: 0, tables: {}, files: {}, isDone: false },
  table: order[0] ?? null,
});

async function nextPage(
  query: Query,
  { place, text }: Pending,
  table: string,
  order: readonly string[],
  limit: number,
): Promise<Pending> {
  const { statements, last } = await dumpPage(query, table, place.after, limit);
  const rows = (place.tables[table] ?? 0) + statements.length;
  const next = last === null ? (order[order.indexOf(table) + 1] ?? null) : table;
  const tables = { ...place.tables, [table]: rows };
  return {
    place: { ...place, table: next, after: last ?? 0, tables },
    text: text + scriptOf(statements),
  };
}

async function store(bucket: R2Bucket, { place, text }: Pending): Promise<Pending> {
  const file = catalogPart(Object.keys(place.files).length);
  const print = await writeBackupFile(bucket, place.name, file, text);
  const stored = { ...place, files: { ...place.files, [file]: print } };
  await writeCatalogPlace(bucket, stored);
  return { place: stored, text: "" };
}

async function finish(bucket: R2Bucket, query: Query, { place, text }: Pending): Promise<void> {
  const closing = [
    ...(await orphanStatements(query)),
    ...REPAIRS,
    ...(await sequenceStatements(query)),
    ...(await closingStatements(query)),
  ];
  const { place: whole } = await store(bucket, { place, text: text + scriptOf(closing) });
  const migrations = await query("SELECT name FROM d1_migrations ORDER BY id");
  const { name, createdAt, tables, files } = whole;
  await writeManifest(bucket, name, {
    ...{ format: 1, createdAt, version: "made by the cron", tables, files },
    migrations: Array.from(migrations, (row) => String((row as { name: unknown }).name)),
    settings: {},
    secrets: SECRETS,
  });
  await writeCatalogPlace(bucket, { ...whole, isDone: true });
  await deleteOldBackups(bucket);
  log("backup.made", { name, files: Object.keys(files).length });
}
