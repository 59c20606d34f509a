CREATE TABLE `creator_followers` (
	`owner_id` text PRIMARY KEY NOT NULL,
	`followers` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `creator_profiles` (
	`owner_id` text PRIMARY KEY NOT NULL,
	`about` text DEFAULT '' NOT NULL,
	`links` text DEFAULT '[]' NOT NULL,
	`avatar` text,
	`banner` text
);
--> statement-breakpoint
CREATE TABLE `digests` (
	`user_id` text PRIMARY KEY NOT NULL,
	`next_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `digests_due` ON `digests` (`next_at`);--> statement-breakpoint
CREATE TABLE `editors_pick` (
	`id` integer PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`chosen_at` integer NOT NULL
);--> statement-breakpoint
CREATE TRIGGER `creator_profiles_of_deleted` BEFORE INSERT ON `creator_profiles`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.owner_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `creator_followers_of_deleted` BEFORE INSERT ON `creator_followers`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.owner_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `digests_of_deleted` BEFORE INSERT ON `digests`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.user_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;
