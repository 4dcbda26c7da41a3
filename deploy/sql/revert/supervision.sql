-- Revert supervision

BEGIN;

SET LOCAL search_path TO zhibao;

DROP TABLE public_input;
DROP TABLE exchange;
DROP TABLE feedback_stat;
DROP TABLE circular;
DROP TABLE inspection;

COMMIT;
