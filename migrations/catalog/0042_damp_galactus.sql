ALTER TABLE `videos` ADD `publish_at` integer;--> statement-breakpoint
ALTER TABLE `videos` ADD `unpublish_at` integer;--> statement-breakpoint
CREATE INDEX `videos_publish_at` ON `videos` (`publish_at`) WHERE publish_at is not null and deleted_at is null;--> statement-breakpoint
CREATE INDEX `videos_unpublish_at` ON `videos` (`unpublish_at`) WHERE unpublish_at is not null and deleted_at is null;