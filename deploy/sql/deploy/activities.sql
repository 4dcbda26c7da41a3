-- Deploy activities: record kinds (记录表) of what is planned, held and claimed, and of who speaks.

BEGIN;

SET LOCAL search_path TO zhibao;
\ir ../record_head.sql

CREATE TABLE plan_item (
	LIKE record_head INCLUDING COMMENTS,
	item_no integer CHECK (item_no BETWEEN 1 AND 9999),
	category text CHECK (category IN ('general', 'enterprise', 'campus', 'village', 'site', 'system')),
	theme text,
	activity text,
	window_start date,
	window_end date,
	time_text text,
	place text,
	audience_text text,
	planned_min integer CHECK (planned_min BETWEEN 1 AND 9999),
	planned_max integer CHECK (planned_max BETWEEN 1 AND 9999),
	quota_kind text CHECK (quota_kind IN ('counted', 'many', 'year_round')),
	sessions_text text,
	mode text CHECK (mode IN ('offline', 'online', 'mixed')),
	lead_unit text,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(item_no, category, theme, window_start, window_end, quota_kind) = 0)
);
COMMENT ON TABLE plan_item IS 'MK03 计划项: one planned activity. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN plan_item.item_no IS 'number of the line in the plan of the office (序号)';
COMMENT ON COLUMN plan_item.category IS 'category of the activity (宣讲类别)';
COMMENT ON COLUMN plan_item.theme IS 'theme (主题)';
COMMENT ON COLUMN plan_item.activity IS 'what will be done (活动内容)';
COMMENT ON COLUMN plan_item.window_start IS 'first day of the window (开始日期)';
COMMENT ON COLUMN plan_item.window_end IS 'last day of the window, inclusive (结束日期)';
COMMENT ON COLUMN plan_item.time_text IS 'the words of the plan (时间原文)';
COMMENT ON COLUMN plan_item.place IS 'where (地点)';
COMMENT ON COLUMN plan_item.audience_text IS 'for whom (对象)';
COMMENT ON COLUMN plan_item.planned_min IS 'sessions at least; absent when not quantified (rulings R9) (计划最少场次), unit 场';
COMMENT ON COLUMN plan_item.planned_max IS 'sessions at most (计划最多场次), unit 场';
COMMENT ON COLUMN plan_item.quota_kind IS 'counted, many or all year (场次口径)';
COMMENT ON COLUMN plan_item.sessions_text IS 'the words of the plan (场次原文)';
COMMENT ON COLUMN plan_item.mode IS 'offline, online or mixed (方式)';
COMMENT ON COLUMN plan_item.lead_unit IS 'unit in the lead (牵头单位)';
CREATE INDEX plan_item_by_batch ON plan_item (batch_id);
GRANT SELECT, INSERT ON plan_item TO zhibao_collector;
GRANT SELECT ON plan_item TO zhibao_aggregator;

CREATE TABLE lecture_event (
	LIKE record_head INCLUDING COMMENTS,
	category text CHECK (category IN ('general', 'enterprise', 'campus', 'village', 'site', 'system')),
	plan_item_id uuid,
	theme text,
	occurred_on date,
	started_at timestamptz,
	ended_at timestamptz,
	place text,
	township_codes text[],
	mode text CHECK (mode IN ('offline', 'online', 'mixed')),
	audiences text[] CHECK (audiences <@ ARRAY['employer', 'employee', 'graduate', 'student', 'villager', 'migrant_worker', 'staff', 'hr_agency', 'public', 'other']),
	attendance integer CHECK (attendance BETWEEN 0 AND 10000000),
	speaker_item_ids uuid[],
	policy_item_ids uuid[],
	brochure_count integer CHECK (brochure_count BETWEEN 0 AND 100000000),
	is_window_brochure boolean,
	evidence jsonb,
	cohost_office_codes text[],
	status text CHECK (status IN ('held', 'planned', 'cancelled')),
	area_explanation text,
	note text,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(category, theme, occurred_on, place, mode, status) = 0)
);
COMMENT ON TABLE lecture_event IS 'MK05 宣讲活动: one lecture session; counts at its host office (rulings R8). Written by the collector; read by the aggregator.';
COMMENT ON COLUMN lecture_event.category IS 'category (宣讲类别)';
COMMENT ON COLUMN lecture_event.plan_item_id IS 'plan line credited: a plan_item of the own office, or a line of annex 2 for the province and its lead units (rulings R8) (计划项)';
COMMENT ON COLUMN lecture_event.theme IS 'theme (主题)';
COMMENT ON COLUMN lecture_event.occurred_on IS 'day it was held, or will be when planned (开展日期)';
COMMENT ON COLUMN lecture_event.started_at IS 'start (开始时间)';
COMMENT ON COLUMN lecture_event.ended_at IS 'end (结束时间)';
COMMENT ON COLUMN lecture_event.place IS 'where (地点)';
COMMENT ON COLUMN lecture_event.township_codes IS 'townships reached: evidence of coverage (rulings R7) (乡镇代码)';
COMMENT ON COLUMN lecture_event.mode IS 'online alone covers no township (rulings R7) (方式)';
COMMENT ON COLUMN lecture_event.audiences IS 'kinds of audience (宣传对象)';
COMMENT ON COLUMN lecture_event.attendance IS 'people present (参加人数), unit 人';
COMMENT ON COLUMN lecture_event.speaker_item_ids IS 'speakers of the own office (宣讲人)';
COMMENT ON COLUMN lecture_event.policy_item_ids IS 'policy documents explained (宣讲政策)';
COMMENT ON COLUMN lecture_event.brochure_count IS 'copies handed out (发放资料份数), unit 份';
COMMENT ON COLUMN lecture_event.is_window_brochure IS 'copies count into form item 21 (资料是否窗口宣传)';
COMMENT ON COLUMN lecture_event.evidence IS 'pages and files that prove the event (佐证材料)';
COMMENT ON COLUMN lecture_event.cohost_office_codes IS 'offices that held it together with the host; each may claim it (联合单位)';
COMMENT ON COLUMN lecture_event.status IS 'held, planned or cancelled (活动状态)';
COMMENT ON COLUMN lecture_event.area_explanation IS 'why more than three townships or one outside the own area (rulings R7) (跨区说明)';
COMMENT ON COLUMN lecture_event.note IS 'remark (备注)';
CREATE INDEX lecture_event_by_batch ON lecture_event (batch_id);
GRANT SELECT, INSERT ON lecture_event TO zhibao_collector;
GRANT SELECT ON lecture_event TO zhibao_aggregator;

CREATE TABLE study_event (
	LIKE record_head INCLUDING COMMENTS,
	form text CHECK (form IN ('daily_study', 'online_drill', 'mini_program_study', 'skill_contest', 'law_quiz', 'training')),
	target text CHECK (target IN ('staff', 'employer', 'hr_agency', 'public')),
	occurred_on date,
	ended_on date,
	topic text,
	place text,
	mode text CHECK (mode IN ('offline', 'online', 'mixed')),
	participants integer CHECK (participants BETWEEN 0 AND 10000000),
	completions integer CHECK (completions BETWEEN 0 AND 10000000),
	average_score_hundredths integer CHECK (average_score_hundredths BETWEEN 0 AND 1000000),
	teams integer CHECK (teams BETWEEN 0 AND 100000),
	awards integer CHECK (awards BETWEEN 0 AND 100000),
	plan_item_id uuid,
	result_note text,
	status text CHECK (status IN ('held', 'planned', 'cancelled')),
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(form, target, occurred_on, topic, status) = 0)
);
COMMENT ON TABLE study_event IS 'MK06 学习活动: one study, drill, contest or training; never covers a township (rulings R6). Written by the collector; read by the aggregator.';
COMMENT ON COLUMN study_event.form IS 'form (学习形式)';
COMMENT ON COLUMN study_event.target IS 'who studied (学习对象)';
COMMENT ON COLUMN study_event.occurred_on IS 'day, or first day of the period (开展日期)';
COMMENT ON COLUMN study_event.ended_on IS 'last day of the period (结束日期)';
COMMENT ON COLUMN study_event.topic IS 'topic (主题)';
COMMENT ON COLUMN study_event.place IS 'where (地点)';
COMMENT ON COLUMN study_event.mode IS 'offline, online or mixed (方式)';
COMMENT ON COLUMN study_event.participants IS 'people (参加人数), unit 人';
COMMENT ON COLUMN study_event.completions IS 'people who finished (完成人数), unit 人';
COMMENT ON COLUMN study_event.average_score_hundredths IS 'average score in hundredths of a point (平均分), unit 0.01分';
COMMENT ON COLUMN study_event.teams IS 'teams (队伍数), unit 支';
COMMENT ON COLUMN study_event.awards IS 'awards (奖项数), unit 个';
COMMENT ON COLUMN study_event.plan_item_id IS 'plan line credited: a plan_item of the own office, or a line of annex 2 for the province and its lead units (rulings R8) (计划项)';
COMMENT ON COLUMN study_event.result_note IS 'result (结果说明)';
COMMENT ON COLUMN study_event.status IS 'held, planned or cancelled (活动状态)';
CREATE INDEX study_event_by_batch ON study_event (batch_id);
GRANT SELECT, INSERT ON study_event TO zhibao_collector;
GRANT SELECT ON study_event TO zhibao_aggregator;

CREATE TABLE speaker (
	LIKE record_head INCLUDING COMMENTS,
	role text CHECK (role IN ('backbone', 'lecturer', 'know_all')),
	display_name text,
	trained_on date,
	is_active boolean,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(role, display_name, trained_on, is_active) = 0)
);
COMMENT ON TABLE speaker IS 'MK11 宣讲人员: one trained speaker; no personal data beyond a display name. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN speaker.role IS 'role (人员类别)';
COMMENT ON COLUMN speaker.display_name IS 'name shown in lists (姓名)';
COMMENT ON COLUMN speaker.trained_on IS 'day the training ended (培训日期)';
COMMENT ON COLUMN speaker.is_active IS 'whether the person still speaks (是否在岗)';
CREATE INDEX speaker_by_batch ON speaker (batch_id);
GRANT SELECT, INSERT ON speaker TO zhibao_collector;
GRANT SELECT ON speaker TO zhibao_aggregator;

CREATE TABLE claim (
	LIKE record_head INCLUDING COMMENTS,
	host_office_code text,
	host_item_id uuid,
	plan_item_id uuid,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(host_office_code, host_item_id) = 0)
);
COMMENT ON TABLE claim IS 'MK20 联合认领: a co-host credits a joint lecture to its own plan line (rulings R4, R8). Written by the collector; read by the aggregator.';
COMMENT ON COLUMN claim.host_office_code IS 'office that holds the record (主办单位)';
COMMENT ON COLUMN claim.host_item_id IS 'lecture event claimed (主办记录)';
COMMENT ON COLUMN claim.plan_item_id IS 'plan line credited: a plan_item of the own office, or a line of annex 2 for the province and its lead units (rulings R8) (计划项)';
CREATE INDEX claim_by_batch ON claim (batch_id);
GRANT SELECT, INSERT ON claim TO zhibao_collector;
GRANT SELECT ON claim TO zhibao_aggregator;

COMMIT;
