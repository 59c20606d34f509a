import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../dev/settings.ts";

/** The last migrations from before this check existed, by folder. */
const UNCHECKED: Record<string, string> = {
  "migrations/catalog": "0039",
  "migrations/search": "0006",
};

const NAME = String.raw`["'\x60]?\w+["'\x60]?`;
const ADDED_COLUMN = new RegExp(String.raw`^ALTER TABLE ${NAME} ADD (?:COLUMN )?(.*)$`, "i");

/** Why a statement would break a Worker that knows only the schema before it; null for one that only adds. */
function breaks(statement: string, created: ReadonlySet<string>): string | null {
  if (/^DROP TABLE\b/i.test(statement)) return "drops a table that the running Worker may read";
  if (/^ALTER TABLE .* DROP\b/i.test(statement))
    return "drops a column that the running Worker may read";
  if (/^ALTER TABLE .* RENAME\b/i.test(statement))
    return "renames what the running Worker knows by another name";
  const added = ADDED_COLUMN.exec(statement)?.[1];
  if (added !== undefined && /\bNOT NULL\b/i.test(added) && !/\bDEFAULT\b/i.test(added))
    return "adds a column that the rows of the running Worker do not have: give it a default";
  const table = /^CREATE UNIQUE INDEX .*? ON ["'\x60]?(\w+)/i.exec(statement)?.[1];
  if (table !== undefined && !created.has(table))
    return "forbids rows that the running Worker may write";
  return null;
}

/** Text and comments do not count: a default may contain anything. */
const withoutText = (sql: string): string =>
  sql.replaceAll(/'(?:[^']|'')*'|--.*$/gm, (part) => (part.startsWith("'") ? "''" : ""));

/**
 * The statements of a migration that would break the Worker that runs while it is applied, which is also the one that a
 * failed deployment rolls back to.
 * @param released versions of the product. A migration that begins with `-- Unused since 1.2.0` may remove what no
 *   Worker from that release on uses.
 * @returns one sentence per statement; empty for a migration that only adds
 */
export function breakingStatements(sql: string, released: readonly string[]): string[] {
  const since = /^-- Unused since (\d+\.\d+\.\d+)/.exec(sql)?.[1];
  if (since !== undefined && released.includes(since)) return [];
  const statements = withoutText(sql)
    .split(";")
    .map((statement) => statement.replaceAll(/\s+/g, " ").trim())
    .filter((statement) => statement !== "");
  const created = new Set(
    statements.flatMap(
      (one) => /^CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?["'\x60]?(\w+)/i.exec(one)?.[1] ?? [],
    ),
  );
  return statements.flatMap((statement) => {
    const reason = breaks(statement, created);
    return reason === null ? [] : [`${statement.slice(0, 100)}: ${reason}`];
  });
}

/** The versions that have a section in CHANGELOG.md. */
export const releasedVersions = (changelog: string): string[] =>
  Array.from(changelog.matchAll(/^## \[?(\d+\.\d+\.\d+)/gm), ([, version]) => version ?? "");

/** Folders of migrations, as wrangler.toml names them. */
export function migrationFolders(config: string): string[] {
  return Array.from(config.matchAll(/^migrations_dir = "(.+)"$/gm), ([, folder]) => folder ?? "");
}

/** Every breaking statement of the product, with its file. */
export function breakingMigrations(): string[] {
  const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
  const released = releasedVersions(read("CHANGELOG.md"));
  return migrationFolders(read("wrangler.toml")).flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith(".sql") && file.slice(0, 4) > (UNCHECKED[folder] ?? ""))
      .toSorted()
      .flatMap((file) =>
        breakingStatements(read(join(folder, file)), released).map(
          (reason) => `${folder}/${file}: ${reason}`,
        ),
      ),
  );
}
