-- Deploy rollups: what the aggregator keeps so that a page need not look at every record; can be made anew from zero.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TABLE fold_state (
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

CREATE TABLE counted_lecture (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	category text NOT NULL,
	occurred_on date NOT NULL,
	plan_item_id uuid,
	attendance integer,
	covers boolean NOT NULL,
	fingerprint uuid NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
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
COMMENT ON COLUMN counted_lecture.covers IS 'may cover townships, ruling R7 (可计覆盖)';
COMMENT ON COLUMN counted_lecture.fingerprint IS 'hash of day, townships, place and theme, for twins (指纹)';
COMMENT ON COLUMN counted_lecture.received_at IS 'receipt of the counting revision (接收时间)';
COMMENT ON COLUMN counted_lecture.batch_id IS 'its batch (批次编号)';
COMMENT ON COLUMN counted_lecture.seq IS 'its place in the stream (序号)';
GRANT SELECT, INSERT, UPDATE, DELETE ON counted_lecture TO zhibao_aggregator;

CREATE TABLE covering_event (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	unit_id text NOT NULL,
	occurred_on date NOT NULL,
	is_strict boolean NOT NULL,
	PRIMARY KEY (office_code, item_id, unit_id)
);
COMMENT ON TABLE covering_event IS 'Which lecture covers which township unit (覆盖明细). Written by the aggregator.';
COMMENT ON COLUMN covering_event.office_code IS 'host office (主办单位)';
COMMENT ON COLUMN covering_event.item_id IS 'item (记录编号)';
COMMENT ON COLUMN covering_event.unit_id IS 'township unit (乡镇标识)';
COMMENT ON COLUMN covering_event.occurred_on IS 'day (开展日期)';
COMMENT ON COLUMN covering_event.is_strict IS 'category 进村居 (窄口径)';
GRANT SELECT, INSERT, UPDATE, DELETE ON covering_event TO zhibao_aggregator;

CREATE TABLE current_plan_item (
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

CREATE TABLE current_claim (
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

CREATE INDEX covering_event_by_unit ON covering_event (unit_id, occurred_on);
CREATE INDEX counted_lecture_by_plan_item ON counted_lecture (plan_item_id) WHERE plan_item_id IS NOT NULL;

COMMIT;
