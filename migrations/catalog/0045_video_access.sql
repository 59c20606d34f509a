CREATE TABLE `access_links` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`uses` integer DEFAULT 0 NOT NULL,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE INDEX `access_links_video` ON `access_links` (`video_id`);--> statement-breakpoint
CREATE TABLE `video_invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`email` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `video_invitations_once` ON `video_invitations` (`video_id`,`email`);--> statement-breakpoint
CREATE TABLE `video_passwords` (
	`video_id` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` integer NOT NULL
);
