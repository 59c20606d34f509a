-- The words of title, people and tags as three JSON lists, ready for the ranking: cutting hundreds of titles into words
-- cost more than finding them. A rebuild fills the column; until then the order is coarser.
ALTER TABLE docs_a ADD COLUMN words TEXT NOT NULL DEFAULT '[[],[],[]]';
ALTER TABLE docs_b ADD COLUMN words TEXT NOT NULL DEFAULT '[[],[],[]]';
INSERT OR REPLACE INTO index_state (name, value) VALUES ('requested', 'yes');
