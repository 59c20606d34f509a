ALTER TABLE `runners` ADD `ended_at` integer;--> statement-breakpoint
CREATE INDEX `runners_awake` ON `runners` (`last_seen_at`) WHERE kind = 'container' AND ended_at IS NULL;--> statement-breakpoint
-- What follows from the end of any task needs no statement of its own: a finished one counts for its runner, and the last open
-- task of a stage moves the transcode on to the next stage that has open tasks; without any it is done.
CREATE TRIGGER `tasks_closed` AFTER UPDATE OF state ON `tasks`
WHEN NEW.state IN ('done', 'dead') AND OLD.state IN ('queued', 'running')
BEGIN
  UPDATE runners SET tasks_done = tasks_done + 1, faults = '[]', quarantines = 0, last_seen_at = coalesce(NEW.finished_at, last_seen_at), ended_at = NULL
  WHERE id = OLD.runner AND NEW.state = 'done';
  UPDATE transcodes SET
    (stage, state) = (
      SELECT coalesce(min(open.stage), transcodes.stage), iif(min(open.stage) IS NULL, 'done', 'active') FROM (
        SELECT min(stage) AS stage FROM tasks
        WHERE video_id = NEW.video_id AND version = NEW.version AND state = 'queued'
        UNION ALL
        SELECT min(stage) FROM tasks
        WHERE video_id = NEW.video_id AND version = NEW.version AND state = 'running') AS open),
    updated_at = coalesce(NEW.finished_at, updated_at)
  WHERE video_id = NEW.video_id AND version = NEW.version AND state = 'active'
    AND NOT EXISTS (
      SELECT 1 FROM tasks
      WHERE video_id = NEW.video_id AND version = NEW.version AND state IN ('queued', 'running') AND stage = transcodes.stage);
END;
