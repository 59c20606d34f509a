CREATE TABLE `creator_usage` (
	`owner_id` text PRIMARY KEY NOT NULL,
	`videos` integer DEFAULT 0 NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL,
	`open_uploads` integer DEFAULT 0 NOT NULL,
	`open_bytes` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX `videos_state`;--> statement-breakpoint
DROP INDEX `videos_listed_date`;--> statement-breakpoint
DROP INDEX `videos_listed_category`;--> statement-breakpoint
DROP INDEX `videos_listed_views`;--> statement-breakpoint
DROP INDEX `videos_listed_popularity`;--> statement-breakpoint
DROP INDEX `videos_listed_title`;--> statement-breakpoint
CREATE INDEX `videos_owner_views` ON `videos` (`owner_id`,`views`);--> statement-breakpoint
CREATE INDEX `videos_owner_title` ON `videos` (`owner_id`,title collate nocase);--> statement-breakpoint
CREATE INDEX `videos_listed_owner` ON `videos` (`owner_id`,`published_at`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;--> statement-breakpoint
CREATE INDEX `videos_category_views` ON `videos` (`category`,`views`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;--> statement-breakpoint
CREATE INDEX `videos_category_title` ON `videos` (`category`,title collate nocase) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;--> statement-breakpoint
CREATE INDEX `videos_listed_date` ON `videos` (`published_at`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;--> statement-breakpoint
CREATE INDEX `videos_listed_category` ON `videos` (`category`,`published_at`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;--> statement-breakpoint
CREATE INDEX `videos_listed_views` ON `videos` (`views`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;--> statement-breakpoint
CREATE INDEX `videos_listed_popularity` ON `videos` (`popularity`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;--> statement-breakpoint
CREATE INDEX `videos_listed_title` ON `videos` (title collate nocase) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;--> statement-breakpoint
CREATE TRIGGER `usage_video_added` AFTER INSERT ON `videos`
WHEN NEW.erased_at IS NULL
BEGIN
  INSERT INTO creator_usage (owner_id, videos, bytes) VALUES (NEW.owner_id, 1, NEW.source_bytes)
  ON CONFLICT (owner_id) DO UPDATE SET videos = videos + 1, bytes = bytes + excluded.bytes;
END;--> statement-breakpoint
-- An erased video uses nothing, whatever its row still says.
CREATE TRIGGER `usage_video_changed` AFTER UPDATE OF source_bytes, erased_at ON `videos`
WHEN NEW.source_bytes <> OLD.source_bytes OR (NEW.erased_at IS NULL) <> (OLD.erased_at IS NULL)
BEGIN
  UPDATE creator_usage SET
    videos = videos + (NEW.erased_at IS NULL) - (OLD.erased_at IS NULL),
    bytes = bytes + iif(NEW.erased_at IS NULL, NEW.source_bytes, 0) - iif(OLD.erased_at IS NULL, OLD.source_bytes, 0)
  WHERE owner_id = NEW.owner_id;
END;--> statement-breakpoint
CREATE TRIGGER `usage_video_removed` AFTER DELETE ON `videos`
WHEN OLD.erased_at IS NULL
BEGIN
  UPDATE creator_usage SET videos = videos - 1, bytes = bytes - OLD.source_bytes WHERE owner_id = OLD.owner_id;
END;--> statement-breakpoint
CREATE TRIGGER `usage_upload_added` AFTER INSERT ON `uploads`
WHEN NEW.state = 'open'
BEGIN
  INSERT INTO creator_usage (owner_id, open_uploads, open_bytes) VALUES (NEW.owner_id, 1, NEW.size)
  ON CONFLICT (owner_id) DO UPDATE SET open_uploads = open_uploads + 1, open_bytes = open_bytes + excluded.open_bytes;
END;--> statement-breakpoint
CREATE TRIGGER `usage_upload_ended` AFTER UPDATE OF state ON `uploads`
WHEN OLD.state = 'open' AND NEW.state <> 'open'
BEGIN
  UPDATE creator_usage SET open_uploads = open_uploads - 1, open_bytes = open_bytes - OLD.size WHERE owner_id = OLD.owner_id;
END;--> statement-breakpoint
CREATE TRIGGER `usage_upload_removed` AFTER DELETE ON `uploads`
WHEN OLD.state = 'open'
BEGIN
  UPDATE creator_usage SET open_uploads = open_uploads - 1, open_bytes = open_bytes - OLD.size WHERE owner_id = OLD.owner_id;
END;--> statement-breakpoint
INSERT INTO `creator_usage` (`owner_id`, `videos`, `bytes`)
SELECT `owner_id`, count(*), sum(`source_bytes`) FROM `videos` WHERE `erased_at` IS NULL GROUP BY `owner_id`;--> statement-breakpoint
INSERT INTO `creator_usage` (`owner_id`, `open_uploads`, `open_bytes`)
SELECT `owner_id`, count(*), sum(`size`) FROM `uploads` WHERE `state` = 'open' GROUP BY `owner_id`
ON CONFLICT (`owner_id`) DO UPDATE SET `open_uploads` = excluded.`open_uploads`, `open_bytes` = excluded.`open_bytes`;
