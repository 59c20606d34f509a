CREATE TABLE `reports` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`reporter` text NOT NULL,
	`reason` text NOT NULL,
	`text` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `reports_once` ON `reports` (`video_id`,`reporter`);--> statement-breakpoint
CREATE INDEX `reports_reporter` ON `reports` (`reporter`);--> statement-breakpoint
CREATE INDEX `reports_age` ON `reports` (`created_at`,`id`);--> statement-breakpoint
ALTER TABLE `videos` ADD `hidden_at` integer;