-- The caption files that the windows of a video were made of, so that they are read again only when the files change.
ALTER TABLE spoken_a ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
ALTER TABLE spoken_b ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
