-- Verify revisions

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'stored_base(text, text, uuid, uuid, timestamptz)'::regprocedure;
SELECT 'revision_tip(text, timestamptz, text[], uuid[])'::regprocedure;
SELECT 'counting_revision(text, timestamptz, text[], uuid[])'::regprocedure;
SELECT 'facts_as_of(timestamptz)'::regprocedure;
SELECT 'counting(anyelement, timestamptz)'::regprocedure;
SELECT 'record_body(jsonb)'::regprocedure;
SELECT 'item_rows(text, text, uuid, timestamptz)'::regprocedure;
SELECT 'item_list(text, integer, text, timestamptz, integer, bigint)'::regprocedure;

ROLLBACK;
