CREATE TABLE `upload_links` (
	`upload_id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`url` text NOT NULL,
	`validator` text,
	`size` integer,
	`bytes` integer DEFAULT 0 NOT NULL,
	`claim` text,
	`due_at` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`error_code` text,
	`error_detail` text
);
--> statement-breakpoint
CREATE INDEX `upload_links_due` ON `upload_links` (`due_at`) WHERE due_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `upload_links_video` ON `upload_links` (`video_id`);--> statement-breakpoint
-- The size of a file that is read from a link may be known only at its end.
CREATE TRIGGER `usage_upload_resized` AFTER UPDATE OF size ON `uploads`
WHEN NEW.state = 'open' AND NEW.size <> OLD.size
BEGIN
  UPDATE creator_usage SET open_bytes = open_bytes + NEW.size - OLD.size WHERE owner_id = NEW.owner_id;
END;
