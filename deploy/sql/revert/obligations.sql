-- Revert obligations

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION filing_standing(timestamptz), timeliness(timestamptz), obligation_standing(timestamptz), filing_received(timestamptz),
	filing_answer(timestamptz), exemption_at(text, timestamptz), extension_at(text, timestamptz), evidence_standing(timestamptz),
	evidence_companion(timestamptz), evidence_event(timestamptz), filed_revision(text, timestamptz, text),
	form_is_complete(integer, jsonb), form_mandatory_cell(integer), obligations_generate(integer), milestone_actors(integer),
	deadline_day(integer, date), days_after(timestamptz, timestamptz), day_end(date);
DROP TABLE reminder, exemption, extension, obligation, calendar_day;
ALTER TABLE milestone DROP COLUMN evidence, DROP COLUMN judged_by;

COMMIT;
