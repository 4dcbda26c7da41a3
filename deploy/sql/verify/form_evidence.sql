-- Verify form_evidence

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT item_no, sub_field, place, value_type, unit, label_zh, is_cumulative, is_mandatory, source_line FROM form_cell WHERE false;
SELECT item_no, sub_field, source, categories, tally FROM form_measure WHERE false;
SELECT 1 / (count(*) = 29)::integer FROM form_cell;
SELECT has_function_privilege('form_evidence(text, text, date, date, date, timestamptz)', 'execute');
SELECT has_function_privilege('form_proposal(text, text, text, date)', 'execute');

ROLLBACK;
