ALTER TABLE `search_picks` ADD `video_id` text DEFAULT '' NOT NULL;
--> statement-breakpoint
UPDATE `search_picks` SET `video_id` = coalesce((SELECT p.`video_id` FROM `popular_searches` p WHERE p.`query` = `search_picks`.`query`), '');
--> statement-breakpoint
ALTER TABLE `popular_searches` DROP COLUMN `video_id`;
--> statement-breakpoint
DROP INDEX `popular_searches_score`;
--> statement-breakpoint
CREATE INDEX `popular_searches_1` ON `popular_searches` (substr(query, 1, 1),`score`) WHERE people >= 3;
--> statement-breakpoint
CREATE INDEX `popular_searches_2` ON `popular_searches` (substr(query, 1, 2),`score`) WHERE people >= 3;
--> statement-breakpoint
CREATE INDEX `popular_searches_3` ON `popular_searches` (substr(query, 1, 3),`score`) WHERE people >= 3;
--> statement-breakpoint
CREATE INDEX `popular_searches_score` ON `popular_searches` (`score`) WHERE people >= 3;
--> statement-breakpoint
ALTER TABLE `videos` ADD `indexed_views` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE `videos` ADD `popularity` real DEFAULT 0 NOT NULL;
--> statement-breakpoint
CREATE INDEX `videos_listed_popularity` ON `videos` (`popularity`,`id`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;
--> statement-breakpoint
CREATE INDEX `videos_views_outdated` ON `videos` (`id`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and views > indexed_views + indexed_views / 8;
--> statement-breakpoint
CREATE INDEX `videos_updated` ON `videos` (`updated_at`,`id`);
