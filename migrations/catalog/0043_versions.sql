CREATE TABLE `video_versions` (
	`video_id` text NOT NULL,
	`version` integer NOT NULL,
	`state` text NOT NULL,
	`recipe` text,
	`facts` text NOT NULL,
	`tracks` text DEFAULT '[]' NOT NULL,
	`error_code` text,
	`error_detail` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`video_id`, `version`)
);
