-- Versions loaded, with what each holds.
-- Result: integer register_version, text programme, integer version, text name_zh, timestamptz loaded_at, bigint offices, bigint townships,
-- bigint plan lines, bigint sessions planned at least, bigint milestones, bigint form items.
SELECT v.register_version, v.programme, v.version, v.name_zh, v.loaded_at,
	(SELECT count(*) FROM zhibao.office o WHERE o.register_version = v.register_version),
	(SELECT count(*) FROM zhibao.township_version t WHERE t.register_version = v.register_version),
	(SELECT count(*) FROM zhibao.plan_line p WHERE p.register_version = v.register_version),
	(SELECT coalesce(sum(p.planned_min), 0) FROM zhibao.plan_line p WHERE p.register_version = v.register_version),
	(SELECT count(*) FROM zhibao.milestone m WHERE m.register_version = v.register_version),
	(SELECT count(*) FROM zhibao.form_item f WHERE f.register_version = v.register_version)
FROM zhibao.programme_version v ORDER BY v.register_version
