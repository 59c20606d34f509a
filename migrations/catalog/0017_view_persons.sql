ALTER TABLE `views` ADD `who` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `views_person` ON `views` (`video_id`,`who`,`seen_at`);--> statement-breakpoint
ALTER TABLE `search_picks` ADD `watched` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `search_picks_viewer` ON `search_picks` (`who`,`video_id`);