ALTER TABLE `storage_checks` ADD `stored_bytes` integer;--> statement-breakpoint
CREATE INDEX `creator_usage_bytes` ON `creator_usage` (`bytes`,`owner_id`);--> statement-breakpoint
CREATE INDEX `creator_usage_videos` ON `creator_usage` (`videos`,`owner_id`);--> statement-breakpoint
CREATE INDEX `videos_failed` ON `videos` (`error_code`,`updated_at`) WHERE state = 'failed' and deleted_at is null and error_code is not null;