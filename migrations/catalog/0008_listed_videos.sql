DROP INDEX `videos_public`;--> statement-breakpoint
DROP INDEX `videos_category`;--> statement-breakpoint
CREATE INDEX `videos_listed_date` ON `videos` (`published_at`,`id`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;--> statement-breakpoint
CREATE INDEX `videos_listed_category` ON `videos` (`category`,`published_at`,`id`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;--> statement-breakpoint
CREATE INDEX `videos_listed_views` ON `videos` (`views`,`id`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;--> statement-breakpoint
CREATE INDEX `videos_listed_title` ON `videos` (title collate nocase,`id`) WHERE visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null;