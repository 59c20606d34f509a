DROP INDEX `videos_unpurged`;--> statement-breakpoint
ALTER TABLE `videos` ADD `erased_at` integer;--> statement-breakpoint
CREATE INDEX `videos_bin` ON `videos` (`owner_id`,`deleted_at`,`id`) WHERE deleted_at is not null and erased_at is null;--> statement-breakpoint
CREATE INDEX `videos_bin_age` ON `videos` (`deleted_at`) WHERE deleted_at is not null and erased_at is null;--> statement-breakpoint
CREATE INDEX `videos_unpurged` ON `videos` (`erased_at`) WHERE erased_at IS NOT NULL AND purged_at IS NULL;--> statement-breakpoint
-- What was deleted before there was a bin is gone.
UPDATE `videos` SET `erased_at` = `deleted_at` WHERE `deleted_at` IS NOT NULL;
