import type { DatabaseSync } from "node:sqlite";

/** Rows of tasks are archived once their video is ready, so events are counted as they happen. */
export const TASK_COUNTERS = `
  CREATE TABLE sim_counts (name TEXT, task TEXT, count INTEGER, PRIMARY KEY (name, task));
  CREATE TRIGGER sim_failures AFTER UPDATE OF failures ON tasks WHEN NEW.failures > OLD.failures BEGIN
    INSERT INTO sim_counts VALUES ('failure', NEW.id, 1) ON CONFLICT DO UPDATE SET count = count + 1; END;
  CREATE TRIGGER sim_done AFTER UPDATE OF state ON tasks WHEN NEW.state = 'done' AND OLD.state <> 'done' BEGIN
    INSERT INTO sim_counts VALUES ('done', NEW.id, 1) ON CONFLICT DO UPDATE SET count = count + 1; END;
  CREATE TRIGGER sim_attempts AFTER UPDATE OF attempt ON tasks BEGIN
    INSERT INTO sim_counts VALUES ('attempt', NEW.id, 1) ON CONFLICT DO UPDATE SET count = count + 1; END;
  CREATE TABLE sim_ready (id TEXT PRIMARY KEY);
  CREATE TRIGGER sim_ready AFTER UPDATE OF state ON videos WHEN NEW.state IN ('ready', 'failed') BEGIN
    INSERT OR IGNORE INTO sim_ready VALUES (NEW.id); END;`;

interface CountRow {
  name: string;
  count: number;
  tasks: number;
}

/** The counts of `TASK_COUNTERS`. */
export function taskCounts(sqlite: DatabaseSync) {
  const rows = sqlite
    .prepare("SELECT name, count, count(*) AS tasks FROM sim_counts GROUP BY name, count")
    .all() as unknown as CountRow[];
  const sumOf = (name: string, of: (row: CountRow) => number): number =>
    rows.filter((row) => row.name === name).reduce((sum, row) => sum + of(row), 0);
  return {
    tasks: sumOf("attempt", ({ tasks }) => tasks),
    attempts: sumOf("attempt", ({ tasks, count }) => tasks * count),
    failures: sumOf("failure", ({ tasks, count }) => tasks * count),
    appliedTwice: sumOf("done", ({ tasks, count }) => (count > 1 ? tasks : 0)),
  };
}

/** Videos by state. */
export function videosIn(sqlite: DatabaseSync, state: string): number {
  const row = sqlite.prepare("SELECT count(*) AS count FROM videos WHERE state = ?").get(state);
  return Number(row?.["count"] ?? 0);
}
