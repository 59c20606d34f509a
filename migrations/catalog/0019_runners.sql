CREATE TABLE `runner_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`hint` text NOT NULL,
	`hash` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `runner_tokens_hash` ON `runner_tokens` (`hash`);--> statement-breakpoint
CREATE TABLE `runners` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`version` integer NOT NULL,
	`capabilities` text NOT NULL,
	`slots` integer NOT NULL,
	`tasks_done` integer DEFAULT 0 NOT NULL,
	`faults` text DEFAULT '[]' NOT NULL,
	`quarantines` integer DEFAULT 0 NOT NULL,
	`quarantined_at` integer,
	`quarantined_until` integer,
	`quarantine_reason` text,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `runners_seen` ON `runners` (`last_seen_at`);--> statement-breakpoint
CREATE INDEX `runners_quarantined` ON `runners` (`quarantined_until`) WHERE quarantined_until IS NOT NULL;