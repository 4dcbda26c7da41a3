-- Revert decisions

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION branch_pick_post(text, text, uuid, uuid, text);
DROP FUNCTION review_post(text, text, uuid, uuid, text, text, jsonb, date);
DROP FUNCTION acceptance_check(account, item_revision, timestamptz);
DROP FUNCTION ended_revisions(text[], text[], uuid[], uuid[]);
DROP FUNCTION ended_lock_key();
DROP FUNCTION item_is_ended(text, uuid);
DROP FUNCTION revision_is_outdated(item_revision);
DROP FUNCTION revision_to_judge(text, uuid, uuid);
DROP FUNCTION reviewer_of(text, item_revision);
DROP FUNCTION revision_people(item_revision);
DROP FUNCTION person_key(text);
DROP FUNCTION revision_is_whole(text, text, uuid, uuid);

COMMIT;
