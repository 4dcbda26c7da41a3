-- Verify registers

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT register_version, programme, version, name_zh, year, digest, loaded_at FROM programme_version WHERE false;
SELECT register_version, code, parent_code, level, name_zh, short_name, division_zh, division_kind, is_county_level FROM office WHERE false;
SELECT register_version, ancestor_code, code FROM office_tree WHERE false;
SELECT register_version, unit_id, code, name_zh, kind, county_code, valid_from, valid_to FROM township_version WHERE false;
SELECT register_version, change, changed_on, from_unit_id, to_unit_id FROM township_lineage WHERE false;
SELECT register_version, plan_item_id, row_no, category, theme, activity, time_text, window_start, window_end, place, audience, sessions_text, planned_min, planned_max, mode, lead_office_code FROM plan_line WHERE false;
SELECT register_version, milestone_no, due_on, actor_level, obligation_zh, submission_kind, applies_to, source_line FROM milestone WHERE false;
SELECT register_version, item_no, section, code, label_zh, value_type, unit, sub_fields, aggregation_rule FROM form_item WHERE false;
SELECT register_version, name, label_zh, is_five FROM lecture_category WHERE false;
SELECT register_version, name, value, allowed, source FROM rule_switch WHERE false;
SELECT register_version, name, content, digest FROM programme_file WHERE false;

ROLLBACK;
