DROP INDEX `videos_deleted`;--> statement-breakpoint
ALTER TABLE `videos` ADD `purged_at` integer;--> statement-breakpoint
CREATE INDEX `videos_unpurged` ON `videos` (`deleted_at`) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;