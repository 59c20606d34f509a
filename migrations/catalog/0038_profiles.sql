ALTER TABLE `videos` ADD `maturity_rating` text;--> statement-breakpoint
CREATE INDEX `videos_rated_date` ON `videos` (`published_at`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and maturity_rating is not null;--> statement-breakpoint
CREATE INDEX `videos_rated_popularity` ON `videos` (`popularity`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and maturity_rating is not null;--> statement-breakpoint
CREATE INDEX `videos_rated_category` ON `videos` (`category`,`published_at`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and maturity_rating is not null;--> statement-breakpoint
ALTER TABLE `session` ADD `profile_id` text;--> statement-breakpoint
ALTER TABLE `session` ADD `maturity_limit` text;--> statement-breakpoint
ALTER TABLE `user` ADD `has_profiles` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `user` ADD `start_limit` text;