-- Verify decisions

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'revision_is_whole(text, text, uuid, uuid)'::regprocedure;
SELECT 'person_key(text)'::regprocedure;
SELECT 'revision_people(item_revision)'::regprocedure;
SELECT 'reviewer_of(text, item_revision)'::regprocedure;
SELECT 'revision_to_judge(text, uuid, uuid)'::regprocedure;
SELECT 'revision_is_outdated(item_revision)'::regprocedure;
SELECT 'acceptance_check(account, item_revision, timestamptz)'::regprocedure;
SELECT 'item_is_ended(text, uuid)'::regprocedure;
SELECT 'ended_lock_key()'::regprocedure;
SELECT 'ended_revisions(text[], text[], uuid[], uuid[])'::regprocedure;
SELECT 'review_post(text, text, uuid, uuid, text, text, jsonb, date)'::regprocedure;
SELECT 'branch_pick_post(text, text, uuid, uuid, text)'::regprocedure;

ROLLBACK;
