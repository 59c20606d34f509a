CREATE TABLE `site_settings` (
	`version` integer PRIMARY KEY NOT NULL,
	`edited` text NOT NULL,
	`changed_by` text NOT NULL,
	`changed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `account_quotas` (
	`account_id` text PRIMARY KEY NOT NULL,
	`bytes` integer,
	`encode_minutes_per_day` integer,
	`uploads_per_day` integer,
	FOREIGN KEY (`account_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `invitations` (
	`account_id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `invitations_expiry` ON `invitations` (`expires_at`);--> statement-breakpoint
CREATE TABLE `suspended_accounts` (
	`account_id` text PRIMARY KEY NOT NULL,
	`reason` text NOT NULL,
	`suspended_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `suspended_videos` (
	`video_id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`visibility` text NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `suspended_videos_owner` ON `suspended_videos` (`owner_id`);--> statement-breakpoint
CREATE TABLE `upload_days` (
	`owner_id` text NOT NULL,
	`day` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`owner_id`, `day`)
);
--> statement-breakpoint
CREATE INDEX `upload_days_age` ON `upload_days` (`day`);--> statement-breakpoint
CREATE INDEX `user_role` ON `user` (`role`);
--> statement-breakpoint
-- Whatever code asks: one row of a table that is nearly always empty is read for each new video and each change of who sees one.
CREATE TRIGGER `videos_of_suspended` BEFORE INSERT ON `videos`
WHEN EXISTS (SELECT 1 FROM suspended_accounts WHERE account_id = NEW.owner_id)
BEGIN
  SELECT RAISE(ABORT, 'account_suspended');
END;--> statement-breakpoint
CREATE TRIGGER `videos_shown_while_suspended` BEFORE UPDATE OF visibility ON `videos`
WHEN NEW.visibility <> 'private'
  AND EXISTS (SELECT 1 FROM suspended_accounts WHERE account_id = NEW.owner_id)
BEGIN
  SELECT RAISE(ABORT, 'account_suspended');
END;--> statement-breakpoint
CREATE TRIGGER `creator_trust_of_deleted` BEFORE INSERT ON `creator_trust`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.owner_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;
