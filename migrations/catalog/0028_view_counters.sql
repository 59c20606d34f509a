CREATE TABLE `view_flushes` (
	`counter` text PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL
);
