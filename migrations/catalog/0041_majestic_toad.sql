ALTER TABLE `videos` ADD `own_chapters` text;--> statement-breakpoint
ALTER TABLE `videos` ADD `uploaded_poster` text;