-- The words of a text are now written in sequence, with their variants after a separator; a rebuild repairs phrases.
INSERT OR REPLACE INTO index_state (name, value) VALUES ('requested', 'yes');
-- Completions of five and six letters by frequency, as for fewer letters.
CREATE INDEX words_a_5 ON words_a (substr(term, 1, 5), weight DESC);
CREATE INDEX words_a_6 ON words_a (substr(term, 1, 6), weight DESC);
CREATE INDEX words_b_5 ON words_b (substr(term, 1, 5), weight DESC);
CREATE INDEX words_b_6 ON words_b (substr(term, 1, 6), weight DESC);
