/**
 * Statements that make CATALOG consistent after its tables were copied one by one while it was changing. Tasks and
 * transcodes were copied before videos. They run after the last row and before the triggers are created.
 */
export const REPAIRS: readonly string[] = [
  // Running tasks are given to another runner.
  "UPDATE tasks SET state = 'queued', runner = NULL, lease_until = NULL WHERE state = 'running'",
  // A transcode that had not begun yet when transcodes were copied: its creator retries it.
  `UPDATE videos SET state = 'failed', error_code = 'attempt_interrupted',
     error_detail = 'Processing was interrupted. Try again.'
   WHERE state IN ('queued', 'processing', 'playable') AND source_key IS NOT NULL
     AND NOT EXISTS (
       SELECT 1 FROM transcodes AS t
       WHERE t.video_id = videos.id AND t.version = videos.version AND t.state IN ('active', 'paused'))`,
  // Same as the triggers of migration 0022.
  `UPDATE tasks SET runnable = (
     state = 'queued' AND not_before = 0 AND EXISTS (
       SELECT 1 FROM transcodes AS t
       WHERE t.video_id = tasks.video_id AND t.version = tasks.version
         AND t.state = 'active' AND t.stage = tasks.stage))`,
  "DELETE FROM lanes",
  `INSERT INTO lanes (owner_id, lane, running, since, priority, held)
   SELECT owner_id, lane, 0, since, priority, kind <> 'finish' AND EXISTS (
     SELECT 1 FROM encode_usage AS e WHERE e.owner_id = best.owner_id AND e.held_until IS NOT NULL)
   FROM (
     SELECT *, row_number() OVER (PARTITION BY owner_id, lane ORDER BY since, priority) AS place
     FROM tasks WHERE runnable = 1) AS best
   WHERE place = 1`,
  "DELETE FROM creator_queues",
  "INSERT INTO creator_queues (owner_id, running) SELECT DISTINCT owner_id, 0 FROM lanes",
  "UPDATE scheduler SET running = 0, creators = (SELECT count(*) FROM creator_queues)",
  // Same as migration 0027.
  "DELETE FROM creator_usage",
  `INSERT INTO creator_usage (owner_id, videos, bytes)
   SELECT owner_id, count(*), sum(source_bytes) FROM videos WHERE erased_at IS NULL GROUP BY owner_id`,
  `INSERT INTO creator_usage (owner_id, open_uploads, open_bytes)
   SELECT owner_id, count(*), sum(size) FROM uploads WHERE state = 'open' GROUP BY owner_id
   ON CONFLICT (owner_id) DO UPDATE SET open_uploads = excluded.open_uploads, open_bytes = excluded.open_bytes`,
];

/** Copied after all others, in this order: rows that refer to a video come before it. */
export const COPIED_LAST = ["uploads", "tasks", "transcodes", "captions", "videos"];
