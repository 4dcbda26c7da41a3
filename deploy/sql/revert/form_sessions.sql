-- Revert form_sessions

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION form_session(text[], counted_lecture[], timestamptz);
DROP FUNCTION form_joined(text[], counted_lecture[], timestamptz);
DROP FUNCTION form_held(text[], timestamptz);
DROP FUNCTION lecture_keys(text[]);

COMMIT;
