-- Caption windows hold cues; a moment is only what a search shows of them. `captioned` names the videos that have windows.
ALTER TABLE moments_a RENAME TO cues_a;
ALTER TABLE moments_b RENAME TO cues_b;
ALTER TABLE spoken_a RENAME TO captioned_a;
ALTER TABLE spoken_b RENAME TO captioned_b;
-- New names in index_state. `replace` keeps the rest of a rebuild's text unchanged, since updates compare the whole text.
UPDATE index_state SET name = 'lease' WHERE name = 'turn';
UPDATE index_state SET value = replace(value, '"slot":', '"side":') WHERE name = 'rebuild';
