-- Revert revisions

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION item_list(text, integer, text, timestamptz, integer, bigint);
DROP FUNCTION item_rows(text, text, uuid, timestamptz);
DROP FUNCTION record_body(jsonb);
DROP FUNCTION counting(anyelement, timestamptz);
DROP FUNCTION facts_as_of(timestamptz);
DROP FUNCTION counting_revision(text, timestamptz, text[], uuid[]);
DROP FUNCTION revision_tip(text, timestamptz, text[], uuid[]);
SELECT format('DROP FUNCTION %I(timestamptz, text[], uuid[])', kind || '_tip') FROM record_kind() \gexec
DROP FUNCTION record_kind();
DROP FUNCTION revision_tip_query(text, text);
DROP FUNCTION stored_base(text, text, uuid, uuid, timestamptz);

COMMIT;
