-- Sums over all videos (workers/jobs/census.ts): one row, with the pass that goes on and the results of the last whole one.
CREATE TABLE census (
  id INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  -- Number of the last row of the pass; NULL between passes.
  cursor INTEGER,
  seconds REAL NOT NULL DEFAULT 0,
  source_bytes REAL NOT NULL DEFAULT 0,
  -- Of the videos whose objects have been measured: of their sources, and of all of their objects.
  measured_source_bytes REAL NOT NULL DEFAULT 0,
  measured_bytes REAL NOT NULL DEFAULT 0,
  -- NULL before the first whole pass.
  last_minutes REAL,
  last_bytes REAL
);
