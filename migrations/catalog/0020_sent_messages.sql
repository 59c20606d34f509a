CREATE TABLE `dead_letters` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`queue` text NOT NULL,
	`body` text NOT NULL,
	`received_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sweep_failures` (
	`step` text NOT NULL,
	`item` text NOT NULL,
	`failures` integer NOT NULL,
	`not_before` integer NOT NULL,
	PRIMARY KEY(`step`, `item`)
);
--> statement-breakpoint
CREATE INDEX `sweep_failures_age` ON `sweep_failures` (`not_before`);--> statement-breakpoint
ALTER TABLE `outbox` ADD `sent_at` integer;--> statement-breakpoint
ALTER TABLE `outbox` ADD `sends` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `outbox_unsent` ON `outbox` (`id`) WHERE sent_at IS NULL;--> statement-breakpoint
CREATE INDEX `outbox_sent` ON `outbox` (`sent_at`) WHERE sent_at IS NOT NULL;