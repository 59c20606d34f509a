DROP INDEX `transcodes_active`;--> statement-breakpoint
DROP INDEX `transcodes_unswept`;--> statement-breakpoint
ALTER TABLE `transcodes` ADD `archive` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `transcodes_unswept` ON `transcodes` (`updated_at`) WHERE swept_at is null and state in ('done', 'failed');--> statement-breakpoint
-- The sweep looks at all ended transcodes once more, and moves their tasks to the archive.
UPDATE `transcodes` SET `swept_at` = NULL WHERE `state` IN ('done', 'failed');
