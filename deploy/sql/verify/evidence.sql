-- Verify evidence

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'submission_word(text, text)'::regprocedure, 'evidence_received(timestamptz, date)'::regprocedure;

ROLLBACK;
