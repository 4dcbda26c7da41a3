-- Verify findings

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'accepted_correction(text, timestamptz, text[], uuid[])'::regprocedure;
SELECT 'correction_finding(text, text)'::regprocedure;
SELECT 'approval_finding(text)'::regprocedure;
SELECT 'file_is_here(bytea, text, text, timestamptz)'::regprocedure;
SELECT 'file_finding(bytea, text, text, text, timestamptz)'::regprocedure;
SELECT 'paper_findings(submission, timestamptz)'::regprocedure;
SELECT 'late_entry_from(date)'::regprocedure;
SELECT 'counted_day(text, uuid, timestamptz)'::regprocedure;
SELECT 'event_notes(text, uuid, timestamptz)'::regprocedure;
SELECT 'open_findings(text, timestamptz, text[], uuid[])'::regprocedure;
SELECT 'file_notes(text, timestamptz, text[], uuid[])'::regprocedure;

ROLLBACK;
