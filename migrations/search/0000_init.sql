-- Search index: see workers/db/search/.
CREATE TABLE index_state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
