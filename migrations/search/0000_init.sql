-- The search index: derived from CATALOG, see docs/decisions/200-search-index.md. Every table exists twice, as
-- side a and side b: one answers while the other is rebuilt. FTS5 gets words that workers/domain/search/text.ts
-- has split and folded, so the tokenizer only splits at spaces (`ascii` keeps every non-ASCII character).
CREATE TABLE index_state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO index_state (name, value) VALUES ('active', 'a');

-- rowid: best static score first (workers/domain/search/document.ts); key: the title without spaces.
CREATE TABLE docs_a (
  rowid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  people TEXT NOT NULL,
  tags TEXT NOT NULL,
  category TEXT NOT NULL,
  language TEXT,
  creator TEXT NOT NULL,
  duration REAL NOT NULL,
  height INTEGER NOT NULL,
  hdr INTEGER NOT NULL,
  captions INTEGER NOT NULL,
  views INTEGER NOT NULL,
  published_at INTEGER NOT NULL
);
CREATE INDEX docs_a_key ON docs_a (key);
CREATE VIRTUAL TABLE head_a USING fts5(title, more, content='', contentless_delete=1, tokenize='ascii', prefix='1 2 3');
CREATE VIRTUAL TABLE body_a USING fts5(text, content='', contentless_delete=1, tokenize='ascii');
-- The vocabulary: df is the number of videos with the term, weight its logarithm (so that the indexes rarely change).
CREATE TABLE words_a (
  term TEXT PRIMARY KEY,
  stem TEXT NOT NULL,
  df INTEGER NOT NULL,
  weight INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX words_a_stem ON words_a (stem);
CREATE INDEX words_a_1 ON words_a (substr(term, 1, 1), weight DESC);
CREATE INDEX words_a_2 ON words_a (substr(term, 1, 2), weight DESC);
CREATE INDEX words_a_3 ON words_a (substr(term, 1, 3), weight DESC);
CREATE INDEX words_a_4 ON words_a (substr(term, 1, 4), weight DESC);
-- The start of a long term without one or two of its letters, to find the term in spite of two typos.
CREATE TABLE typos_a (key TEXT NOT NULL, term TEXT NOT NULL, PRIMARY KEY (key, term)) WITHOUT ROWID;
-- Caption windows: rowid is the video's base plus the number of the window; the captions themselves stay in R2.
CREATE TABLE spoken_a (base INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE moments_a USING fts5(text, content='', contentless_delete=1, tokenize='ascii');

-- rowid: best static score first (workers/domain/search/document.ts); key: the title without spaces.
CREATE TABLE docs_b (
  rowid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  people TEXT NOT NULL,
  tags TEXT NOT NULL,
  category TEXT NOT NULL,
  language TEXT,
  creator TEXT NOT NULL,
  duration REAL NOT NULL,
  height INTEGER NOT NULL,
  hdr INTEGER NOT NULL,
  captions INTEGER NOT NULL,
  views INTEGER NOT NULL,
  published_at INTEGER NOT NULL
);
CREATE INDEX docs_b_key ON docs_b (key);
CREATE VIRTUAL TABLE head_b USING fts5(title, more, content='', contentless_delete=1, tokenize='ascii', prefix='1 2 3');
CREATE VIRTUAL TABLE body_b USING fts5(text, content='', contentless_delete=1, tokenize='ascii');
-- The vocabulary: df is the number of videos with the term, weight its logarithm (so that the indexes rarely change).
CREATE TABLE words_b (
  term TEXT PRIMARY KEY,
  stem TEXT NOT NULL,
  df INTEGER NOT NULL,
  weight INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX words_b_stem ON words_b (stem);
CREATE INDEX words_b_1 ON words_b (substr(term, 1, 1), weight DESC);
CREATE INDEX words_b_2 ON words_b (substr(term, 1, 2), weight DESC);
CREATE INDEX words_b_3 ON words_b (substr(term, 1, 3), weight DESC);
CREATE INDEX words_b_4 ON words_b (substr(term, 1, 4), weight DESC);
-- The start of a long term without one or two of its letters, to find the term in spite of two typos.
CREATE TABLE typos_b (key TEXT NOT NULL, term TEXT NOT NULL, PRIMARY KEY (key, term)) WITHOUT ROWID;
-- Caption windows: rowid is the video's base plus the number of the window; the captions themselves stay in R2.
CREATE TABLE spoken_b (base INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE moments_b USING fts5(text, content='', contentless_delete=1, tokenize='ascii');
