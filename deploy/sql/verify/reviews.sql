-- Verify reviews

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT office_code, item_id, revision_id, review_no, verdict, reason, remarks, cure_on, reviewer, reviewer_office_code, reviewed_at, xid FROM review WHERE false;
SELECT office_code, item_id, pick_no, revision_id, reason, picked_by, picked_at, xid FROM branch_pick WHERE false;

ROLLBACK;
