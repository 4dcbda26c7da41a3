-- Revert form_evidence

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION form_proposal(text, text, text, date);
DROP FUNCTION form_evidence(text, text, date, date, date, timestamptz);
DROP FUNCTION form_participation(text[], date, date, timestamptz);
DROP FUNCTION form_township(text, text[], date, date, timestamptz);
DROP FUNCTION form_flag(text[], date, date, timestamptz);
DROP FUNCTION form_record(text[], timestamptz);
DROP FUNCTION form_session(text[], timestamptz);
DROP FUNCTION lecture_keys(text[]);
DO $$
DECLARE
	v_kind text;
BEGIN
	FOR v_kind IN SELECT k.kind FROM zhibao.record_kind() k LOOP
		EXECUTE format('DROP FUNCTION zhibao.%I(text[], timestamptz)', v_kind || '_of');
	END LOOP;
END $$;
DROP FUNCTION form_period(text, integer);
DROP TABLE form_measure;
DROP TABLE form_cell;

COMMIT;
