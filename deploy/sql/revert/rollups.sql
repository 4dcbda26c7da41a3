-- Revert rollups

BEGIN;

SET LOCAL search_path TO zhibao;

DROP TABLE current_claim;
DROP TABLE current_plan_item;
DROP TABLE counted_study;
DROP TABLE session_sum;
DROP TABLE session_month;
DROP TABLE session_day;
DROP TABLE covering_unit;
DROP TABLE covering_day;
DROP TABLE counted_lecture;
DROP TABLE fold_mark;
DROP TABLE fold_state;

COMMIT;
