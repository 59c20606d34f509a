CREATE TABLE `captions` (
	`video_id` text NOT NULL,
	`language` text NOT NULL,
	`label` text NOT NULL,
	`key` text NOT NULL,
	`origin` text NOT NULL,
	`cues` integer NOT NULL,
	`revision` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`video_id`, `language`)
);
--> statement-breakpoint
CREATE TABLE `idempotency` (
	`principal` text NOT NULL,
	`key` text NOT NULL,
	`request_hash` text NOT NULL,
	`status` integer,
	`body` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`principal`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_age` ON `idempotency` (`created_at`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`queue` text NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`version` integer NOT NULL,
	`owner_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`stage` integer NOT NULL,
	`priority` integer NOT NULL,
	`state` text DEFAULT 'queued' NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`not_before` integer DEFAULT 0 NOT NULL,
	`lease_until` integer,
	`runner` integer,
	`slot` integer,
	`progress` real DEFAULT 0 NOT NULL,
	`error_code` text,
	`error_detail` text,
	`spec` text NOT NULL,
	`partial` text,
	`result` text,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_name` ON `tasks` (`video_id`,`version`,`name`);--> statement-breakpoint
CREATE INDEX `tasks_next` ON `tasks` (`video_id`,`version`,`state`,`stage`,`priority`);--> statement-breakpoint
CREATE INDEX `tasks_lease` ON `tasks` (`state`,`lease_until`);--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_slot` ON `tasks` (`runner`,`slot`) WHERE state = 'running' AND runner IS NOT NULL;--> statement-breakpoint
CREATE TABLE `transcodes` (
	`video_id` text NOT NULL,
	`version` integer NOT NULL,
	`owner_id` text NOT NULL,
	`state` text DEFAULT 'active' NOT NULL,
	`stage` integer DEFAULT 0 NOT NULL,
	`source_key` text NOT NULL,
	`plan` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`video_id`, `version`)
);
--> statement-breakpoint
CREATE INDEX `transcodes_active` ON `transcodes` (`state`,`created_at`);--> statement-breakpoint
CREATE TABLE `upload_parts` (
	`upload_id` text NOT NULL,
	`part_number` integer NOT NULL,
	`etag` text NOT NULL,
	PRIMARY KEY(`upload_id`, `part_number`)
);
--> statement-breakpoint
CREATE TABLE `uploads` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`owner_id` text NOT NULL,
	`filename` text NOT NULL,
	`size` integer NOT NULL,
	`content_type` text NOT NULL,
	`part_size` integer NOT NULL,
	`part_count` integer NOT NULL,
	`key` text NOT NULL,
	`multipart_id` text NOT NULL,
	`state` text DEFAULT 'open' NOT NULL,
	`etag` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `uploads_owner` ON `uploads` (`owner_id`,`state`);--> statement-breakpoint
CREATE INDEX `uploads_expiry` ON `uploads` (`state`,`expires_at`);--> statement-breakpoint
CREATE INDEX `uploads_video` ON `uploads` (`video_id`);--> statement-breakpoint
CREATE TABLE `videos` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`title` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`category` text DEFAULT 'other' NOT NULL,
	`tags` text DEFAULT '[]' NOT NULL,
	`language` text,
	`visibility` text DEFAULT 'private' NOT NULL,
	`state` text DEFAULT 'uploading' NOT NULL,
	`error_code` text,
	`error_detail` text,
	`version` integer DEFAULT 1 NOT NULL,
	`publication` integer DEFAULT 0 NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`source_key` text,
	`source_bytes` integer DEFAULT 0 NOT NULL,
	`content_type` text DEFAULT '' NOT NULL,
	`duration` real,
	`width` integer,
	`height` integer,
	`hdr` integer DEFAULT false NOT NULL,
	`poster_path` text,
	`poster_at` real,
	`storyboard_path` text,
	`preview_path` text,
	`downloads_enabled` integer DEFAULT false NOT NULL,
	`views` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`published_at` integer,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `videos_owner` ON `videos` (`owner_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `videos_public` ON `videos` (`visibility`,`state`,`published_at`);--> statement-breakpoint
CREATE INDEX `videos_category` ON `videos` (`category`,`published_at`);--> statement-breakpoint
CREATE INDEX `videos_state` ON `videos` (`state`,`updated_at`);--> statement-breakpoint
CREATE INDEX `videos_deleted` ON `videos` (`deleted_at`) WHERE deleted_at IS NOT NULL;