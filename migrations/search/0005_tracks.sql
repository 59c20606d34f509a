-- Each caption track now has rows of its own. Existing windows are deleted; a new rebuild writes them again.
INSERT INTO moments_a (moments_a) VALUES ('delete-all');
INSERT INTO moments_b (moments_b) VALUES ('delete-all');
DELETE FROM spoken_a;
DELETE FROM spoken_b;
DELETE FROM index_state WHERE name = 'rebuild';
INSERT OR REPLACE INTO index_state (name, value) VALUES ('requested', 'yes');
