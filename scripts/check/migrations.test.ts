import { expect, test } from "vitest";
import {
  breakingMigrations,
  breakingStatements,
  migrationFolders,
  releasedVersions,
} from "./migrations.ts";

test("no migration breaks the Worker version that runs while it is applied", () => {
  expect(breakingMigrations()).toEqual([]);
});

test.each([
  "DROP TABLE `streams`;",
  "ALTER TABLE `videos` DROP COLUMN `title`;",
  "ALTER TABLE videos RENAME COLUMN title TO name;",
  "ALTER TABLE `__new_tasks` RENAME TO `tasks`;",
  "ALTER TABLE `user` ADD `birthday` text NOT NULL;",
  "CREATE UNIQUE INDEX `one` ON `videos` (`title`);",
  "CREATE TABLE a (b text);--> statement-breakpoint\nDROP TABLE c;",
  "-- Unused since 9.9.9\nDROP TABLE `streams`;",
])("a migration that would break the previous Worker is refused: %s", (sql) => {
  expect(breakingStatements(sql, ["0.1.0"])).toHaveLength(1);
});

test.each([
  "CREATE TABLE `pages` (`id` text PRIMARY KEY NOT NULL, `slug` text NOT NULL);\nCREATE UNIQUE INDEX `slug` ON `pages` (`slug`);",
  "ALTER TABLE `user` ADD `has_profiles` integer DEFAULT false NOT NULL;",
  "ALTER TABLE `videos` ADD `note` text DEFAULT 'DROP TABLE x; NOT NULL';",
  "DROP INDEX `videos_state`;",
  "-- DROP TABLE x\nCREATE INDEX `a` ON `b` (`c`);",
  "-- Unused since 0.1.0\nDROP TABLE `streams`;",
])("a migration that only adds, or removes what no release uses, is accepted: %s", (sql) => {
  expect(breakingStatements(sql, ["0.1.0"])).toEqual([]);
});

test("migration folders are read from wrangler.toml, and releases from the changelog", () => {
  expect(migrationFolders('a = 1\nmigrations_dir = "migrations/catalog"\n')).toEqual([
    "migrations/catalog",
  ]);
  expect(releasedVersions("## [Unreleased]\n## [0.2.0] - 2026\n## 0.1.0 - 2026\n")).toEqual([
    "0.2.0",
    "0.1.0",
  ]);
});
