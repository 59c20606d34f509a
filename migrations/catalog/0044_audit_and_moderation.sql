CREATE TABLE `banned_sources` (
	`sha256` text PRIMARY KEY NOT NULL,
	`etag` text,
	`bytes` integer NOT NULL,
	`video_id` text NOT NULL,
	`reason` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `banned_sources_etag` ON `banned_sources` (`etag`);--> statement-breakpoint
CREATE INDEX `banned_sources_age` ON `banned_sources` (`created_at`);--> statement-breakpoint
CREATE TABLE `creator_trust` (
	`owner_id` text PRIMARY KEY NOT NULL,
	`approved` integer NOT NULL,
	`trusted_at` integer
);
--> statement-breakpoint
CREATE TABLE `rulings` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`owner_id` text NOT NULL,
	`moderator_id` text NOT NULL,
	`action` text NOT NULL,
	`reason` text NOT NULL,
	`text` text NOT NULL,
	`min_rating` text,
	`unlisted` integer DEFAULT false NOT NULL,
	`banned_sha256` text,
	`visibility_before` text NOT NULL,
	`rating_before` text,
	`created_at` integer NOT NULL,
	`appeal_text` text,
	`appealed_at` integer,
	`verdict` text,
	`verdict_text` text,
	`judge_id` text,
	`judged_at` integer
);
--> statement-breakpoint
CREATE INDEX `rulings_video` ON `rulings` (`video_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `rulings_owner` ON `rulings` (`owner_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `rulings_appeals` ON `rulings` (`appealed_at`) WHERE appealed_at is not null and verdict is null;--> statement-breakpoint
CREATE TABLE `video_limits` (
	`video_id` text PRIMARY KEY NOT NULL,
	`min_rating` text,
	`unlisted` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `video_reviews` (
	`video_id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`wanted` text NOT NULL,
	`state` text NOT NULL,
	`asked_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `video_reviews_waiting` ON `video_reviews` (`asked_at`) WHERE state = 'waiting';--> statement-breakpoint
CREATE TABLE `audit_log` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`action` text NOT NULL,
	`actor_id` text,
	`actor_role` text NOT NULL,
	`via` text NOT NULL,
	`target_kind` text,
	`target_id` text,
	`before` text,
	`after` text,
	`address` text NOT NULL,
	`request_id` text NOT NULL,
	`previous` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_log_at` ON `audit_log` (`at`);--> statement-breakpoint
CREATE INDEX `audit_log_action` ON `audit_log` (`action`);--> statement-breakpoint
CREATE INDEX `audit_log_actor` ON `audit_log` (`actor_id`);--> statement-breakpoint
CREATE INDEX `audit_log_target` ON `audit_log` (`target_id`);--> statement-breakpoint
CREATE TRIGGER `audit_log_unchanged` BEFORE UPDATE ON `audit_log`
BEGIN
  SELECT RAISE(ABORT, 'audit_log is append-only');
END;--> statement-breakpoint
CREATE TRIGGER `audit_log_kept` BEFORE DELETE ON `audit_log`
WHEN OLD.at > (unixepoch() - 30 * 86400) * 1000
  AND OLD.seq > (SELECT max(seq) FROM audit_log) - 1000000
BEGIN
  SELECT RAISE(ABORT, 'audit_log keeps rows for 30 days');
END;
