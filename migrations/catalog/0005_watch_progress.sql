CREATE TABLE `watch_progress` (
	`user_id` text NOT NULL,
	`video_id` text NOT NULL,
	`position` real NOT NULL,
	`finished` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `video_id`)
);
--> statement-breakpoint
CREATE INDEX `watch_progress_recent` ON `watch_progress` (`user_id`,`updated_at`);--> statement-breakpoint
CREATE INDEX `watch_progress_video` ON `watch_progress` (`video_id`);