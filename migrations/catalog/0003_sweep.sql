ALTER TABLE `transcodes` ADD `swept_at` integer;--> statement-breakpoint
CREATE INDEX `transcodes_unswept` ON `transcodes` (`updated_at`) WHERE swept_at IS NULL;