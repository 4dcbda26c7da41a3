-- Revert obligations

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION reminder_standing(timestamptz), reminder_post(text, text, integer, text), reminder_run(),
	reminder_text(text, timestamptz, timestamptz, text), reminder_due(timestamptz), exemption_withdraw(text, text, integer, text),
	exemption_grant(text, text, integer, text, timestamptz), extension_withdraw(text, text, integer, text),
	extension_grant(text, text, integer, timestamptz, text), deadline_acting(text, text, integer), deadline_text(timestamptz);
DROP FUNCTION filing_standing(timestamptz), timeliness(timestamptz), obligation_standing(timestamptz), evidence_received(timestamptz),
	filing_answer(timestamptz), extension_of_revision(item_revision, timestamptz), exemption_at(text, timestamptz), extension_at(text, timestamptz), evidence_standing(timestamptz),
	evidence_companion(timestamptz), evidence_event(timestamptz), submission_word(text, text), filed_revision(text, timestamptz, text),
	form_is_complete(integer, jsonb), form_mandatory_cell(integer), obligations_generate(integer), milestone_actors(integer),
	deadline_day(integer, date), days_after(timestamptz, timestamptz), day_end(date);
DROP TABLE reminder, exemption, extension, obligation, calendar_day;
ALTER TABLE milestone DROP COLUMN evidence, DROP COLUMN judged_by;

COMMIT;
