CREATE TABLE `encode_usage` (
	`owner_id` text PRIMARY KEY NOT NULL,
	`day` integer NOT NULL,
	`milliseconds` integer NOT NULL,
	`held_until` integer
);
--> statement-breakpoint
CREATE INDEX `encode_usage_held` ON `encode_usage` (`held_until`) WHERE held_until IS NOT NULL;--> statement-breakpoint
CREATE INDEX `encode_usage_day` ON `encode_usage` (`day`);