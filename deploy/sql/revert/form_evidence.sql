-- Revert form_evidence

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION form_proposal(text, text, text, date);
DROP FUNCTION form_evidence(text, text, date, date, date, timestamptz);
DROP FUNCTION form_participation(text[], counted_lecture[], date, date, timestamptz);
DROP FUNCTION speaker_pair_query(text, text, text);
DROP FUNCTION form_township(text, counted_lecture[], date, date, timestamptz);
DROP FUNCTION form_flag(text[], date, date, timestamptz);
DROP FUNCTION form_record(text[], counted_lecture[], timestamptz);
SELECT format('DROP FUNCTION %I(text[], timestamptz)', kind || '_of') FROM record_kind() \gexec
DROP FUNCTION form_period(text, integer);
DROP TABLE form_measure;
DROP TABLE form_cell;

COMMIT;
