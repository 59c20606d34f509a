-- What viewers do with videos, for their creators: see docs/decisions/800-analytics.md. Times are integer milliseconds since
-- the epoch, days are those of UTC. A subject is a video, or the account of its creator for all of its videos together.

-- Messages of the counters of views. A row stays for a while after it was added up: a queue may deliver it again.
CREATE TABLE audience_inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  videos TEXT NOT NULL,
  folded_at INTEGER
);
CREATE INDEX audience_inbox_unfolded ON audience_inbox (seq) WHERE folded_at IS NULL;
CREATE INDEX audience_inbox_folded ON audience_inbox (folded_at) WHERE folded_at IS NOT NULL;

-- measured: views that players report on. watched: seconds of the video.
CREATE TABLE audience_minutes (
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  views REAL NOT NULL,
  measured REAL NOT NULL,
  watched REAL NOT NULL,
  startups REAL NOT NULL,
  startup_ms REAL NOT NULL,
  rebuffering_ms REAL NOT NULL,
  PRIMARY KEY (subject, at)
) WITHOUT ROWID;
CREATE INDEX audience_minutes_age ON audience_minutes (at);
CREATE TABLE audience_days (
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  views REAL NOT NULL,
  measured REAL NOT NULL,
  watched REAL NOT NULL,
  startups REAL NOT NULL,
  startup_ms REAL NOT NULL,
  rebuffering_ms REAL NOT NULL,
  PRIMARY KEY (subject, at)
) WITHOUT ROWID;
CREATE INDEX audience_days_age ON audience_days (at);

-- Of measured views, by what they are told apart by (workers/contract/audience-names.ts); of an account also by video, with
-- all views. Without a value: what is left beside the largest ones of a day.
CREATE TABLE audience_values (
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  dimension TEXT NOT NULL,
  value TEXT NOT NULL,
  views REAL NOT NULL,
  watched REAL NOT NULL,
  PRIMARY KEY (subject, at, dimension, value)
) WITHOUT ROWID;
CREATE INDEX audience_values_age ON audience_values (at);

-- JSON lists, by hundredth of the video in tenths: how many measured views reached it, and how often it was played.
CREATE TABLE audience_curves (
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  measured REAL NOT NULL,
  reached TEXT NOT NULL,
  plays TEXT NOT NULL,
  PRIMARY KEY (subject, at)
) WITHOUT ROWID;
CREATE INDEX audience_curves_age ON audience_curves (at);

-- When the values of the last days were last limited to the largest; one row.
CREATE TABLE audience_upkeep (id INTEGER PRIMARY KEY, at INTEGER NOT NULL);
