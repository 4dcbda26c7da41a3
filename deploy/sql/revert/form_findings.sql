-- Revert form_findings

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION form_revision(text, uuid, timestamptz);
DROP FUNCTION form_findings(text, uuid, uuid, timestamptz);

COMMIT;
