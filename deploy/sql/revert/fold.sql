-- Revert fold

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION fold(timestamptz);
DROP FUNCTION fold_window(xid8, xid8, timestamptz);
DROP FUNCTION fold_small(text, timestamptz, text[], uuid[]);
DROP FUNCTION fold_lock_key();
DROP FUNCTION fold_horizon();
DROP INDEX branch_pick_by_picked_at;
DROP INDEX review_by_reviewed_at;
DROP VIEW fold_source;

COMMIT;
