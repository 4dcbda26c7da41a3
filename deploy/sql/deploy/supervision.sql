-- Deploy supervision: record kinds (记录表) of checks, circulars, exchanges and what the public says.

BEGIN;

SET LOCAL search_path TO zhibao;
\ir ../record_head.sql

CREATE TABLE inspection (
	LIKE record_head INCLUDING COMMENTS,
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
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(scheme) = 0)
);
COMMENT ON TABLE inspection IS 'MK13 检查: a check and its result. Written by the collector; read by the aggregator.';
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
GRANT SELECT, INSERT ON inspection TO zhibao_collector;
GRANT SELECT ON inspection TO zhibao_aggregator;

CREATE TABLE circular (
	LIKE record_head INCLUDING COMMENTS,
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
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(title, issued_on, circular_kind) = 0)
);
COMMENT ON TABLE circular IS 'MK14 通报: a circular was issued. Written by the collector; read by the aggregator.';
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
GRANT SELECT, INSERT ON circular TO zhibao_collector;
GRANT SELECT ON circular TO zhibao_aggregator;

CREATE TABLE feedback_stat (
	LIKE record_head INCLUDING COMMENTS,
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
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(source, period_start, period_end, total_count) = 0)
);
COMMENT ON TABLE feedback_stat IS 'MK16 反馈统计: counts from another system; never personal data. Written by the collector; read by the aggregator.';
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
GRANT SELECT, INSERT ON feedback_stat TO zhibao_collector;
GRANT SELECT ON feedback_stat TO zhibao_aggregator;

CREATE TABLE exchange (
	LIKE record_head INCLUDING COMMENTS,
	form text CHECK (form IN ('training_class', 'promotion_meeting', 'online', 'other')),
	held_on date,
	title text,
	host text,
	participants integer CHECK (participants BETWEEN 0 AND 1000000),
	case_titles text[],
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(form, held_on, title) = 0)
);
COMMENT ON TABLE exchange IS 'MK17 经验交流: an exchange of experience. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN exchange.form IS 'form (交流形式)';
COMMENT ON COLUMN exchange.held_on IS 'day (交流日期)';
COMMENT ON COLUMN exchange.title IS 'name of the meeting (名称)';
COMMENT ON COLUMN exchange.host IS 'host (主办单位)';
COMMENT ON COLUMN exchange.participants IS 'people (参加人数), unit 人';
COMMENT ON COLUMN exchange.case_titles IS 'cases presented (交流案例)';
CREATE INDEX exchange_by_batch ON exchange (batch_id);
GRANT SELECT, INSERT ON exchange TO zhibao_collector;
GRANT SELECT ON exchange TO zhibao_aggregator;

CREATE TABLE public_input (
	LIKE record_head INCLUDING COMMENTS,
	received_on date,
	channel text CHECK (channel IN ('hotline', 'letter', 'visit', 'online', 'survey', 'other')),
	topic text,
	handled_on date,
	result text,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(received_on, channel, topic) = 0)
);
COMMENT ON TABLE public_input IS 'MK19 社会监督: a supervision input; never personal data. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN public_input.received_on IS 'day it came in (收到日期)';
COMMENT ON COLUMN public_input.channel IS 'way it came (来源渠道)';
COMMENT ON COLUMN public_input.topic IS 'what it is about (类别)';
COMMENT ON COLUMN public_input.handled_on IS 'day it was handled (办理日期)';
COMMENT ON COLUMN public_input.result IS 'result (办理结果)';
CREATE INDEX public_input_by_batch ON public_input (batch_id);
GRANT SELECT, INSERT ON public_input TO zhibao_collector;
GRANT SELECT ON public_input TO zhibao_aggregator;

COMMIT;
