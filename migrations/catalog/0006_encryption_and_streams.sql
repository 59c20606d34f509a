CREATE TABLE `streams` (
	`session_id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`video_id` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `streams_user` ON `streams` (`user_id`,`expires_at`);--> statement-breakpoint
ALTER TABLE `revocations` ADD `until` integer;--> statement-breakpoint
ALTER TABLE `transcodes` ADD `content_key` text;--> statement-breakpoint
ALTER TABLE `videos` ADD `encrypted` integer DEFAULT false NOT NULL;