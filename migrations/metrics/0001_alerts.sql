-- One row per rule that was ever bad (workers/domain/alerts/alert-rules.ts).
CREATE TABLE alerts (
  name TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  since INTEGER NOT NULL,
  bad_since INTEGER NOT NULL,
  value REAL NOT NULL,
  -- What everyone was last told: 'firing' or 'resolved'.
  told TEXT,
  -- Who was told of the state that others have not been told of yet: a JSON list.
  told_channels TEXT NOT NULL DEFAULT '[]',
  attempts INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Rules of which nobody is told until then.
CREATE TABLE silences (name TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
