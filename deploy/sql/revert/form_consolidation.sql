-- Revert form_consolidation

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION form_consolidated(text, text, timestamptz);
DROP FUNCTION form_member(text, text, timestamptz);

COMMIT;
