CREATE TABLE `views` (
	`video_id` text NOT NULL,
	`session_id` text NOT NULL,
	`seen_at` integer NOT NULL,
	PRIMARY KEY(`video_id`, `session_id`)
);
--> statement-breakpoint
CREATE INDEX `views_age` ON `views` (`seen_at`);