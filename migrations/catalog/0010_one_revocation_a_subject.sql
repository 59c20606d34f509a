CREATE INDEX `revocations_subject` ON `revocations` (`subject`);--> statement-breakpoint
CREATE INDEX `revocations_end` ON `revocations` (`until`);