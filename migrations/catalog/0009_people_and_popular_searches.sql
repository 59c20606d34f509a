CREATE TABLE `popular_searches` (
	`query` text PRIMARY KEY NOT NULL,
	`text` text NOT NULL,
	`video_id` text NOT NULL,
	`score` real NOT NULL,
	`people` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `popular_searches_score` ON `popular_searches` (`score`);--> statement-breakpoint
CREATE TABLE `search_picks` (
	`query` text NOT NULL,
	`who` text NOT NULL,
	`seen_at` integer NOT NULL,
	PRIMARY KEY(`query`, `who`)
);
--> statement-breakpoint
CREATE INDEX `search_picks_seen` ON `search_picks` (`seen_at`);--> statement-breakpoint
ALTER TABLE `videos` ADD `people` text DEFAULT '[]' NOT NULL;