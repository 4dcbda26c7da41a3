-- Revert form_support

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION form_support(text, timestamptz);
DROP FUNCTION form_support_of(text, uuid, uuid, timestamptz);
DROP FUNCTION form_cell_support(text, uuid, uuid, timestamptz);
DROP FUNCTION support_zh(text);
DROP FUNCTION form_judge(text, text, numeric, text, bigint, boolean, text, text, bigint, boolean, text, bigint, bigint);
DROP FUNCTION form_filing(text, timestamptz, integer);
DROP FUNCTION form_is_complete(jsonb);
DROP FUNCTION form_line(jsonb);

COMMIT;
