-- Verify form_sessions

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'lecture_keys(text[])'::regprocedure;
SELECT 'form_held(text[], timestamptz)'::regprocedure;
SELECT 'form_joined(text[], counted_lecture[], timestamptz)'::regprocedure;
SELECT 'form_session(text[], counted_lecture[], timestamptz)'::regprocedure;

ROLLBACK;
