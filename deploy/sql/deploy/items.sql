-- Deploy items: one table per record kind (记录表), every revision ever stored.
-- The key begins with office_code, so that the tables can be distributed by it.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TABLE office_profile (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	effective_from date,
	mechanism_established_on date,
	mechanism_note text,
	mechanism_digest bytea CHECK (octet_length(mechanism_digest) = 32),
	ledger_established_on date,
	ledger_note text,
	responsible_name text,
	responsible_post text,
	responsible_contact text,
	responsible_from date,
	responsible_to date,
	portal_host text,
	halls jsonb,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(effective_from, responsible_name) = 0)
);
COMMENT ON TABLE office_profile IS 'MK01 单位概况: who the office is and who answers for it. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN office_profile.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN office_profile.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN office_profile.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN office_profile.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN office_profile.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN office_profile.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN office_profile.author IS 'who entered it (经办人)';
COMMENT ON COLUMN office_profile.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN office_profile.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN office_profile.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN office_profile.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN office_profile.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN office_profile.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN office_profile.effective_from IS 'day from which the profile holds (生效日期)';
COMMENT ON COLUMN office_profile.mechanism_established_on IS 'annex 1 L8, L10 (工作机制建立日期)';
COMMENT ON COLUMN office_profile.mechanism_note IS 'one paragraph (工作机制说明)';
COMMENT ON COLUMN office_profile.mechanism_digest IS 'BLAKE2b-256 of the document (工作机制文件摘要)';
COMMENT ON COLUMN office_profile.ledger_established_on IS 'annex 1 L8, L10 (工作台账建立日期)';
COMMENT ON COLUMN office_profile.ledger_note IS 'where the ledger is kept (工作台账说明)';
COMMENT ON COLUMN office_profile.responsible_name IS 'the one person who answers for the work (专人姓名)';
COMMENT ON COLUMN office_profile.responsible_post IS 'post of that person (专人职务)';
COMMENT ON COLUMN office_profile.responsible_contact IS 'office telephone (专人联系方式)';
COMMENT ON COLUMN office_profile.responsible_from IS 'first day in charge (专人任职起)';
COMMENT ON COLUMN office_profile.responsible_to IS 'last day in charge (专人任职止)';
COMMENT ON COLUMN office_profile.portal_host IS 'host name of the portal of the office (门户网站域名)';
COMMENT ON COLUMN office_profile.halls IS 'halls run by the office (服务大厅)';
CREATE INDEX office_profile_by_batch ON office_profile (batch_id);

CREATE TABLE submission (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	submission_kind text CHECK (submission_kind IN ('work_plan', 'lecture_plan', 'progress_report', 'summary_report', 'materials')),
	period text CHECK (period IN ('mid_year', 'year_end', 'whole_year')),
	title text,
	doc_no text,
	issued_on date,
	submitted_on date,
	file_name text,
	file_bytes bigint CHECK (file_bytes BETWEEN 0 AND 1000000000000),
	file_digest bytea CHECK (octet_length(file_digest) = 32),
	is_stamped boolean,
	approved_by text,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(submission_kind, title) = 0)
);
COMMENT ON TABLE submission IS 'MK02 报送材料: a document handed in. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN submission.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN submission.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN submission.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN submission.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN submission.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN submission.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN submission.author IS 'who entered it (经办人)';
COMMENT ON COLUMN submission.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN submission.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN submission.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN submission.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN submission.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN submission.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN submission.submission_kind IS 'which obligation it meets (材料类别)';
COMMENT ON COLUMN submission.period IS 'period it covers, for reports (报告期)';
COMMENT ON COLUMN submission.title IS 'title of the document (标题)';
COMMENT ON COLUMN submission.doc_no IS 'document number (文号)';
COMMENT ON COLUMN submission.issued_on IS 'day of issue; the substance date (rulings R13) (印发日期)';
COMMENT ON COLUMN submission.submitted_on IS 'day the clerk handed it in; never used for timeliness (提交日期)';
COMMENT ON COLUMN submission.file_name IS 'name of the file (文件名)';
COMMENT ON COLUMN submission.file_bytes IS 'size of the file (文件大小), unit byte';
COMMENT ON COLUMN submission.file_digest IS 'BLAKE2b-256 of the file (文件摘要)';
COMMENT ON COLUMN submission.is_stamped IS 'whether the paper carries the seal (是否盖章)';
COMMENT ON COLUMN submission.approved_by IS 'who approved it before it left; not its author (审核人)';
CREATE INDEX submission_by_batch ON submission (batch_id);

CREATE TABLE plan_item (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
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
	CHECK (operation = 'withdraw' OR num_nulls(item_no, category, theme, window_start, window_end, quota_kind) = 0)
);
COMMENT ON TABLE plan_item IS 'MK03 计划项: one planned activity. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN plan_item.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN plan_item.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN plan_item.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN plan_item.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN plan_item.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN plan_item.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN plan_item.author IS 'who entered it (经办人)';
COMMENT ON COLUMN plan_item.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN plan_item.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN plan_item.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN plan_item.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN plan_item.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN plan_item.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
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

CREATE TABLE publication (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	object_kind text CHECK (object_kind IN ('arrangement', 'province_arrangement', 'policy', 'column')),
	object_item_id uuid,
	channel text CHECK (channel IN ('portal', 'wechat', 'mini_program')),
	title text,
	url text,
	published_on date,
	included_office_codes text[],
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(object_kind, channel, title, url, published_on) = 0)
);
COMMENT ON TABLE publication IS 'MK04 公布: something was published. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN publication.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN publication.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN publication.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN publication.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN publication.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN publication.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN publication.author IS 'who entered it (经办人)';
COMMENT ON COLUMN publication.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN publication.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN publication.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN publication.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN publication.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN publication.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN publication.object_kind IS 'what was published (公布内容)';
COMMENT ON COLUMN publication.object_item_id IS 'item of the own office that it publishes (对应记录)';
COMMENT ON COLUMN publication.channel IS 'where (公布渠道)';
COMMENT ON COLUMN publication.title IS 'title (标题)';
COMMENT ON COLUMN publication.url IS 'absolute address (网址)';
COMMENT ON COLUMN publication.published_on IS 'day of publication; the substance date (rulings R13) (公布日期)';
COMMENT ON COLUMN publication.included_office_codes IS 'offices whose arrangement is included (包含单位)';
CREATE INDEX publication_by_batch ON publication (batch_id);

CREATE TABLE lecture_event (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
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
	CHECK (operation = 'withdraw' OR num_nulls(category, theme, occurred_on, place, mode, status) = 0)
);
COMMENT ON TABLE lecture_event IS 'MK05 宣讲活动: one lecture session; counts at its host office (rulings R8). Written by the collector; read by the aggregator.';
COMMENT ON COLUMN lecture_event.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN lecture_event.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN lecture_event.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN lecture_event.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN lecture_event.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN lecture_event.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN lecture_event.author IS 'who entered it (经办人)';
COMMENT ON COLUMN lecture_event.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN lecture_event.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN lecture_event.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN lecture_event.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN lecture_event.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN lecture_event.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
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

CREATE TABLE study_event (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
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
	CHECK (operation = 'withdraw' OR num_nulls(form, target, occurred_on, topic, status) = 0)
);
COMMENT ON TABLE study_event IS 'MK06 学习活动: one study, drill, contest or training; never covers a township (rulings R6). Written by the collector; read by the aggregator.';
COMMENT ON COLUMN study_event.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN study_event.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN study_event.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN study_event.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN study_event.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN study_event.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN study_event.author IS 'who entered it (经办人)';
COMMENT ON COLUMN study_event.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN study_event.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN study_event.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN study_event.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN study_event.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN study_event.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
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

CREATE TABLE media_product (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	media_kind text CHECK (media_kind IN ('micro_animation', 'short_video', 'micro_film', 'micro_comic', 'micro_lens', 'chart_or_graphic', 'other')),
	title text,
	made_on date,
	for_window boolean,
	file_bytes bigint CHECK (file_bytes BETWEEN 0 AND 1000000000000),
	file_digest bytea CHECK (octet_length(file_digest) = 32),
	url text,
	policy_item_ids uuid[],
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(media_kind, title, made_on) = 0)
);
COMMENT ON TABLE media_product IS 'MK07 宣传作品: one work made. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN media_product.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN media_product.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN media_product.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN media_product.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN media_product.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN media_product.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN media_product.author IS 'who entered it (经办人)';
COMMENT ON COLUMN media_product.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN media_product.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN media_product.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN media_product.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN media_product.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN media_product.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN media_product.media_kind IS 'kind (作品类别)';
COMMENT ON COLUMN media_product.title IS 'title (标题)';
COMMENT ON COLUMN media_product.made_on IS 'day it was finished (制作日期)';
COMMENT ON COLUMN media_product.for_window IS 'made for service windows (用于窗口)';
COMMENT ON COLUMN media_product.file_bytes IS 'size of the file (文件大小), unit byte';
COMMENT ON COLUMN media_product.file_digest IS 'BLAKE2b-256 of the file (文件摘要)';
COMMENT ON COLUMN media_product.url IS 'where it can be seen (网址)';
COMMENT ON COLUMN media_product.policy_item_ids IS 'policy documents explained (相关政策)';
CREATE INDEX media_product_by_batch ON media_product (batch_id);

CREATE TABLE policy_document (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	document_kind text CHECK (document_kind IN ('policy', 'answer')),
	doc_no text,
	title text,
	issuer text,
	issued_on date,
	effective_from date,
	effective_to date,
	status text CHECK (status IN ('in_force', 'modified', 'expired', 'abolished')),
	status_changed_on date,
	replaced_by_item_id uuid,
	disclosure text CHECK (disclosure IN ('public', 'on_request', 'exempt')),
	exempt_reason text,
	first_published_on date,
	urls text[],
	last_reviewed_on date,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(document_kind, title, issuer, issued_on, status, disclosure) = 0)
);
COMMENT ON TABLE policy_document IS 'MK08 政策文件: one document of the library. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN policy_document.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN policy_document.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN policy_document.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN policy_document.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN policy_document.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN policy_document.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN policy_document.author IS 'who entered it (经办人)';
COMMENT ON COLUMN policy_document.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN policy_document.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN policy_document.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN policy_document.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN policy_document.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN policy_document.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN policy_document.document_kind IS 'policy or answer (文件类别)';
COMMENT ON COLUMN policy_document.doc_no IS 'document number (文号)';
COMMENT ON COLUMN policy_document.title IS 'title (标题)';
COMMENT ON COLUMN policy_document.issuer IS 'issuer (发文单位)';
COMMENT ON COLUMN policy_document.issued_on IS 'day of issue (发文日期)';
COMMENT ON COLUMN policy_document.effective_from IS 'first day in force (生效日期)';
COMMENT ON COLUMN policy_document.effective_to IS 'last day in force (失效日期)';
COMMENT ON COLUMN policy_document.status IS 'validity (文件效力)';
COMMENT ON COLUMN policy_document.status_changed_on IS 'day of the last change (效力变更日期)';
COMMENT ON COLUMN policy_document.replaced_by_item_id IS 'document that replaces it (替代文件)';
COMMENT ON COLUMN policy_document.disclosure IS 'disclosure (公开属性)';
COMMENT ON COLUMN policy_document.exempt_reason IS 'reason when not public (不公开理由)';
COMMENT ON COLUMN policy_document.first_published_on IS 'day first disclosed (首次公开日期)';
COMMENT ON COLUMN policy_document.urls IS 'where it is published (网址)';
COMMENT ON COLUMN policy_document.last_reviewed_on IS 'day of the last review (最近清理日期)';
CREATE INDEX policy_document_by_batch ON policy_document (batch_id);

CREATE TABLE interpretation (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	policy_item_id uuid,
	form text CHECK (form IN ('policy_original', 'press_release', 'article', 'qa', 'expert_interview', 'press_conference', 'reporter_qa', 'other')),
	title text,
	url text,
	published_on date,
	channels text[] CHECK (channels <@ ARRAY['portal', 'wechat', 'mini_program']),
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(form, title, published_on) = 0)
);
COMMENT ON TABLE interpretation IS 'MK09 政策解读: one explanation of a policy. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN interpretation.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN interpretation.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN interpretation.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN interpretation.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN interpretation.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN interpretation.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN interpretation.author IS 'who entered it (经办人)';
COMMENT ON COLUMN interpretation.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN interpretation.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN interpretation.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN interpretation.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN interpretation.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN interpretation.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN interpretation.policy_item_id IS 'policy document explained (对应政策)';
COMMENT ON COLUMN interpretation.form IS 'form (解读形式)';
COMMENT ON COLUMN interpretation.title IS 'title (标题)';
COMMENT ON COLUMN interpretation.url IS 'where it is published (网址)';
COMMENT ON COLUMN interpretation.published_on IS 'day of publication (发布日期)';
COMMENT ON COLUMN interpretation.channels IS 'channels (发布渠道)';
CREATE INDEX interpretation_by_batch ON interpretation (batch_id);

CREATE TABLE window_report (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	hall_id text,
	report_kind text CHECK (report_kind IN ('board_or_poster', 'screen', 'video_played', 'brochure', 'staff_training')),
	quantity integer CHECK (quantity BETWEEN 0 AND 100000000),
	reported_on date,
	period_start date,
	product_item_id uuid,
	edition text,
	staff_trained integer CHECK (staff_trained BETWEEN 0 AND 100000),
	staff_total integer CHECK (staff_total BETWEEN 0 AND 100000),
	policy_item_id uuid,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(hall_id, report_kind, quantity, reported_on) = 0)
);
COMMENT ON TABLE window_report IS 'MK10 窗口宣传: publicity at a hall. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN window_report.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN window_report.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN window_report.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN window_report.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN window_report.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN window_report.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN window_report.author IS 'who entered it (经办人)';
COMMENT ON COLUMN window_report.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN window_report.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN window_report.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN window_report.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN window_report.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN window_report.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN window_report.hall_id IS 'hall of the office profile (大厅编号)';
COMMENT ON COLUMN window_report.report_kind IS 'kind (宣传类别)';
COMMENT ON COLUMN window_report.quantity IS 'number of pieces, screens, plays or copies (数量)';
COMMENT ON COLUMN window_report.reported_on IS 'day of the snapshot, or last day of the period (统计日期)';
COMMENT ON COLUMN window_report.period_start IS 'first day when it covers a period (起始日期)';
COMMENT ON COLUMN window_report.product_item_id IS 'media product played (作品)';
COMMENT ON COLUMN window_report.edition IS 'edition of the brochure (版本)';
COMMENT ON COLUMN window_report.staff_trained IS 'window staff trained (培训人数), unit 人';
COMMENT ON COLUMN window_report.staff_total IS 'window staff in all (窗口人数), unit 人';
COMMENT ON COLUMN window_report.policy_item_id IS 'policy trained on (相关政策)';
CREATE INDEX window_report_by_batch ON window_report (batch_id);

CREATE TABLE speaker (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	role text CHECK (role IN ('backbone', 'lecturer', 'know_all')),
	display_name text,
	trained_on date,
	is_active boolean,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(role, display_name, trained_on, is_active) = 0)
);
COMMENT ON TABLE speaker IS 'MK11 宣讲人员: one trained speaker; no personal data beyond a display name. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN speaker.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN speaker.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN speaker.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN speaker.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN speaker.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN speaker.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN speaker.author IS 'who entered it (经办人)';
COMMENT ON COLUMN speaker.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN speaker.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN speaker.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN speaker.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN speaker.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN speaker.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN speaker.role IS 'role (人员类别)';
COMMENT ON COLUMN speaker.display_name IS 'name shown in lists (姓名)';
COMMENT ON COLUMN speaker.trained_on IS 'day the training ended (培训日期)';
COMMENT ON COLUMN speaker.is_active IS 'whether the person still speaks (是否在岗)';
CREATE INDEX speaker_by_batch ON speaker (batch_id);

CREATE TABLE statistics_form (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	period text CHECK (period IN ('mid_year', 'year_end', 'whole_year')),
	period_start date,
	period_end date,
	scope text CHECK (scope IN ('own', 'with_subordinates')),
	filled_on date,
	filled_by text,
	is_stamped boolean,
	participation_total integer CHECK (participation_total BETWEEN 0 AND 100000000),
	lines jsonb,
	entries jsonb,
	approved_by text,
	scan_digest bytea CHECK (octet_length(scan_digest) = 32),
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(period, period_start, period_end, scope, filled_on, lines) = 0)
);
COMMENT ON TABLE statistics_form IS 'MK12 统计表: the annex-3 form. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN statistics_form.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN statistics_form.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN statistics_form.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN statistics_form.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN statistics_form.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN statistics_form.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN statistics_form.author IS 'who entered it (经办人)';
COMMENT ON COLUMN statistics_form.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN statistics_form.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN statistics_form.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN statistics_form.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN statistics_form.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN statistics_form.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN statistics_form.period IS 'mid-year or year-end (报告期)';
COMMENT ON COLUMN statistics_form.period_start IS 'first day covered (起始日期)';
COMMENT ON COLUMN statistics_form.period_end IS 'last day covered, inclusive (截止日期)';
COMMENT ON COLUMN statistics_form.scope IS 'own or with subordinates (rulings R15) (填报范围)';
COMMENT ON COLUMN statistics_form.filled_on IS 'day it was filled in; the day of the seal (rulings R16) (填表日期)';
COMMENT ON COLUMN statistics_form.filled_by IS 'name of the person who filled it in (填表人)';
COMMENT ON COLUMN statistics_form.is_stamped IS 'whether the paper carries the seal (是否盖章)';
COMMENT ON COLUMN statistics_form.participation_total IS 'speaker and event pairs behind item 15 (参与宣讲人次), unit 人次';
COMMENT ON COLUMN statistics_form.lines IS 'the figures of items 1 to 21 (统计项)';
COMMENT ON COLUMN statistics_form.entries IS 'item 22 (自行列项)';
COMMENT ON COLUMN statistics_form.approved_by IS 'who approved it before it left; neither its author nor who filled it in (审核人)';
COMMENT ON COLUMN statistics_form.scan_digest IS 'BLAKE2b-256 of the scan of the stamped paper, a file sent as an attachment (扫描件摘要)';
CREATE INDEX statistics_form_by_batch ON statistics_form (batch_id);

CREATE TABLE inspection (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	scheme text CHECK (scheme IN ('filing_spot_check', 'field_visit', 'online_check', 'work_style_check', 'city_supervision', 'coverage_spot_check', 'mid_year_check', 'year_end_visit')),
	occasion text,
	population_office_codes text[],
	seed text,
	sample_size integer CHECK (sample_size BETWEEN 0 AND 200),
	drawn_at timestamptz,
	sample_office_codes text[],
	inspected_office_code text,
	checked_on date,
	channel text CHECK (channel IN ('portal', 'wechat', 'mini_program')),
	inspectors integer CHECK (inspectors BETWEEN 0 AND 1000),
	findings jsonb,
	verified_item_ids uuid[],
	result text CHECK (result IN ('passed', 'partly', 'failed')),
	result_note text,
	rectification_due_on date,
	rectification_closed_on date,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(scheme) = 0)
);
COMMENT ON TABLE inspection IS 'MK13 检查: a check and its result. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN inspection.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN inspection.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN inspection.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN inspection.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN inspection.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN inspection.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN inspection.author IS 'who entered it (经办人)';
COMMENT ON COLUMN inspection.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN inspection.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN inspection.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN inspection.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN inspection.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN inspection.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN inspection.scheme IS 'kind (检查类别)';
COMMENT ON COLUMN inspection.occasion IS 'occasion (检查契机)';
COMMENT ON COLUMN inspection.population_office_codes IS 'offices from which the sample is drawn (抽查范围)';
COMMENT ON COLUMN inspection.seed IS 'seed of the draw, so that it can be repeated (随机种子)';
COMMENT ON COLUMN inspection.sample_size IS 'offices drawn (抽查数量), unit 个';
COMMENT ON COLUMN inspection.drawn_at IS 'instant of the draw (抽取时间)';
COMMENT ON COLUMN inspection.sample_office_codes IS 'offices drawn (抽中单位)';
COMMENT ON COLUMN inspection.inspected_office_code IS 'office checked (被检查单位)';
COMMENT ON COLUMN inspection.checked_on IS 'day of the check (检查日期)';
COMMENT ON COLUMN inspection.channel IS 'channel looked at (检查渠道)';
COMMENT ON COLUMN inspection.inspectors IS 'people on the visit (检查人数), unit 人';
COMMENT ON COLUMN inspection.findings IS 'points checked (检查事项)';
COMMENT ON COLUMN inspection.verified_item_ids IS 'events seen to be true (核实活动)';
COMMENT ON COLUMN inspection.result IS 'result (检查结果)';
COMMENT ON COLUMN inspection.result_note IS 'in words (结果说明)';
COMMENT ON COLUMN inspection.rectification_due_on IS 'due day of the rectification (整改期限)';
COMMENT ON COLUMN inspection.rectification_closed_on IS 'day it was closed (整改完成日期)';
CREATE INDEX inspection_by_batch ON inspection (batch_id);

CREATE TABLE circular (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	circular_no text,
	title text,
	issued_on date,
	circular_kind text CHECK (circular_kind IN ('spot_check', 'mid_year', 'year_end', 'other')),
	scope_text text,
	inspection_item_ids uuid[],
	praised_office_codes text[],
	criticised_office_codes text[],
	url text,
	file_digest bytea CHECK (octet_length(file_digest) = 32),
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(title, issued_on, circular_kind) = 0)
);
COMMENT ON TABLE circular IS 'MK14 通报: a circular was issued. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN circular.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN circular.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN circular.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN circular.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN circular.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN circular.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN circular.author IS 'who entered it (经办人)';
COMMENT ON COLUMN circular.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN circular.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN circular.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN circular.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN circular.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN circular.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN circular.circular_no IS 'number (通报文号)';
COMMENT ON COLUMN circular.title IS 'title (标题)';
COMMENT ON COLUMN circular.issued_on IS 'day of issue (印发日期)';
COMMENT ON COLUMN circular.circular_kind IS 'kind (通报类别)';
COMMENT ON COLUMN circular.scope_text IS 'to whom (通报范围)';
COMMENT ON COLUMN circular.inspection_item_ids IS 'inspections it rests on (依据检查)';
COMMENT ON COLUMN circular.praised_office_codes IS 'offices praised (表扬单位)';
COMMENT ON COLUMN circular.criticised_office_codes IS 'offices criticised (批评单位)';
COMMENT ON COLUMN circular.url IS 'where it can be read (网址)';
COMMENT ON COLUMN circular.file_digest IS 'BLAKE2b-256 of the file (文件摘要)';
CREATE INDEX circular_by_batch ON circular (batch_id);

CREATE TABLE filing_receipt (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	county_office_code text,
	submission_item_ids uuid[],
	filing_no text,
	filed_on date,
	filing_status text CHECK (filing_status IN ('received', 'accepted', 'returned')),
	reason text,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(county_office_code, submission_item_ids, filed_on, filing_status) = 0)
);
COMMENT ON TABLE filing_receipt IS 'MK15 备案回执: a city confirms a county filing. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN filing_receipt.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN filing_receipt.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN filing_receipt.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN filing_receipt.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN filing_receipt.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN filing_receipt.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN filing_receipt.author IS 'who entered it (经办人)';
COMMENT ON COLUMN filing_receipt.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN filing_receipt.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN filing_receipt.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN filing_receipt.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN filing_receipt.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN filing_receipt.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN filing_receipt.county_office_code IS 'county that filed (备案单位)';
COMMENT ON COLUMN filing_receipt.submission_item_ids IS 'submissions filed (备案材料)';
COMMENT ON COLUMN filing_receipt.filing_no IS 'number (备案号)';
COMMENT ON COLUMN filing_receipt.filed_on IS 'day of filing (备案日期)';
COMMENT ON COLUMN filing_receipt.filing_status IS 'state (备案状态)';
COMMENT ON COLUMN filing_receipt.reason IS 'reason when returned (退回理由)';
CREATE INDEX filing_receipt_by_batch ON filing_receipt (batch_id);

CREATE TABLE feedback_stat (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	source text CHECK (source IN ('hotline_12333', 'reconsideration', 'litigation', 'arbitration', 'petition', 'online_survey')),
	about_office_code text,
	period_start date,
	period_end date,
	topic text,
	total_count integer CHECK (total_count BETWEEN 0 AND 1000000000),
	policy_related_count integer CHECK (policy_related_count BETWEEN 0 AND 1000000000),
	closed_count integer CHECK (closed_count BETWEEN 0 AND 1000000000),
	satisfied_count integer CHECK (satisfied_count BETWEEN 0 AND 1000000000),
	response_count integer CHECK (response_count BETWEEN 0 AND 1000000000),
	won_count integer CHECK (won_count BETWEEN 0 AND 1000000000),
	lost_count integer CHECK (lost_count BETWEEN 0 AND 1000000000),
	mediated_count integer CHECK (mediated_count BETWEEN 0 AND 1000000000),
	average_score_hundredths integer CHECK (average_score_hundredths BETWEEN 0 AND 1000000),
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(source, period_start, period_end, total_count) = 0)
);
COMMENT ON TABLE feedback_stat IS 'MK16 反馈统计: counts from another system; never personal data. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN feedback_stat.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN feedback_stat.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN feedback_stat.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN feedback_stat.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN feedback_stat.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN feedback_stat.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN feedback_stat.author IS 'who entered it (经办人)';
COMMENT ON COLUMN feedback_stat.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN feedback_stat.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN feedback_stat.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN feedback_stat.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN feedback_stat.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN feedback_stat.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN feedback_stat.source IS 'system (数据来源)';
COMMENT ON COLUMN feedback_stat.about_office_code IS 'office the counts are about (涉及单位)';
COMMENT ON COLUMN feedback_stat.period_start IS 'first day (起始日期)';
COMMENT ON COLUMN feedback_stat.period_end IS 'last day (截止日期)';
COMMENT ON COLUMN feedback_stat.topic IS 'topic (主题)';
COMMENT ON COLUMN feedback_stat.total_count IS 'cases, calls or questionnaires (总数), unit 件';
COMMENT ON COLUMN feedback_stat.policy_related_count IS 'of these about policy (政策类), unit 件';
COMMENT ON COLUMN feedback_stat.closed_count IS 'of these closed (办结), unit 件';
COMMENT ON COLUMN feedback_stat.satisfied_count IS 'satisfied responses (满意), unit 份';
COMMENT ON COLUMN feedback_stat.response_count IS 'responses (有效答复), unit 份';
COMMENT ON COLUMN feedback_stat.won_count IS 'upheld or won (胜诉或维持), unit 件';
COMMENT ON COLUMN feedback_stat.lost_count IS 'changed or lost (败诉或变更), unit 件';
COMMENT ON COLUMN feedback_stat.mediated_count IS 'mediated (调解), unit 件';
COMMENT ON COLUMN feedback_stat.average_score_hundredths IS 'average score in hundredths of a point (平均分), unit 0.01分';
CREATE INDEX feedback_stat_by_batch ON feedback_stat (batch_id);

CREATE TABLE exchange (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	form text CHECK (form IN ('training_class', 'promotion_meeting', 'online', 'other')),
	held_on date,
	title text,
	host text,
	participants integer CHECK (participants BETWEEN 0 AND 1000000),
	case_titles text[],
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(form, held_on, title) = 0)
);
COMMENT ON TABLE exchange IS 'MK17 经验交流: an exchange of experience. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN exchange.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN exchange.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN exchange.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN exchange.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN exchange.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN exchange.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN exchange.author IS 'who entered it (经办人)';
COMMENT ON COLUMN exchange.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN exchange.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN exchange.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN exchange.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN exchange.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN exchange.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN exchange.form IS 'form (交流形式)';
COMMENT ON COLUMN exchange.held_on IS 'day (交流日期)';
COMMENT ON COLUMN exchange.title IS 'name of the meeting (名称)';
COMMENT ON COLUMN exchange.host IS 'host (主办单位)';
COMMENT ON COLUMN exchange.participants IS 'people (参加人数), unit 人';
COMMENT ON COLUMN exchange.case_titles IS 'cases presented (交流案例)';
CREATE INDEX exchange_by_batch ON exchange (batch_id);

CREATE TABLE news_item (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	news_kind text CHECK (news_kind IN ('work_news', 'lecture', 'experience', 'media_report')),
	title text,
	happened_on date,
	reported_on date,
	medium text CHECK (medium IN ('portal', 'newspaper', 'tv', 'wechat', 'other')),
	outlet text,
	url text,
	content text,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(news_kind, title, happened_on) = 0)
);
COMMENT ON TABLE news_item IS 'MK18 动态信息: work news or a media report. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN news_item.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN news_item.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN news_item.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN news_item.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN news_item.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN news_item.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN news_item.author IS 'who entered it (经办人)';
COMMENT ON COLUMN news_item.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN news_item.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN news_item.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN news_item.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN news_item.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN news_item.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN news_item.news_kind IS 'kind (信息类别)';
COMMENT ON COLUMN news_item.title IS 'title (标题)';
COMMENT ON COLUMN news_item.happened_on IS 'day it happened (发生日期)';
COMMENT ON COLUMN news_item.reported_on IS 'day it was sent in (报送日期)';
COMMENT ON COLUMN news_item.medium IS 'medium (媒体)';
COMMENT ON COLUMN news_item.outlet IS 'name of the outlet (媒体名称)';
COMMENT ON COLUMN news_item.url IS 'where it can be read (网址)';
COMMENT ON COLUMN news_item.content IS 'text of the news (正文)';
CREATE INDEX news_item_by_batch ON news_item (batch_id);

CREATE TABLE public_input (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	received_on date,
	channel text CHECK (channel IN ('hotline', 'letter', 'visit', 'online', 'survey', 'other')),
	topic text,
	handled_on date,
	result text,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(received_on, channel, topic) = 0)
);
COMMENT ON TABLE public_input IS 'MK19 社会监督: a supervision input; never personal data. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN public_input.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN public_input.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN public_input.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN public_input.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN public_input.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN public_input.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN public_input.author IS 'who entered it (经办人)';
COMMENT ON COLUMN public_input.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN public_input.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN public_input.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN public_input.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN public_input.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN public_input.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN public_input.received_on IS 'day it came in (收到日期)';
COMMENT ON COLUMN public_input.channel IS 'way it came (来源渠道)';
COMMENT ON COLUMN public_input.topic IS 'what it is about (类别)';
COMMENT ON COLUMN public_input.handled_on IS 'day it was handled (办理日期)';
COMMENT ON COLUMN public_input.result IS 'result (办理结果)';
CREATE INDEX public_input_by_batch ON public_input (batch_id);

CREATE TABLE claim (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL CHECK (operation IN ('submit', 'amend', 'withdraw')),
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text CHECK (correction_reason <> ''),
	host_office_code text,
	host_item_id uuid,
	plan_item_id uuid,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation = 'withdraw' OR num_nulls(host_office_code, host_item_id) = 0)
);
COMMENT ON TABLE claim IS 'MK20 联合认领: a co-host credits a joint lecture to its own plan line (rulings R4, R8). Written by the collector; read by the aggregator.';
COMMENT ON COLUMN claim.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN claim.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN claim.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN claim.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN claim.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN claim.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN claim.author IS 'who entered it (经办人)';
COMMENT ON COLUMN claim.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN claim.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN claim.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN claim.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN claim.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN claim.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
COMMENT ON COLUMN claim.host_office_code IS 'office that holds the record (主办单位)';
COMMENT ON COLUMN claim.host_item_id IS 'lecture event claimed (主办记录)';
COMMENT ON COLUMN claim.plan_item_id IS 'plan line credited: a plan_item of the own office, or a line of annex 2 for the province and its lead units (rulings R8) (计划项)';
CREATE INDEX claim_by_batch ON claim (batch_id);

-- Every revision of every kind, without its body: for histories, conflicts and the audit.
CREATE VIEW item_revision AS
SELECT 'office_profile'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM office_profile
UNION ALL
SELECT 'submission'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM submission
UNION ALL
SELECT 'plan_item'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM plan_item
UNION ALL
SELECT 'publication'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM publication
UNION ALL
SELECT 'lecture_event'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM lecture_event
UNION ALL
SELECT 'study_event'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM study_event
UNION ALL
SELECT 'media_product'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM media_product
UNION ALL
SELECT 'policy_document'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM policy_document
UNION ALL
SELECT 'interpretation'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM interpretation
UNION ALL
SELECT 'window_report'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM window_report
UNION ALL
SELECT 'speaker'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM speaker
UNION ALL
SELECT 'statistics_form'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM statistics_form
UNION ALL
SELECT 'inspection'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM inspection
UNION ALL
SELECT 'circular'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM circular
UNION ALL
SELECT 'filing_receipt'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM filing_receipt
UNION ALL
SELECT 'feedback_stat'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM feedback_stat
UNION ALL
SELECT 'exchange'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM exchange
UNION ALL
SELECT 'news_item'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM news_item
UNION ALL
SELECT 'public_input'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM public_input
UNION ALL
SELECT 'claim'::text AS kind, office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version, correction_reason FROM claim;
COMMENT ON VIEW item_revision IS 'All revisions of all kinds (全部版本), without their bodies. Read by the aggregator.';

CREATE TABLE value_label (
	kind text NOT NULL,
	field text NOT NULL,
	value text NOT NULL,
	label_zh text NOT NULL,
	PRIMARY KEY (kind, field, value)
);
COMMENT ON TABLE value_label IS 'Words for the values of enumerated fields (取值名称), as in the catalogue. Written by this change only; read by the aggregator.';
COMMENT ON COLUMN value_label.kind IS 'record kind (记录类别)';
COMMENT ON COLUMN value_label.field IS 'its field (字段)';
COMMENT ON COLUMN value_label.value IS 'value as stored (取值)';
COMMENT ON COLUMN value_label.label_zh IS 'word for people (名称)';
GRANT SELECT ON value_label TO zhibao_aggregator, zhibao_admin;
INSERT INTO value_label VALUES
	('submission', 'submission_kind', 'work_plan', '工作方案'), ('submission', 'submission_kind', 'lecture_plan', '宣讲计划'),
	('submission', 'submission_kind', 'progress_report', '进展情况'), ('submission', 'submission_kind', 'summary_report', '总结报告'),
	('submission', 'submission_kind', 'materials', '宣传资料'), ('submission', 'period', 'mid_year', '上半年'),
	('submission', 'period', 'year_end', '全年'), ('submission', 'period', 'whole_year', '年度'),
	('plan_item', 'category', 'general', '综合宣传'), ('plan_item', 'category', 'enterprise', '进企业'),
	('plan_item', 'category', 'campus', '进校园'), ('plan_item', 'category', 'village', '进村居'),
	('plan_item', 'category', 'site', '进工地'), ('plan_item', 'category', 'system', '进系统'),
	('plan_item', 'quota_kind', 'counted', '定量'), ('plan_item', 'quota_kind', 'many', '多场次'),
	('plan_item', 'quota_kind', 'year_round', '全年'), ('plan_item', 'mode', 'offline', '线下'), ('plan_item', 'mode', 'online', '线上'),
	('plan_item', 'mode', 'mixed', '线上线下'), ('publication', 'object_kind', 'arrangement', '活动安排'),
	('publication', 'object_kind', 'province_arrangement', '全省活动安排'), ('publication', 'object_kind', 'policy', '政策文件'),
	('publication', 'object_kind', 'column', '宣传栏目'), ('publication', 'channel', 'portal', '门户网站'),
	('publication', 'channel', 'wechat', '微信公众号'), ('publication', 'channel', 'mini_program', '小程序'),
	('lecture_event', 'category', 'general', '综合宣传'), ('lecture_event', 'category', 'enterprise', '进企业'),
	('lecture_event', 'category', 'campus', '进校园'), ('lecture_event', 'category', 'village', '进村居'),
	('lecture_event', 'category', 'site', '进工地'), ('lecture_event', 'category', 'system', '进系统'),
	('lecture_event', 'mode', 'offline', '线下'), ('lecture_event', 'mode', 'online', '线上'),
	('lecture_event', 'mode', 'mixed', '线上线下'), ('lecture_event', 'audiences', 'employer', '企事业单位'),
	('lecture_event', 'audiences', 'employee', '企业职工'), ('lecture_event', 'audiences', 'graduate', '高校毕业生'),
	('lecture_event', 'audiences', 'student', '在校学生'), ('lecture_event', 'audiences', 'villager', '村居居民'),
	('lecture_event', 'audiences', 'migrant_worker', '农民工'), ('lecture_event', 'audiences', 'staff', '系统干部职工'),
	('lecture_event', 'audiences', 'hr_agency', '人力资源服务机构'), ('lecture_event', 'audiences', 'public', '社会公众'),
	('lecture_event', 'audiences', 'other', '其他'), ('lecture_event', 'status', 'held', '已开展'),
	('lecture_event', 'status', 'planned', '计划中'), ('lecture_event', 'status', 'cancelled', '已取消'),
	('study_event', 'form', 'daily_study', '日常学习'), ('study_event', 'form', 'online_drill', '在线练兵'),
	('study_event', 'form', 'mini_program_study', '小程序学习'), ('study_event', 'form', 'skill_contest', '技能比武'),
	('study_event', 'form', 'law_quiz', '知识竞赛'), ('study_event', 'form', 'training', '培训'),
	('study_event', 'target', 'staff', '系统干部职工'), ('study_event', 'target', 'employer', '企事业单位'),
	('study_event', 'target', 'hr_agency', '人力资源服务机构'), ('study_event', 'target', 'public', '社会公众'),
	('study_event', 'mode', 'offline', '线下'), ('study_event', 'mode', 'online', '线上'), ('study_event', 'mode', 'mixed', '线上线下'),
	('study_event', 'status', 'held', '已开展'), ('study_event', 'status', 'planned', '计划中'),
	('study_event', 'status', 'cancelled', '已取消'), ('media_product', 'media_kind', 'micro_animation', '微动漫'),
	('media_product', 'media_kind', 'short_video', '短视频'), ('media_product', 'media_kind', 'micro_film', '微电影'),
	('media_product', 'media_kind', 'micro_comic', '微漫画'), ('media_product', 'media_kind', 'micro_lens', '微镜头'),
	('media_product', 'media_kind', 'chart_or_graphic', '图表图文'), ('media_product', 'media_kind', 'other', '其他'),
	('policy_document', 'document_kind', 'policy', '政策文件'), ('policy_document', 'document_kind', 'answer', '政策解答'),
	('policy_document', 'status', 'in_force', '有效'), ('policy_document', 'status', 'modified', '已修改'),
	('policy_document', 'status', 'expired', '已失效'), ('policy_document', 'status', 'abolished', '已废止'),
	('policy_document', 'disclosure', 'public', '主动公开'), ('policy_document', 'disclosure', 'on_request', '依申请公开'),
	('policy_document', 'disclosure', 'exempt', '不予公开'), ('interpretation', 'form', 'policy_original', '政策原文'),
	('interpretation', 'form', 'press_release', '新闻通稿'), ('interpretation', 'form', 'article', '解读文章'),
	('interpretation', 'form', 'qa', '政策问答'), ('interpretation', 'form', 'expert_interview', '专家访谈'),
	('interpretation', 'form', 'press_conference', '新闻发布会'), ('interpretation', 'form', 'reporter_qa', '答记者问'),
	('interpretation', 'form', 'other', '其他'), ('interpretation', 'channels', 'portal', '门户网站'),
	('interpretation', 'channels', 'wechat', '微信公众号'), ('interpretation', 'channels', 'mini_program', '小程序'),
	('window_report', 'report_kind', 'board_or_poster', '宣传栏牌海报'), ('window_report', 'report_kind', 'screen', '电子显示屏'),
	('window_report', 'report_kind', 'video_played', '播放视频'), ('window_report', 'report_kind', 'brochure', '宣传册'),
	('window_report', 'report_kind', 'staff_training', '窗口人员培训'), ('speaker', 'role', 'backbone', '宣讲骨干'),
	('speaker', 'role', 'lecturer', '政策宣讲员'), ('speaker', 'role', 'know_all', '人社知识通'),
	('statistics_form', 'period', 'mid_year', '上半年'), ('statistics_form', 'period', 'year_end', '全年'),
	('statistics_form', 'period', 'whole_year', '年度'), ('statistics_form', 'scope', 'own', '本级'),
	('statistics_form', 'scope', 'with_subordinates', '含下级'), ('inspection', 'scheme', 'filing_spot_check', '备案抽查'),
	('inspection', 'scheme', 'field_visit', '调研检查'), ('inspection', 'scheme', 'online_check', '线上抽查'),
	('inspection', 'scheme', 'work_style_check', '行风检查'), ('inspection', 'scheme', 'city_supervision', '市州督导'),
	('inspection', 'scheme', 'coverage_spot_check', '覆盖抽查'), ('inspection', 'scheme', 'mid_year_check', '年中检查'),
	('inspection', 'scheme', 'year_end_visit', '年底检查'), ('inspection', 'channel', 'portal', '门户网站'),
	('inspection', 'channel', 'wechat', '微信公众号'), ('inspection', 'channel', 'mini_program', '小程序'),
	('inspection', 'result', 'passed', '合格'), ('inspection', 'result', 'partly', '部分合格'),
	('inspection', 'result', 'failed', '不合格'), ('circular', 'circular_kind', 'spot_check', '抽查通报'),
	('circular', 'circular_kind', 'mid_year', '年中通报'), ('circular', 'circular_kind', 'year_end', '年终通报'),
	('circular', 'circular_kind', 'other', '其他'), ('filing_receipt', 'filing_status', 'received', '已收到'),
	('filing_receipt', 'filing_status', 'accepted', '已备案'), ('filing_receipt', 'filing_status', 'returned', '已退回'),
	('feedback_stat', 'source', 'hotline_12333', '12333热线'), ('feedback_stat', 'source', 'reconsideration', '行政复议'),
	('feedback_stat', 'source', 'litigation', '行政应诉'), ('feedback_stat', 'source', 'arbitration', '劳动仲裁'),
	('feedback_stat', 'source', 'petition', '信访'), ('feedback_stat', 'source', 'online_survey', '网上调查'),
	('exchange', 'form', 'training_class', '培训班'), ('exchange', 'form', 'promotion_meeting', '推进会'),
	('exchange', 'form', 'online', '线上交流'), ('exchange', 'form', 'other', '其他'), ('news_item', 'news_kind', 'work_news', '工作动态'),
	('news_item', 'news_kind', 'lecture', '宣讲活动'), ('news_item', 'news_kind', 'experience', '经验做法'),
	('news_item', 'news_kind', 'media_report', '媒体报道'), ('news_item', 'medium', 'portal', '门户网站'),
	('news_item', 'medium', 'newspaper', '报纸'), ('news_item', 'medium', 'tv', '电视'), ('news_item', 'medium', 'wechat', '微信公众号'),
	('news_item', 'medium', 'other', '其他'), ('public_input', 'channel', 'hotline', '电话'),
	('public_input', 'channel', 'letter', '来信'), ('public_input', 'channel', 'visit', '来访'),
	('public_input', 'channel', 'online', '网络'), ('public_input', 'channel', 'survey', '问卷'),
	('public_input', 'channel', 'other', '其他');

GRANT SELECT, INSERT ON office_profile TO zhibao_collector;
GRANT SELECT ON office_profile TO zhibao_aggregator;
GRANT SELECT, INSERT ON submission TO zhibao_collector;
GRANT SELECT ON submission TO zhibao_aggregator;
GRANT SELECT, INSERT ON plan_item TO zhibao_collector;
GRANT SELECT ON plan_item TO zhibao_aggregator;
GRANT SELECT, INSERT ON publication TO zhibao_collector;
GRANT SELECT ON publication TO zhibao_aggregator;
GRANT SELECT, INSERT ON lecture_event TO zhibao_collector;
GRANT SELECT ON lecture_event TO zhibao_aggregator;
GRANT SELECT, INSERT ON study_event TO zhibao_collector;
GRANT SELECT ON study_event TO zhibao_aggregator;
GRANT SELECT, INSERT ON media_product TO zhibao_collector;
GRANT SELECT ON media_product TO zhibao_aggregator;
GRANT SELECT, INSERT ON policy_document TO zhibao_collector;
GRANT SELECT ON policy_document TO zhibao_aggregator;
GRANT SELECT, INSERT ON interpretation TO zhibao_collector;
GRANT SELECT ON interpretation TO zhibao_aggregator;
GRANT SELECT, INSERT ON window_report TO zhibao_collector;
GRANT SELECT ON window_report TO zhibao_aggregator;
GRANT SELECT, INSERT ON speaker TO zhibao_collector;
GRANT SELECT ON speaker TO zhibao_aggregator;
GRANT SELECT, INSERT ON statistics_form TO zhibao_collector;
GRANT SELECT ON statistics_form TO zhibao_aggregator;
GRANT SELECT, INSERT ON inspection TO zhibao_collector;
GRANT SELECT ON inspection TO zhibao_aggregator;
GRANT SELECT, INSERT ON circular TO zhibao_collector;
GRANT SELECT ON circular TO zhibao_aggregator;
GRANT SELECT, INSERT ON filing_receipt TO zhibao_collector;
GRANT SELECT ON filing_receipt TO zhibao_aggregator;
GRANT SELECT, INSERT ON feedback_stat TO zhibao_collector;
GRANT SELECT ON feedback_stat TO zhibao_aggregator;
GRANT SELECT, INSERT ON exchange TO zhibao_collector;
GRANT SELECT ON exchange TO zhibao_aggregator;
GRANT SELECT, INSERT ON news_item TO zhibao_collector;
GRANT SELECT ON news_item TO zhibao_aggregator;
GRANT SELECT, INSERT ON public_input TO zhibao_collector;
GRANT SELECT ON public_input TO zhibao_aggregator;
GRANT SELECT, INSERT ON claim TO zhibao_collector;
GRANT SELECT ON claim TO zhibao_aggregator;
GRANT SELECT ON item_revision TO zhibao_aggregator, zhibao_collector;

COMMIT;
