-- Revert reviews

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION verdict_zh(text);
DROP FUNCTION verdicts_at(timestamptz);
DROP TABLE branch_pick;
DROP TABLE review;

COMMIT;
