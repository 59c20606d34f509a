DROP INDEX `oauthClient_userId_idx`;--> statement-breakpoint
CREATE INDEX `oauthClient_userId_idx` ON `oauth_client` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `videos_purged` ON `videos` (`purged_at`) WHERE purged_at IS NOT NULL;