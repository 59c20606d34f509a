CREATE INDEX `rate_limit_age` ON `rate_limit` (`last_request`);--> statement-breakpoint
CREATE INDEX `session_expiry` ON `session` (`expires_at`);--> statement-breakpoint
CREATE INDEX `verification_expiry` ON `verification` (`expires_at`);--> statement-breakpoint
CREATE INDEX `oauthAccessToken_expiry` ON `oauth_access_token` (`expires_at`);--> statement-breakpoint
CREATE INDEX `oauthClientAssertion_expiry` ON `oauth_client_assertion` (`expires_at`);--> statement-breakpoint
CREATE INDEX `oauthRefreshToken_expiry` ON `oauth_refresh_token` (`expires_at`);