-- Revert findings

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION open_findings(text, timestamptz, text[], uuid[]);
DROP FUNCTION event_notes(text, uuid, timestamptz);
DROP FUNCTION counted_day(text, uuid, timestamptz);
DROP FUNCTION late_entry_from(date);
DROP FUNCTION file_notes(text, timestamptz, text[], uuid[]);
DROP FUNCTION paper_findings(submission, timestamptz);
DROP FUNCTION file_finding(bytea, text, text, text, timestamptz);
DROP FUNCTION file_is_here(bytea, text, text, timestamptz);
DROP FUNCTION approval_finding(text);
DROP FUNCTION correction_finding(text, text);
DROP FUNCTION accepted_correction(text, timestamptz, text[], uuid[]);

COMMIT;
