CREATE TABLE `premieres` (
	`video_id` text PRIMARY KEY NOT NULL
);
