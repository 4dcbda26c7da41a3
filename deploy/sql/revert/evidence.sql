-- Revert evidence

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION evidence_received(timestamptz, date);
DROP FUNCTION filing_answer(timestamptz, date);
DROP FUNCTION evidence_standing(timestamptz);
DROP FUNCTION evidence_companion(timestamptz);
DROP FUNCTION evidence_event(timestamptz);
DROP FUNCTION submission_is_complete(submission);
DROP FUNCTION submission_word(text, text);
DROP FUNCTION filed_revision(text, timestamptz, text);

COMMIT;
