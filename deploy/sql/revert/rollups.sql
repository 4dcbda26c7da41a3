-- Revert rollups

BEGIN;

SET LOCAL search_path TO zhibao;

DROP TABLE current_claim;
DROP TABLE current_plan_item;
DROP TABLE covering_event;
DROP TABLE counted_lecture;
DROP TABLE fold_state;

COMMIT;
