CREATE TABLE `creator_queues` (
	`owner_id` text PRIMARY KEY NOT NULL,
	`running` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `lanes` (
	`owner_id` text NOT NULL,
	`lane` text NOT NULL,
	`running` integer NOT NULL,
	`since` integer,
	`priority` integer,
	`held` integer DEFAULT false NOT NULL,
	PRIMARY KEY(`owner_id`, `lane`)
);
--> statement-breakpoint
CREATE INDEX `lanes_next` ON `lanes` (`lane`,`running`,`since`,`priority`,`owner_id`) WHERE held = 0;--> statement-breakpoint
CREATE TABLE `scheduler` (
	`id` integer PRIMARY KEY NOT NULL,
	`creators` integer DEFAULT 0 NOT NULL,
	`running` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`version` integer NOT NULL,
	`owner_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`stage` integer NOT NULL,
	`priority` integer NOT NULL,
	`lane` text NOT NULL,
	`since` integer NOT NULL,
	`state` text DEFAULT 'queued' NOT NULL,
	`runnable` integer DEFAULT false NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`interruptions` integer DEFAULT 0 NOT NULL,
	`avoid` text,
	`not_before` integer DEFAULT 0 NOT NULL,
	`lease_until` integer,
	`runner` text,
	`progress` real DEFAULT 0 NOT NULL,
	`error_code` text,
	`error_detail` text,
	`spec` text NOT NULL,
	`partial` text,
	`result` text,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer
);
--> statement-breakpoint
INSERT INTO `__new_tasks`("id", "video_id", "version", "owner_id", "kind", "name", "stage", "priority", "lane", "since", "state", "attempt", "failures", "lease_until", "runner", "progress", "error_code", "error_detail", "spec", "partial", "result", "created_at", "started_at", "finished_at")
SELECT "id", "video_id", "version", "owner_id", "kind", "name", "stage", "priority",
  CASE
    WHEN "stage" >= 3 AND "priority" <= 6 THEN 'urgent-extra '
    WHEN "stage" >= 3 THEN 'extra '
    WHEN "priority" <= 6 THEN 'urgent '
    ELSE 'normal '
  END || CASE "kind"
    WHEN 'video' THEN 'video-' || json_extract("spec", '$.renditions[0].codec')
    WHEN 'audio' THEN 'audio-' || json_extract("spec", '$.rendition.codec')
    ELSE "kind"
  END,
  coalesce((
    SELECT t."created_at" FROM `transcodes` AS t
    WHERE t."video_id" = `tasks`."video_id" AND t."version" = `tasks`."version"), "created_at"),
  "state", "attempt", "failures", "lease_until", 'container-' || "runner", "progress", "error_code", "error_detail", "spec", "partial", "result", "created_at", "started_at", "finished_at"
FROM `tasks` ORDER BY rowid;--> statement-breakpoint
DROP TABLE `tasks`;--> statement-breakpoint
ALTER TABLE `__new_tasks` RENAME TO `tasks`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_name` ON `tasks` (`video_id`,`version`,`name`);--> statement-breakpoint
CREATE INDEX `tasks_next` ON `tasks` (`video_id`,`version`,`state`,`stage`,`priority`);--> statement-breakpoint
CREATE INDEX `tasks_lane` ON `tasks` (`owner_id`,`lane`,`since`,`priority`) WHERE runnable = 1;--> statement-breakpoint
CREATE INDEX `tasks_waiting` ON `tasks` (`not_before`) WHERE state = 'queued' AND not_before > 0;--> statement-breakpoint
CREATE INDEX `tasks_lease` ON `tasks` (`lease_until`) WHERE state = 'running';--> statement-breakpoint
CREATE INDEX `tasks_runner` ON `tasks` (`runner`) WHERE runner IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_dead` ON `tasks` (`error_code`,`finished_at`) WHERE state = 'dead';--> statement-breakpoint
INSERT INTO `scheduler` (`id`) VALUES (1);--> statement-breakpoint
-- A task is runnable while it is queued, waits for nothing, and its transcode is active and in its stage.
CREATE TRIGGER `tasks_added` AFTER INSERT ON `tasks`
WHEN NEW.state = 'queued' AND NEW.not_before = 0 AND EXISTS (
  SELECT 1 FROM transcodes
  WHERE video_id = NEW.video_id AND version = NEW.version AND state = 'active' AND stage = NEW.stage)
BEGIN
  UPDATE tasks SET runnable = 1 WHERE id = NEW.id;
END;--> statement-breakpoint
CREATE TRIGGER `tasks_changed` AFTER UPDATE OF state, not_before ON `tasks`
WHEN NEW.runnable <> (NEW.state = 'queued' AND NEW.not_before = 0 AND EXISTS (
  SELECT 1 FROM transcodes
  WHERE video_id = NEW.video_id AND version = NEW.version AND state = 'active' AND stage = NEW.stage))
BEGIN
  UPDATE tasks SET runnable = NOT NEW.runnable WHERE id = NEW.id;
END;--> statement-breakpoint
CREATE TRIGGER `transcodes_changed` AFTER UPDATE OF state, stage ON `transcodes`
WHEN NEW.state <> OLD.state OR NEW.stage <> OLD.stage
BEGIN
  UPDATE tasks SET runnable = (NEW.state = 'active' AND stage = NEW.stage)
  WHERE video_id = NEW.video_id AND version = NEW.version AND state = 'queued' AND not_before = 0
    AND runnable <> (NEW.state = 'active' AND stage = NEW.stage);
END;--> statement-breakpoint
-- A lane has its best runnable task, and is gone without one.
CREATE TRIGGER `tasks_runnable` AFTER UPDATE OF runnable ON `tasks`
WHEN NEW.runnable = 1 AND OLD.runnable = 0
BEGIN
  INSERT INTO lanes (owner_id, lane, running, since, priority, held)
  VALUES (
    NEW.owner_id, NEW.lane,
    coalesce((SELECT running FROM creator_queues WHERE owner_id = NEW.owner_id), 0),
    NEW.since, NEW.priority,
    NEW.kind <> 'finish' AND EXISTS (
      SELECT 1 FROM encode_usage WHERE owner_id = NEW.owner_id AND held_until IS NOT NULL))
  ON CONFLICT (owner_id, lane) DO UPDATE SET since = excluded.since, priority = excluded.priority
  WHERE (excluded.since, excluded.priority) < (since, priority);
END;--> statement-breakpoint
CREATE TRIGGER `tasks_not_runnable` AFTER UPDATE OF runnable ON `tasks`
WHEN NEW.runnable = 0 AND OLD.runnable = 1
BEGIN
  UPDATE lanes SET (since, priority) = (
    SELECT since, priority FROM tasks
    WHERE owner_id = OLD.owner_id AND lane = OLD.lane AND runnable = 1
    ORDER BY since, priority LIMIT 1)
  WHERE owner_id = OLD.owner_id AND lane = OLD.lane;
  DELETE FROM lanes WHERE owner_id = OLD.owner_id AND lane = OLD.lane AND since IS NULL;
END;--> statement-breakpoint
CREATE TRIGGER `tasks_removed` AFTER DELETE ON `tasks`
WHEN OLD.runnable = 1
BEGIN
  UPDATE lanes SET (since, priority) = (
    SELECT since, priority FROM tasks
    WHERE owner_id = OLD.owner_id AND lane = OLD.lane AND runnable = 1
    ORDER BY since, priority LIMIT 1)
  WHERE owner_id = OLD.owner_id AND lane = OLD.lane;
  DELETE FROM lanes WHERE owner_id = OLD.owner_id AND lane = OLD.lane AND since IS NULL;
END;--> statement-breakpoint
-- Running tasks per creator and in all; `finish` needs no runner.
CREATE TRIGGER `tasks_started` AFTER UPDATE OF state ON `tasks`
WHEN NEW.state = 'running' AND OLD.state <> 'running' AND NEW.kind <> 'finish'
BEGIN
  INSERT INTO creator_queues (owner_id, running) VALUES (NEW.owner_id, 1)
  ON CONFLICT (owner_id) DO UPDATE SET running = running + 1;
  UPDATE lanes SET running = running + 1 WHERE owner_id = NEW.owner_id;
  UPDATE scheduler SET running = running + 1 WHERE id = 1;
END;--> statement-breakpoint
CREATE TRIGGER `tasks_ended` AFTER UPDATE OF state ON `tasks`
WHEN NEW.state <> 'running' AND OLD.state = 'running' AND NEW.kind <> 'finish'
BEGIN
  UPDATE creator_queues SET running = running - 1 WHERE owner_id = NEW.owner_id;
  UPDATE lanes SET running = running - 1 WHERE owner_id = NEW.owner_id;
  UPDATE scheduler SET running = running - 1 WHERE id = 1;
  DELETE FROM creator_queues
  WHERE owner_id = NEW.owner_id AND running = 0
    AND NOT EXISTS (SELECT 1 FROM lanes WHERE owner_id = NEW.owner_id);
END;--> statement-breakpoint
CREATE TRIGGER `tasks_removed_running` AFTER DELETE ON `tasks`
WHEN OLD.state = 'running' AND OLD.kind <> 'finish'
BEGIN
  UPDATE creator_queues SET running = running - 1 WHERE owner_id = OLD.owner_id;
  UPDATE lanes SET running = running - 1 WHERE owner_id = OLD.owner_id;
  UPDATE scheduler SET running = running - 1 WHERE id = 1;
  DELETE FROM creator_queues
  WHERE owner_id = OLD.owner_id AND running = 0
    AND NOT EXISTS (SELECT 1 FROM lanes WHERE owner_id = OLD.owner_id);
END;--> statement-breakpoint
-- The lanes of a creator whose encode minutes are used up are held, except for what the Worker does itself.
CREATE TRIGGER `encode_usage_added` AFTER INSERT ON `encode_usage`
WHEN NEW.held_until IS NOT NULL
BEGIN
  UPDATE lanes SET held = 1 WHERE owner_id = NEW.owner_id AND lane NOT LIKE '% finish';
END;--> statement-breakpoint
CREATE TRIGGER `encode_usage_changed` AFTER UPDATE OF held_until ON `encode_usage`
WHEN (NEW.held_until IS NULL) <> (OLD.held_until IS NULL)
BEGIN
  UPDATE lanes SET held = (NEW.held_until IS NOT NULL)
  WHERE owner_id = NEW.owner_id AND lane NOT LIKE '% finish';
END;--> statement-breakpoint
CREATE TRIGGER `encode_usage_removed` AFTER DELETE ON `encode_usage`
WHEN OLD.held_until IS NOT NULL
BEGIN
  UPDATE lanes SET held = 0 WHERE owner_id = OLD.owner_id;
END;--> statement-breakpoint
-- A creator is counted while something of theirs is runnable or runs.
CREATE TRIGGER `lanes_added` AFTER INSERT ON `lanes`
BEGIN
  INSERT INTO creator_queues (owner_id, running) VALUES (NEW.owner_id, 0)
  ON CONFLICT (owner_id) DO NOTHING;
END;--> statement-breakpoint
CREATE TRIGGER `lanes_removed` AFTER DELETE ON `lanes`
BEGIN
  DELETE FROM creator_queues
  WHERE owner_id = OLD.owner_id AND running = 0
    AND NOT EXISTS (SELECT 1 FROM lanes WHERE owner_id = OLD.owner_id);
END;--> statement-breakpoint
CREATE TRIGGER `creator_queues_added` AFTER INSERT ON `creator_queues`
BEGIN
  UPDATE scheduler SET creators = creators + 1 WHERE id = 1;
END;--> statement-breakpoint
CREATE TRIGGER `creator_queues_removed` AFTER DELETE ON `creator_queues`
BEGIN
  UPDATE scheduler SET creators = creators - 1 WHERE id = 1;
END;--> statement-breakpoint
INSERT INTO `creator_queues` (`owner_id`, `running`)
SELECT `owner_id`, count(*) FROM `tasks` WHERE `state` = 'running' AND `kind` <> 'finish' GROUP BY `owner_id`;--> statement-breakpoint
UPDATE `scheduler` SET `running` = (
  SELECT count(*) FROM `tasks` WHERE `state` = 'running' AND `kind` <> 'finish');--> statement-breakpoint
UPDATE `tasks` SET `runnable` = 1
WHERE `state` = 'queued' AND EXISTS (
  SELECT 1 FROM `transcodes` AS t
  WHERE t.video_id = `tasks`.video_id AND t.version = `tasks`.version
    AND t.state = 'active' AND t.stage = `tasks`.stage);
