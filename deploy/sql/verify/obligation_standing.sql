-- Verify obligation_standing

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT count(*) FROM obligation_standing(now()), timeliness(now()), filing_standing(now());

ROLLBACK;
