CREATE TABLE `reconciliation` (
	`id` integer PRIMARY KEY NOT NULL,
	`phase` text NOT NULL,
	`cursor` text NOT NULL,
	`night` integer NOT NULL,
	`quota` integer NOT NULL,
	`completed_at` integer,
	`started_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `storage_checks` (
	`video_id` text PRIMARY KEY NOT NULL,
	`source_sha256` text,
	`source_checked_at` integer,
	`problem` text,
	`repairs` integer DEFAULT 0 NOT NULL,
	`repaired_at` integer,
	`orphans_since` integer,
	`checked_at` integer
);
--> statement-breakpoint
CREATE INDEX `storage_checks_repaired` ON `storage_checks` (`repaired_at`) WHERE repaired_at IS NOT NULL;