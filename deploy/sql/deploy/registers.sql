-- Deploy registers: programme packs: what the official annexes say, as data, every version kept.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TABLE programme_version (
	register_version integer PRIMARY KEY,
	programme text NOT NULL,
	version integer NOT NULL CHECK (version > 0),
	name_zh text NOT NULL,
	year integer NOT NULL,
	digest bytea NOT NULL CHECK (octet_length(digest) = 32),
	loaded_at timestamptz NOT NULL,
	UNIQUE (programme, version)
);
COMMENT ON TABLE programme_version IS 'Programme packs loaded (活动包版本); one row per load of a new version. Written by zhibao-collector programme load; read by all.';
COMMENT ON COLUMN programme_version.register_version IS 'number of the load, from 1 (名册版本)';
COMMENT ON COLUMN programme_version.programme IS 'identifier of the programme (活动标识), such as hubei-2024';
COMMENT ON COLUMN programme_version.version IS 'version of the pack (活动版本)';
COMMENT ON COLUMN programme_version.name_zh IS 'name of the programme (活动名称)';
COMMENT ON COLUMN programme_version.year IS 'year of the programme (年度)';
COMMENT ON COLUMN programme_version.digest IS 'BLAKE2b-256 over the files of the pack (摘要)';
COMMENT ON COLUMN programme_version.loaded_at IS 'instant from which figures use it (装载时间)';
GRANT SELECT, INSERT ON programme_version TO zhibao_collector;
GRANT SELECT ON programme_version TO zhibao_aggregator, zhibao_admin;

CREATE TABLE office (
	register_version integer NOT NULL REFERENCES programme_version,
	code text NOT NULL,
	parent_code text,
	level text NOT NULL CHECK (level IN ('province', 'city', 'county', 'province_unit')),
	name_zh text NOT NULL,
	short_name text NOT NULL,
	division_zh text NOT NULL,
	division_kind text NOT NULL,
	is_county_level boolean NOT NULL,
	PRIMARY KEY (register_version, code)
);
COMMENT ON TABLE office IS 'Offices (单位名册) of one version of the registers. Written by zhibao-collector programme load; read by all.';
COMMENT ON COLUMN office.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN office.code IS 'code of the office (单位代码)';
COMMENT ON COLUMN office.parent_code IS 'office above it (上级单位), NULL for the province';
COMMENT ON COLUMN office.level IS 'level (层级): province, city, county or unit of the province';
COMMENT ON COLUMN office.name_zh IS 'full name (单位名称)';
COMMENT ON COLUMN office.short_name IS 'name for lists and maps (简称)';
COMMENT ON COLUMN office.division_zh IS 'division it serves (行政区划)';
COMMENT ON COLUMN office.division_kind IS 'kind of the division (区划类别)';
COMMENT ON COLUMN office.is_county_level IS 'has townships of its own: counties, and the four cities without counties (县级)';
GRANT SELECT, INSERT ON office TO zhibao_collector;
GRANT SELECT ON office TO zhibao_aggregator, zhibao_admin;

CREATE TABLE office_tree (
	register_version integer NOT NULL REFERENCES programme_version,
	ancestor_code text NOT NULL,
	code text NOT NULL,
	PRIMARY KEY (register_version, ancestor_code, code)
);
COMMENT ON TABLE office_tree IS 'Every office with each office above it and itself (单位树), derived from office. Written by zhibao-collector programme load; read by all.';
COMMENT ON COLUMN office_tree.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN office_tree.ancestor_code IS 'office above, or the office itself (上级单位)';
COMMENT ON COLUMN office_tree.code IS 'office (单位代码)';
GRANT SELECT, INSERT ON office_tree TO zhibao_collector;
GRANT SELECT ON office_tree TO zhibao_aggregator, zhibao_admin;

CREATE TABLE township_version (
	register_version integer NOT NULL REFERENCES programme_version,
	unit_id text NOT NULL,
	code text NOT NULL,
	name_zh text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('街道', '镇', '乡', '民族乡')),
	county_code text NOT NULL,
	valid_from date NOT NULL,
	valid_to date NOT NULL,
	PRIMARY KEY (register_version, unit_id, valid_from),
	CHECK (valid_from < valid_to)
);
COMMENT ON TABLE township_version IS 'Dated versions of township units (乡镇名册), ruling R5. Written by zhibao-collector programme load; read by all.';
COMMENT ON COLUMN township_version.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN township_version.unit_id IS 'identifier of the unit, kept through renaming and reclassification (乡镇标识)';
COMMENT ON COLUMN township_version.code IS 'nine-digit code (乡镇代码)';
COMMENT ON COLUMN township_version.name_zh IS 'name (乡镇名称)';
COMMENT ON COLUMN township_version.kind IS 'kind (类别)';
COMMENT ON COLUMN township_version.county_code IS 'county-level office it belongs to (所属县级单位)';
COMMENT ON COLUMN township_version.valid_from IS 'first day (有效期起), -infinity when since ever';
COMMENT ON COLUMN township_version.valid_to IS 'first day it is no longer valid (有效期止), infinity while valid';
GRANT SELECT, INSERT ON township_version TO zhibao_collector;
GRANT SELECT ON township_version TO zhibao_aggregator, zhibao_admin;

CREATE TABLE township_lineage (
	register_version integer NOT NULL REFERENCES programme_version,
	change text NOT NULL CHECK (change IN ('rename', 'reclassify', 'merge', 'split')),
	changed_on date NOT NULL,
	from_unit_id text NOT NULL,
	to_unit_id text NOT NULL,
	PRIMARY KEY (register_version, change, from_unit_id, to_unit_id, changed_on)
);
COMMENT ON TABLE township_lineage IS 'What became of township units (乡镇沿革), ruling R5. Written by zhibao-collector programme load; read by all.';
COMMENT ON COLUMN township_lineage.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN township_lineage.change IS 'what happened (变更类别)';
COMMENT ON COLUMN township_lineage.changed_on IS 'first day of the new state (变更日期)';
COMMENT ON COLUMN township_lineage.from_unit_id IS 'unit before (原乡镇标识)';
COMMENT ON COLUMN township_lineage.to_unit_id IS 'unit after (现乡镇标识)';
GRANT SELECT, INSERT ON township_lineage TO zhibao_collector;
GRANT SELECT ON township_lineage TO zhibao_aggregator, zhibao_admin;

CREATE TABLE plan_line (
	register_version integer NOT NULL REFERENCES programme_version,
	plan_item_id uuid NOT NULL,
	row_no integer NOT NULL,
	category text NOT NULL,
	theme text NOT NULL,
	activity text NOT NULL,
	time_text text NOT NULL,
	window_start date NOT NULL,
	window_end date NOT NULL,
	place text,
	audience text,
	sessions_text text,
	planned_min integer CHECK (planned_min > 0),
	planned_max integer,
	mode text,
	lead_office_code text NOT NULL,
	PRIMARY KEY (register_version, plan_item_id)
);
COMMENT ON TABLE plan_line IS 'Lines of the provincial plan (附件2 宣讲活动计划), which the province and its lead units may credit, ruling R8. Written by zhibao-collector programme load; read by all.';
COMMENT ON COLUMN plan_line.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN plan_line.plan_item_id IS 'identifier records use to credit the line (计划项编号)';
COMMENT ON COLUMN plan_line.row_no IS 'row of annex 2 (序号)';
COMMENT ON COLUMN plan_line.category IS 'lecture category (宣讲类别)';
COMMENT ON COLUMN plan_line.theme IS 'theme (主题)';
COMMENT ON COLUMN plan_line.activity IS 'activity (活动内容)';
COMMENT ON COLUMN plan_line.time_text IS 'words of the plan on time (时间原文)';
COMMENT ON COLUMN plan_line.window_start IS 'first day (开始日期)';
COMMENT ON COLUMN plan_line.window_end IS 'last day, inclusive (结束日期)';
COMMENT ON COLUMN plan_line.place IS 'where (地点)';
COMMENT ON COLUMN plan_line.audience IS 'for whom (对象)';
COMMENT ON COLUMN plan_line.sessions_text IS 'words of the plan on sessions (场次原文)';
COMMENT ON COLUMN plan_line.planned_min IS 'sessions at least, NULL when not quantified, unit 场 (计划最少场次)';
COMMENT ON COLUMN plan_line.planned_max IS 'sessions at most, unit 场 (计划最多场次)';
COMMENT ON COLUMN plan_line.mode IS 'offline, online or mixed (方式)';
COMMENT ON COLUMN plan_line.lead_office_code IS 'office it is shown under (牵头单位)';
GRANT SELECT, INSERT ON plan_line TO zhibao_collector;
GRANT SELECT ON plan_line TO zhibao_aggregator, zhibao_admin;

CREATE TABLE milestone (
	register_version integer NOT NULL REFERENCES programme_version,
	milestone_no integer NOT NULL,
	due_on date,
	actor_level text NOT NULL,
	obligation_zh text NOT NULL,
	submission_kind text,
	applies_to text,
	source_line text,
	PRIMARY KEY (register_version, milestone_no)
);
COMMENT ON TABLE milestone IS 'Obligations with their due dates (附件1 推进落实工作计划). Written by zhibao-collector programme load; read by all.';
COMMENT ON COLUMN milestone.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN milestone.milestone_no IS 'number (任务编号)';
COMMENT ON COLUMN milestone.due_on IS 'due day, inclusive to 24:00 Asia/Shanghai (截止日期)';
COMMENT ON COLUMN milestone.actor_level IS 'level that owes it (责任层级)';
COMMENT ON COLUMN milestone.obligation_zh IS 'words of the annex (任务内容)';
COMMENT ON COLUMN milestone.submission_kind IS 'kind of submission that meets it (报送材料类别)';
COMMENT ON COLUMN milestone.applies_to IS 'offices it applies to (适用单位)';
COMMENT ON COLUMN milestone.source_line IS 'line of the official text (原文行号)';
GRANT SELECT, INSERT ON milestone TO zhibao_collector;
GRANT SELECT ON milestone TO zhibao_aggregator, zhibao_admin;

CREATE TABLE form_item (
	register_version integer NOT NULL REFERENCES programme_version,
	item_no integer NOT NULL,
	section text NOT NULL,
	code text NOT NULL,
	label_zh text NOT NULL,
	value_type text NOT NULL,
	unit text,
	sub_fields text,
	aggregation_rule text,
	PRIMARY KEY (register_version, item_no)
);
COMMENT ON TABLE form_item IS 'Items of the statistics form (附件3 统计表). Written by zhibao-collector programme load; read by all.';
COMMENT ON COLUMN form_item.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN form_item.item_no IS 'row of annex 3 (项号)';
COMMENT ON COLUMN form_item.section IS 'section (类别)';
COMMENT ON COLUMN form_item.code IS 'name of the item in messages (项代码)';
COMMENT ON COLUMN form_item.label_zh IS 'words of the form (项名称)';
COMMENT ON COLUMN form_item.value_type IS 'count, boolean, url or text (值类型)';
COMMENT ON COLUMN form_item.unit IS 'unit (单位)';
COMMENT ON COLUMN form_item.sub_fields IS 'name, type and unit of sub-figures (子项)';
COMMENT ON COLUMN form_item.aggregation_rule IS 'how it adds up (汇总规则)';
GRANT SELECT, INSERT ON form_item TO zhibao_collector;
GRANT SELECT ON form_item TO zhibao_aggregator, zhibao_admin;

CREATE TABLE lecture_category (
	register_version integer NOT NULL REFERENCES programme_version,
	name text NOT NULL,
	label_zh text NOT NULL,
	is_five boolean NOT NULL,
	PRIMARY KEY (register_version, name)
);
COMMENT ON TABLE lecture_category IS 'Lecture categories (宣讲类别). Written by zhibao-collector programme load; read by all.';
COMMENT ON COLUMN lecture_category.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN lecture_category.name IS 'name in records';
COMMENT ON COLUMN lecture_category.label_zh IS 'Chinese name (名称)';
COMMENT ON COLUMN lecture_category.is_five IS 'one of the five (五进)';
GRANT SELECT, INSERT ON lecture_category TO zhibao_collector;
GRANT SELECT ON lecture_category TO zhibao_aggregator, zhibao_admin;

CREATE TABLE rule_switch (
	register_version integer NOT NULL REFERENCES programme_version,
	name text NOT NULL,
	value text NOT NULL,
	allowed text NOT NULL,
	source text NOT NULL,
	PRIMARY KEY (register_version, name)
);
COMMENT ON TABLE rule_switch IS 'Switches a province may set (规则开关), marked in the rulings. Written by zhibao-collector programme load; read by all.';
COMMENT ON COLUMN rule_switch.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN rule_switch.name IS 'name of the switch (开关名)';
COMMENT ON COLUMN rule_switch.value IS 'value in force (取值)';
COMMENT ON COLUMN rule_switch.allowed IS 'values allowed (可选值)';
COMMENT ON COLUMN rule_switch.source IS 'ruling it comes from (依据)';
GRANT SELECT, INSERT ON rule_switch TO zhibao_collector;
GRANT SELECT ON rule_switch TO zhibao_aggregator, zhibao_admin;

CREATE TABLE programme_file (
	register_version integer NOT NULL REFERENCES programme_version,
	name text NOT NULL,
	content bytea NOT NULL,
	digest bytea NOT NULL CHECK (octet_length(digest) = 32),
	PRIMARY KEY (register_version, name)
);
COMMENT ON TABLE programme_file IS 'Files of the pack as they were loaded (活动包文件), for the map and for the agents. Written by zhibao-collector programme load; read by all.';
COMMENT ON COLUMN programme_file.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN programme_file.name IS 'file name (文件名)';
COMMENT ON COLUMN programme_file.content IS 'content (内容)';
COMMENT ON COLUMN programme_file.digest IS 'BLAKE2b-256 of the content (摘要)';
GRANT SELECT, INSERT ON programme_file TO zhibao_collector;
GRANT SELECT ON programme_file TO zhibao_aggregator, zhibao_admin;

CREATE INDEX township_version_by_code ON township_version (register_version, code);
CREATE INDEX township_version_by_county ON township_version (register_version, county_code);
CREATE INDEX office_tree_by_code ON office_tree (register_version, code);

-- The registers in force for figures as known at p_as_of: the version loaded last by then, NULL before the first.
-- A comparison may ask what another version would have made of the same records: it sets zhibao.boundary_register for
-- its transaction, and every figure in it is made with that version.
CREATE FUNCTION register_at(p_as_of timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE AS $$ -- keeps its plan, where a function of SQL makes one for each of thousands of calls
BEGIN
	RETURN coalesce(nullif(current_setting('zhibao.boundary_register', true), '')::integer,
		(SELECT max(register_version) FROM zhibao.programme_version WHERE loaded_at <= p_as_of));
END $$;
COMMENT ON FUNCTION register_at(timestamptz) IS 'Version of the registers in force at an instant (名册版本), NULL before the first load.';

-- Offices that owe something. An office that was closed stays in the registers below its successor, an office of its own
-- level: its records and townships go on counting in the successor's subtree, it owes nothing and is in no denominator.
CREATE FUNCTION open_office(p_register integer) RETURNS TABLE (code text, level text, parent_code text, is_county_level boolean)
LANGUAGE sql STABLE ROWS 150 AS $$
	SELECT o.code, o.level, o.parent_code, o.is_county_level
	FROM zhibao.office o LEFT JOIN zhibao.office p ON p.register_version = o.register_version AND p.code = o.parent_code
	WHERE o.register_version = p_register AND p.level IS DISTINCT FROM o.level
$$;
COMMENT ON FUNCTION open_office(integer) IS 'Offices that are open (在册单位); a closed one hangs below its successor of the same level.';

-- Every office with the open office of its level that stands for it: itself, or its successor.
CREATE FUNCTION standing_office(p_register integer) RETURNS TABLE (code text, open_code text)
LANGUAGE sql STABLE ROWS 150 AS $$
	SELECT o.code, s.code
	FROM zhibao.office o JOIN zhibao.office_tree t ON t.register_version = o.register_version AND t.code = o.code
	JOIN zhibao.open_office(p_register) s ON s.code = t.ancestor_code AND s.level = o.level
	WHERE o.register_version = p_register
$$;
COMMENT ON FUNCTION standing_office(integer) IS 'The office or its successor (承接单位).';

-- A planner that was never told how many townships there are makes figures a thousand times slower.
CREATE FUNCTION analyze_registers() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
BEGIN
	ANALYZE zhibao.programme_version, zhibao.office, zhibao.office_tree, zhibao.township_version, zhibao.township_lineage, zhibao.plan_line;
END $$;
COMMENT ON FUNCTION analyze_registers() IS 'Statistics of the registers for the planner (名册统计信息).';

COMMIT;
