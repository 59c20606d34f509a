CREATE TABLE `deleted_accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`deleted_at` integer NOT NULL,
	`cleared_at` integer
);
--> statement-breakpoint
CREATE INDEX `deleted_accounts_age` ON `deleted_accounts` (`deleted_at`);--> statement-breakpoint
CREATE INDEX `signing_keys_revoked` ON `signing_keys` (`revoked_at`) WHERE revoked_at IS NOT NULL;--> statement-breakpoint
CREATE TRIGGER `account_deleted` AFTER DELETE ON `user`
BEGIN
  INSERT OR REPLACE INTO deleted_accounts (id, deleted_at) VALUES (OLD.id, CAST(unixepoch('subsec') * 1000 AS INTEGER));
  DELETE FROM creator_usage WHERE owner_id = OLD.id;
END;--> statement-breakpoint
-- One row of an index that is nearly always empty is read for each new row.
CREATE TRIGGER `videos_of_deleted` BEFORE INSERT ON `videos`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.owner_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `uploads_of_deleted` BEFORE INSERT ON `uploads`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.owner_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `signing_keys_of_deleted` BEFORE INSERT ON `signing_keys`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.owner_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `idempotency_of_deleted` BEFORE INSERT ON `idempotency`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.principal)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `personal_access_token_of_deleted` BEFORE INSERT ON `personal_access_token`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.user_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `oauth_client_of_deleted` BEFORE INSERT ON `oauth_client`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.user_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `oauth_consent_of_deleted` BEFORE INSERT ON `oauth_consent`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.user_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `oauth_refresh_token_of_deleted` BEFORE INSERT ON `oauth_refresh_token`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.user_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `oauth_access_token_of_deleted` BEFORE INSERT ON `oauth_access_token`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.user_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `session_of_deleted` BEFORE INSERT ON `session`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.user_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `account_of_deleted` BEFORE INSERT ON `account`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.user_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `passkey_of_deleted` BEFORE INSERT ON `passkey`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.user_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
CREATE TRIGGER `two_factor_of_deleted` BEFORE INSERT ON `two_factor`
WHEN EXISTS (SELECT 1 FROM deleted_accounts WHERE id = NEW.user_id)
BEGIN
  SELECT RAISE(ABORT, 'account_deleted');
END;--> statement-breakpoint
DELETE FROM `creator_usage` WHERE `owner_id` NOT IN (SELECT `id` FROM `user`);
