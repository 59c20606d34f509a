-- The words of title, people and tags as three JSON lists, ready for ranking: splitting hundreds of titles into words cost
-- more than finding them. A rebuild fills the column; until then the order is less exact.
ALTER TABLE docs_a ADD COLUMN words TEXT NOT NULL DEFAULT '[[],[],[]]';
ALTER TABLE docs_b ADD COLUMN words TEXT NOT NULL DEFAULT '[[],[],[]]';
-- Titles alone: a column filter on the head would read every video that has the word as a tag.
CREATE VIRTUAL TABLE titles_a USING fts5(text, content='', contentless_delete=1, tokenize='ascii', prefix='1 2 3');
CREATE VIRTUAL TABLE titles_b USING fts5(text, content='', contentless_delete=1, tokenize='ascii', prefix='1 2 3');
INSERT OR REPLACE INTO index_state (name, value) VALUES ('requested', 'yes');
