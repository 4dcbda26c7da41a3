-- Verify completion

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'session(date, timestamptz)'::regprocedure;
SELECT 'session_count(date, timestamptz)'::regprocedure;
SELECT 'claimed_session(date, timestamptz)'::regprocedure;
SELECT 'plan_line_standing(date, timestamptz)'::regprocedure;
SELECT 'is_in_scope(text, text)'::regprocedure;
SELECT 'completion_by_office(date, timestamptz, text)'::regprocedure;
SELECT 'suspected_twin(date, timestamptz)'::regprocedure;

ROLLBACK;
