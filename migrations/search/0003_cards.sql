-- What a result needs of a video becomes one text, its card (workers/db/search/candidate-rows.ts): converting the columns
-- of hundreds of videos to JSON for every search cost more than finding them. Only columns used in conditions are left.
CREATE TABLE cards_a (
  rowid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  key TEXT NOT NULL,
  duration REAL NOT NULL,
  height INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  card TEXT NOT NULL
);
INSERT INTO cards_a
  SELECT rowid, id, revision, key, duration, height, published_at,
    id || '¤' || key
      || '¤' || replace(replace(replace(title, '¤', ' '), '¦', ' '), '¶', ' ')
      || '¤' || (SELECT coalesce(group_concat(replace(replace(replace(value, '¤', ' '), '¦', ' '), '¶', ' '), '¦'), '') FROM json_each(people))
      || '¤' || (SELECT coalesce(group_concat(replace(replace(replace(value, '¤', ' '), '¦', ' '), '¶', ' '), '¦'), '') FROM json_each(tags))
      || '¤' || (SELECT coalesce(group_concat(value, '¦'), '') FROM json_each(words, '$[0]'))
      || '¤' || (SELECT coalesce(group_concat(value, '¦'), '') FROM json_each(words, '$[1]'))
      || '¤' || (SELECT coalesce(group_concat(value, '¦'), '') FROM json_each(words, '$[2]'))
      || '¤' || category || '¤' || coalesce(language, '') || '¤' || creator || '¤' || duration || '¤' || height || '¤' || hdr || '¤' || captions || '¤' || views || '¤' || published_at
  FROM docs_a;
DROP TABLE docs_a;
ALTER TABLE cards_a RENAME TO docs_a;
CREATE INDEX docs_a_key ON docs_a (key);
CREATE TABLE cards_b (
  rowid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  key TEXT NOT NULL,
  duration REAL NOT NULL,
  height INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  card TEXT NOT NULL
);
INSERT INTO cards_b
  SELECT rowid, id, revision, key, duration, height, published_at,
    id || '¤' || key
      || '¤' || replace(replace(replace(title, '¤', ' '), '¦', ' '), '¶', ' ')
      || '¤' || (SELECT coalesce(group_concat(replace(replace(replace(value, '¤', ' '), '¦', ' '), '¶', ' '), '¦'), '') FROM json_each(people))
      || '¤' || (SELECT coalesce(group_concat(replace(replace(replace(value, '¤', ' '), '¦', ' '), '¶', ' '), '¦'), '') FROM json_each(tags))
      || '¤' || (SELECT coalesce(group_concat(value, '¦'), '') FROM json_each(words, '$[0]'))
      || '¤' || (SELECT coalesce(group_concat(value, '¦'), '') FROM json_each(words, '$[1]'))
      || '¤' || (SELECT coalesce(group_concat(value, '¦'), '') FROM json_each(words, '$[2]'))
      || '¤' || category || '¤' || coalesce(language, '') || '¤' || creator || '¤' || duration || '¤' || height || '¤' || hdr || '¤' || captions || '¤' || views || '¤' || published_at
  FROM docs_b;
DROP TABLE docs_b;
ALTER TABLE cards_b RENAME TO docs_b;
CREATE INDEX docs_b_key ON docs_b (key);
