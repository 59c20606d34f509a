-- Priorities are stored as positions in a list of names (workers/domain/task-order.ts).
UPDATE `tasks` SET `priority` = CASE
  WHEN `kind` IN ('plan', 'remux', 'finish') THEN 0
  WHEN `priority` < 5 THEN 1
  WHEN `priority` < 10 THEN 2
  WHEN `priority` < 60 THEN 3
  WHEN `priority` < 70 THEN 4
  WHEN `priority` < 80 THEN 5
  WHEN `priority` < 100 THEN 6
  WHEN `kind` = 'audio' AND `priority` < 200 THEN 7
  WHEN `kind` = 'video' AND `stage` < 3 THEN 8
  WHEN `kind` = 'download' THEN 9
  WHEN `priority` < 400 THEN 10
  ELSE 11
END;
