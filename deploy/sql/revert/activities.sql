-- Revert activities

BEGIN;

SET LOCAL search_path TO zhibao;

DROP TABLE claim;
DROP TABLE speaker;
DROP TABLE study_event;
DROP TABLE lecture_event;
DROP TABLE plan_item;

COMMIT;
