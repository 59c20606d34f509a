DELETE FROM `revocations` WHERE `id` NOT IN (SELECT max(`id`) FROM `revocations` GROUP BY `subject`);--> statement-breakpoint
CREATE UNIQUE INDEX `revocations_subject` ON `revocations` (`subject`);--> statement-breakpoint
CREATE INDEX `revocations_end` ON `revocations` (`until`);