-- Deploy publicity: record kinds (记录表) of what is published, explained and shown.

BEGIN;

SET LOCAL search_path TO zhibao;
\ir ../record_head.sql

CREATE TABLE publication (
	LIKE record_head INCLUDING COMMENTS,
	object_kind text CHECK (object_kind IN ('arrangement', 'province_arrangement', 'policy', 'column')),
	object_item_id uuid,
	channel text CHECK (channel IN ('portal', 'wechat', 'mini_program')),
	title text,
	url text,
	published_on date,
	included_office_codes text[],
	plan_item_id uuid,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(object_kind, channel, title, url, published_on) = 0)
);
COMMENT ON TABLE publication IS 'MK04 公布: something was published. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN publication.object_kind IS 'what was published (公布内容)';
COMMENT ON COLUMN publication.object_item_id IS 'item of the own office that it publishes (对应记录)';
COMMENT ON COLUMN publication.channel IS 'where (公布渠道)';
COMMENT ON COLUMN publication.title IS 'title (标题)';
COMMENT ON COLUMN publication.url IS 'absolute address (网址)';
COMMENT ON COLUMN publication.published_on IS 'day of publication; the substance date (rulings R13) (公布日期)';
COMMENT ON COLUMN publication.included_office_codes IS 'offices whose arrangement is included (包含单位)';
COMMENT ON COLUMN publication.plan_item_id IS 'plan line it belongs to (rulings R8) (计划项)';
CREATE INDEX publication_by_batch ON publication (batch_id);
GRANT SELECT, INSERT ON publication TO zhibao_collector;
GRANT SELECT ON publication TO zhibao_aggregator;

CREATE TABLE media_product (
	LIKE record_head INCLUDING COMMENTS,
	media_kind text CHECK (media_kind IN ('micro_animation', 'short_video', 'micro_film', 'micro_comic', 'micro_lens', 'chart_or_graphic', 'other', 'handbook', 'poster_template')),
	title text,
	made_on date,
	for_window boolean,
	file_bytes bigint CHECK (file_bytes BETWEEN 0 AND 1000000000000),
	file_digest bytea CHECK (octet_length(file_digest) = 32),
	url text,
	policy_item_ids uuid[],
	plan_item_id uuid,
	edition text,
	printed_copies integer CHECK (printed_copies BETWEEN 0 AND 100000000),
	is_loose_leaf boolean,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(media_kind, title, made_on) = 0)
);
COMMENT ON TABLE media_product IS 'MK07 宣传作品: one work made. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN media_product.media_kind IS 'kind (作品类别)';
COMMENT ON COLUMN media_product.title IS 'title (标题)';
COMMENT ON COLUMN media_product.made_on IS 'day it was finished (制作日期)';
COMMENT ON COLUMN media_product.for_window IS 'made for service windows (用于窗口)';
COMMENT ON COLUMN media_product.file_bytes IS 'size of the file (文件大小), unit byte';
COMMENT ON COLUMN media_product.file_digest IS 'BLAKE2b-256 of the file (文件摘要)';
COMMENT ON COLUMN media_product.url IS 'where it can be seen (网址)';
COMMENT ON COLUMN media_product.policy_item_ids IS 'policy documents explained (相关政策)';
COMMENT ON COLUMN media_product.plan_item_id IS 'plan line it was made for (rulings R8) (计划项)';
COMMENT ON COLUMN media_product.edition IS 'edition (版本)';
COMMENT ON COLUMN media_product.printed_copies IS 'paper copies printed (印数), unit 份';
COMMENT ON COLUMN media_product.is_loose_leaf IS 'loose-leaf (活页)';
CREATE INDEX media_product_by_batch ON media_product (batch_id);
GRANT SELECT, INSERT ON media_product TO zhibao_collector;
GRANT SELECT ON media_product TO zhibao_aggregator;

CREATE TABLE policy_document (
	LIKE record_head INCLUDING COMMENTS,
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
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(document_kind, title, issuer, issued_on, status, disclosure) = 0)
);
COMMENT ON TABLE policy_document IS 'MK08 政策文件: one document of the library. Written by the collector; read by the aggregator.';
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
GRANT SELECT, INSERT ON policy_document TO zhibao_collector;
GRANT SELECT ON policy_document TO zhibao_aggregator;

CREATE TABLE interpretation (
	LIKE record_head INCLUDING COMMENTS,
	policy_item_id uuid,
	form text CHECK (form IN ('policy_original', 'press_release', 'article', 'qa', 'expert_interview', 'press_conference', 'reporter_qa', 'other')),
	title text,
	url text,
	published_on date,
	channels text[] CHECK (channels <@ ARRAY['portal', 'wechat', 'mini_program']),
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(form, title, published_on) = 0)
);
COMMENT ON TABLE interpretation IS 'MK09 政策解读: one explanation of a policy. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN interpretation.policy_item_id IS 'policy document explained (对应政策)';
COMMENT ON COLUMN interpretation.form IS 'form (解读形式)';
COMMENT ON COLUMN interpretation.title IS 'title (标题)';
COMMENT ON COLUMN interpretation.url IS 'where it is published (网址)';
COMMENT ON COLUMN interpretation.published_on IS 'day of publication (发布日期)';
COMMENT ON COLUMN interpretation.channels IS 'channels (发布渠道)';
CREATE INDEX interpretation_by_batch ON interpretation (batch_id);
GRANT SELECT, INSERT ON interpretation TO zhibao_collector;
GRANT SELECT ON interpretation TO zhibao_aggregator;

CREATE TABLE window_report (
	LIKE record_head INCLUDING COMMENTS,
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
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(hall_id, report_kind, quantity, reported_on) = 0)
);
COMMENT ON TABLE window_report IS 'MK10 窗口宣传: publicity at a hall. Written by the collector; read by the aggregator.';
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
GRANT SELECT, INSERT ON window_report TO zhibao_collector;
GRANT SELECT ON window_report TO zhibao_aggregator;

CREATE TABLE news_item (
	LIKE record_head INCLUDING COMMENTS,
	news_kind text CHECK (news_kind IN ('work_news', 'lecture', 'experience', 'media_report')),
	title text,
	happened_on date,
	reported_on date,
	medium text CHECK (medium IN ('portal', 'newspaper', 'tv', 'wechat', 'other')),
	outlet text,
	url text,
	content text,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(news_kind, title, happened_on) = 0)
);
COMMENT ON TABLE news_item IS 'MK18 动态信息: work news or a media report. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN news_item.news_kind IS 'kind (信息类别)';
COMMENT ON COLUMN news_item.title IS 'title (标题)';
COMMENT ON COLUMN news_item.happened_on IS 'day it happened (发生日期)';
COMMENT ON COLUMN news_item.reported_on IS 'day it was sent in (报送日期)';
COMMENT ON COLUMN news_item.medium IS 'medium (媒体)';
COMMENT ON COLUMN news_item.outlet IS 'name of the outlet (媒体名称)';
COMMENT ON COLUMN news_item.url IS 'where it can be read (网址)';
COMMENT ON COLUMN news_item.content IS 'text of the news (正文)';
CREATE INDEX news_item_by_batch ON news_item (batch_id);
GRANT SELECT, INSERT ON news_item TO zhibao_collector;
GRANT SELECT ON news_item TO zhibao_aggregator;

COMMIT;
