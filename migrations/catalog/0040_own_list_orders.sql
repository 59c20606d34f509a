ALTER TABLE `videos` ADD `fingerprint` text;--> statement-breakpoint
CREATE INDEX `videos_owner_duration` ON `videos` (`owner_id`,case when duration is null then 0 else duration end);--> statement-breakpoint
CREATE INDEX `videos_owner_size` ON `videos` (`owner_id`,`source_bytes`);