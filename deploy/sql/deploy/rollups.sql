-- Deploy rollups: what the aggregator keeps so that a page need not look at every record; can be made anew from zero.
-- Unlogged: what a crash empties is made anew from the records, so the write-ahead log need not carry it a second time
-- (docs/adr). fold_state goes with them, which is how the aggregator knows.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE UNLOGGED TABLE fold_state (
	is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
	next_xid xid8 NOT NULL,
	as_of timestamptz NOT NULL,
	register_version integer,
	batches_folded bigint NOT NULL
);
COMMENT ON TABLE fold_state IS 'How far the aggregator has folded (汇总进度); one row. Written by the aggregator.';
COMMENT ON COLUMN fold_state.is_only IS 'keeps the table at one row';
COMMENT ON COLUMN fold_state.next_xid IS 'first transaction not yet folded';
COMMENT ON COLUMN fold_state.as_of IS 'every batch received by this instant is folded (数据时点)';
COMMENT ON COLUMN fold_state.register_version IS 'registers the roll-ups were made with (名册版本)';
COMMENT ON COLUMN fold_state.batches_folded IS 'batches folded so far';
GRANT SELECT, INSERT, UPDATE, DELETE ON fold_state TO zhibao_aggregator;
GRANT SELECT ON fold_state TO zhibao_admin;

CREATE UNLOGGED TABLE fold_mark (
	office_code text PRIMARY KEY,
	item_id uuid NOT NULL
);
COMMENT ON TABLE fold_mark IS 'Greatest item of the lectures folded of an office (已汇总最大编号): an item is numbered by time (UUIDv7), so a greater one was never folded. Written by the aggregator.';
COMMENT ON COLUMN fold_mark.office_code IS 'office (单位代码)';
COMMENT ON COLUMN fold_mark.item_id IS 'greatest item (最大记录编号)';
GRANT SELECT, INSERT, UPDATE, DELETE ON fold_mark TO zhibao_aggregator;

CREATE UNLOGGED TABLE counted_lecture (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	category text NOT NULL,
	occurred_on date NOT NULL,
	plan_item_id uuid,
	attendance integer,
	unit_ids text[] NOT NULL,
	fingerprint uuid NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	is_session boolean NOT NULL,
	PRIMARY KEY (office_code, item_id)
);
COMMENT ON TABLE counted_lecture IS 'Lectures that count now (计数宣讲活动): the counting revision of each held, not withdrawn lecture. Written by the aggregator.';
COMMENT ON COLUMN counted_lecture.office_code IS 'host office (主办单位)';
COMMENT ON COLUMN counted_lecture.item_id IS 'item (记录编号)';
COMMENT ON COLUMN counted_lecture.revision_id IS 'counting revision (计数版本)';
COMMENT ON COLUMN counted_lecture.category IS 'category (宣讲类别)';
COMMENT ON COLUMN counted_lecture.occurred_on IS 'day (开展日期)';
COMMENT ON COLUMN counted_lecture.plan_item_id IS 'plan line its host credits (计划项)';
COMMENT ON COLUMN counted_lecture.attendance IS 'people, unit 人 (参加人数)';
COMMENT ON COLUMN counted_lecture.unit_ids IS 'township units it covers, none when ruling R7 lets it cover nothing (覆盖乡镇)';
COMMENT ON COLUMN counted_lecture.fingerprint IS 'hash of day, townships, place and theme, for twins (指纹)';
COMMENT ON COLUMN counted_lecture.received_at IS 'receipt of the counting revision (接收时间)';
COMMENT ON COLUMN counted_lecture.batch_id IS 'its batch (批次编号)';
COMMENT ON COLUMN counted_lecture.seq IS 'its place in the stream (序号)';
COMMENT ON COLUMN counted_lecture.is_session IS 'counts as a session: not a twin of the own office nor joined to a lecture of another, ruling R8 (计入场次)';
GRANT SELECT, INSERT, UPDATE, DELETE ON counted_lecture TO zhibao_aggregator;
-- Twins, and the lectures of a day behind a figure.
CREATE INDEX counted_lecture_by_fingerprint ON counted_lecture (office_code, occurred_on, fingerprint);

CREATE UNLOGGED TABLE covering_day (
	unit_id text NOT NULL,
	occurred_on date NOT NULL,
	office_code text NOT NULL,
	broad integer NOT NULL CHECK (broad > 0),
	strict integer NOT NULL CHECK (strict BETWEEN 0 AND broad),
	PRIMARY KEY (unit_id, occurred_on, office_code)
);
COMMENT ON TABLE covering_day IS 'Lectures that cover a township unit, by day and host (覆盖日计). Written by the aggregator.';
COMMENT ON COLUMN covering_day.unit_id IS 'township unit (乡镇标识)';
COMMENT ON COLUMN covering_day.occurred_on IS 'day (开展日期)';
COMMENT ON COLUMN covering_day.office_code IS 'host office (主办单位)';
COMMENT ON COLUMN covering_day.broad IS 'lectures of any category, unit 场 (宽口径场次)';
COMMENT ON COLUMN covering_day.strict IS 'of them 进村居, unit 场 (窄口径场次)';
GRANT SELECT, INSERT, UPDATE, DELETE ON covering_day TO zhibao_aggregator;
CREATE INDEX covering_day_strict ON covering_day (unit_id, occurred_on) WHERE strict > 0;

CREATE UNLOGGED TABLE covering_unit (
	unit_id text PRIMARY KEY,
	first_broad_on date NOT NULL,
	first_strict_on date
);
COMMENT ON TABLE covering_unit IS 'First day a township unit was covered (首次覆盖). Written by the aggregator.';
COMMENT ON COLUMN covering_unit.unit_id IS 'township unit (乡镇标识)';
COMMENT ON COLUMN covering_unit.first_broad_on IS 'by a lecture of any category (宽口径首日)';
COMMENT ON COLUMN covering_unit.first_strict_on IS 'by one of 进村居, NULL when by none (窄口径首日)';
GRANT SELECT, INSERT, UPDATE, DELETE ON covering_unit TO zhibao_aggregator;

CREATE UNLOGGED TABLE session_day (
	office_code text NOT NULL,
	occurred_on date NOT NULL,
	category text NOT NULL,
	plan_item_id uuid,
	is_study boolean NOT NULL,
	sessions integer NOT NULL CHECK (sessions > 0),
	attendance bigint NOT NULL,
	UNIQUE NULLS NOT DISTINCT (office_code, occurred_on, category, plan_item_id, is_study)
);
COMMENT ON TABLE session_day IS 'Sessions by host, day, category and plan line (场次日计): of counted_lecture and, as 进系统, of counted_study. Written by the aggregator.';
COMMENT ON COLUMN session_day.office_code IS 'host office (主办单位)';
COMMENT ON COLUMN session_day.occurred_on IS 'day (开展日期)';
COMMENT ON COLUMN session_day.category IS 'category (宣讲类别)';
COMMENT ON COLUMN session_day.plan_item_id IS 'plan line its host credits, NULL for none (计划项)';
COMMENT ON COLUMN session_day.is_study IS 'study events, not lectures (学习活动)';
COMMENT ON COLUMN session_day.sessions IS 'sessions, unit 场 (场次)';
COMMENT ON COLUMN session_day.attendance IS 'people, unit 人 (参加人数)';
GRANT SELECT, INSERT, UPDATE, DELETE ON session_day TO zhibao_aggregator;
CREATE INDEX session_day_by_day ON session_day (occurred_on);

-- By month first, as session_count looks for the months behind a day.
CREATE UNLOGGED TABLE session_month (
	office_code text NOT NULL,
	month_on date NOT NULL,
	category text NOT NULL,
	plan_item_id uuid,
	sessions integer NOT NULL CHECK (sessions > 0),
	attendance bigint NOT NULL,
	UNIQUE NULLS NOT DISTINCT (month_on, office_code, category, plan_item_id)
);
COMMENT ON TABLE session_month IS 'Sessions of session_day by month, so that a sum over months reads few rows (场次月计). Written by the aggregator.';
COMMENT ON COLUMN session_month.office_code IS 'host office (主办单位)';
COMMENT ON COLUMN session_month.month_on IS 'first day of the month (月份)';
COMMENT ON COLUMN session_month.category IS 'category (宣讲类别)';
COMMENT ON COLUMN session_month.plan_item_id IS 'plan line its host credits, NULL for none (计划项)';
COMMENT ON COLUMN session_month.sessions IS 'sessions, unit 场 (场次)';
COMMENT ON COLUMN session_month.attendance IS 'people, unit 人 (参加人数)';
GRANT SELECT, INSERT, UPDATE, DELETE ON session_month TO zhibao_aggregator;

CREATE UNLOGGED TABLE session_sum (
	office_code text NOT NULL,
	category text NOT NULL,
	plan_item_id uuid,
	sessions integer NOT NULL CHECK (sessions > 0),
	attendance bigint NOT NULL,
	UNIQUE NULLS NOT DISTINCT (office_code, category, plan_item_id)
);
COMMENT ON TABLE session_sum IS 'Sessions of session_day over all days, so that what holds today reads no month (场次总计). Written by the aggregator.';
COMMENT ON COLUMN session_sum.office_code IS 'host office (主办单位)';
COMMENT ON COLUMN session_sum.category IS 'category (宣讲类别)';
COMMENT ON COLUMN session_sum.plan_item_id IS 'plan line its host credits, NULL for none (计划项)';
COMMENT ON COLUMN session_sum.sessions IS 'sessions, unit 场 (场次)';
COMMENT ON COLUMN session_sum.attendance IS 'people, unit 人 (参加人数)';
GRANT SELECT, INSERT, UPDATE, DELETE ON session_sum TO zhibao_aggregator;

CREATE UNLOGGED TABLE counted_study (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	occurred_on date NOT NULL,
	plan_item_id uuid,
	PRIMARY KEY (office_code, item_id)
);
COMMENT ON TABLE counted_study IS 'Study events that count as sessions of 进系统 now (计数学习活动), ruling R18 item 14: held, by staff, page views of the mini-program not. Written by the aggregator.';
COMMENT ON COLUMN counted_study.office_code IS 'host office (主办单位)';
COMMENT ON COLUMN counted_study.item_id IS 'item (记录编号)';
COMMENT ON COLUMN counted_study.revision_id IS 'counting revision (计数版本)';
COMMENT ON COLUMN counted_study.occurred_on IS 'day (开展日期)';
COMMENT ON COLUMN counted_study.plan_item_id IS 'plan line its host credits (计划项)';
GRANT SELECT, INSERT, UPDATE, DELETE ON counted_study TO zhibao_aggregator;

CREATE UNLOGGED TABLE current_plan_item (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	item_no integer NOT NULL,
	category text NOT NULL,
	theme text NOT NULL,
	activity text,
	window_start date NOT NULL,
	window_end date NOT NULL,
	planned_min integer,
	planned_max integer,
	PRIMARY KEY (office_code, item_id)
);
COMMENT ON TABLE current_plan_item IS 'Plan items in force now (现行计划项). Written by the aggregator.';
COMMENT ON COLUMN current_plan_item.office_code IS 'office of the plan (单位代码)';
COMMENT ON COLUMN current_plan_item.item_id IS 'item (记录编号)';
COMMENT ON COLUMN current_plan_item.revision_id IS 'revision in force (现行版本)';
COMMENT ON COLUMN current_plan_item.item_no IS 'number in the plan (序号)';
COMMENT ON COLUMN current_plan_item.category IS 'category (宣讲类别)';
COMMENT ON COLUMN current_plan_item.theme IS 'theme (主题)';
COMMENT ON COLUMN current_plan_item.activity IS 'activity (活动内容)';
COMMENT ON COLUMN current_plan_item.window_start IS 'first day (开始日期)';
COMMENT ON COLUMN current_plan_item.window_end IS 'last day, inclusive (结束日期)';
COMMENT ON COLUMN current_plan_item.planned_min IS 'sessions at least, unit 场 (计划最少场次)';
COMMENT ON COLUMN current_plan_item.planned_max IS 'sessions at most, unit 场 (计划最多场次)';
GRANT SELECT, INSERT, UPDATE, DELETE ON current_plan_item TO zhibao_aggregator;

CREATE UNLOGGED TABLE current_claim (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	host_office_code text NOT NULL,
	host_item_id uuid NOT NULL,
	plan_item_id uuid,
	PRIMARY KEY (office_code, item_id)
);
COMMENT ON TABLE current_claim IS 'Claims of co-hosts in force now (现行认领), ruling R4. Written by the aggregator.';
COMMENT ON COLUMN current_claim.office_code IS 'co-host (联合单位)';
COMMENT ON COLUMN current_claim.item_id IS 'item of the claim (记录编号)';
COMMENT ON COLUMN current_claim.host_office_code IS 'host (主办单位)';
COMMENT ON COLUMN current_claim.host_item_id IS 'lecture claimed (主办记录)';
COMMENT ON COLUMN current_claim.plan_item_id IS 'plan line of the co-host (计划项)';
GRANT SELECT, INSERT, UPDATE, DELETE ON current_claim TO zhibao_aggregator;

CREATE INDEX current_claim_by_host ON current_claim (host_office_code, host_item_id);

COMMIT;
