-- Numbers about the running product, and its alerts: see docs/decisions/750-metrics.md. Everything here may be dropped.
-- Times are integer milliseconds since the epoch.

-- Batches of numbers as isolates send them. A row stays for a while after it was added up: a queue may deliver it again.
CREATE TABLE inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  points TEXT NOT NULL,
  folded_at INTEGER
);
CREATE INDEX inbox_unfolded ON inbox (seq) WHERE folded_at IS NULL;
CREATE INDEX inbox_folded ON inbox (folded_at) WHERE folded_at IS NOT NULL;

-- n: how many values; total: their sum; peak: the largest. labels: their values in the order of workers/domain/metrics.ts.
-- bucket: of a histogram, else 0.
CREATE TABLE minutes (
  at INTEGER NOT NULL,
  metric TEXT NOT NULL,
  labels TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  n REAL NOT NULL,
  total REAL NOT NULL,
  peak REAL NOT NULL,
  PRIMARY KEY (at, metric, labels, bucket)
) WITHOUT ROWID;
CREATE TABLE hours (
  at INTEGER NOT NULL,
  metric TEXT NOT NULL,
  labels TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  n REAL NOT NULL,
  total REAL NOT NULL,
  peak REAL NOT NULL,
  PRIMARY KEY (at, metric, labels, bucket)
) WITHOUT ROWID;
CREATE TABLE days (
  at INTEGER NOT NULL,
  metric TEXT NOT NULL,
  labels TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  n REAL NOT NULL,
  total REAL NOT NULL,
  peak REAL NOT NULL,
  PRIMARY KEY (at, metric, labels, bucket)
) WITHOUT ROWID;

-- When minutes were last added up to hours and days; one row.
CREATE TABLE rollups (id INTEGER PRIMARY KEY, at INTEGER NOT NULL);
