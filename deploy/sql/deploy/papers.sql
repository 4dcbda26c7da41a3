-- Deploy papers: record kinds (记录表) of what an office says of itself and hands in; every revision ever stored.
-- The key begins with office_code, so that the tables of all record kinds can be distributed by it.

BEGIN;

SET LOCAL search_path TO zhibao;
\ir ../record_head.sql

CREATE TABLE office_profile (
	LIKE record_head INCLUDING COMMENTS,
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
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(effective_from, responsible_name) = 0)
);
COMMENT ON TABLE office_profile IS 'MK01 单位概况: who the office is and who answers for it. Written by the collector; read by the aggregator.';
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
GRANT SELECT, INSERT ON office_profile TO zhibao_collector;
GRANT SELECT ON office_profile TO zhibao_aggregator;

CREATE TABLE submission (
	LIKE record_head INCLUDING COMMENTS,
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
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(submission_kind, title) = 0)
);
COMMENT ON TABLE submission IS 'MK02 报送材料: a document handed in. Written by the collector; read by the aggregator.';
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
GRANT SELECT, INSERT ON submission TO zhibao_collector;
GRANT SELECT ON submission TO zhibao_aggregator;

CREATE TABLE statistics_form (
	LIKE record_head INCLUDING COMMENTS,
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
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(period, period_start, period_end, scope, filled_on, lines) = 0)
);
COMMENT ON TABLE statistics_form IS 'MK12 统计表: the annex-3 form. Written by the collector; read by the aggregator.';
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
GRANT SELECT, INSERT ON statistics_form TO zhibao_collector;
GRANT SELECT ON statistics_form TO zhibao_aggregator;

CREATE TABLE filing_receipt (
	LIKE record_head INCLUDING COMMENTS,
	county_office_code text,
	submission_item_ids uuid[],
	filing_no text,
	filed_on date,
	filing_status text CHECK (filing_status IN ('received', 'accepted', 'returned')),
	reason text,
	PRIMARY KEY (office_code, item_id, revision_id),
	CHECK (operation IN ('submit', 'amend', 'withdraw')), CHECK (correction_reason <> ''),
	CHECK (operation = 'withdraw' OR num_nulls(county_office_code, submission_item_ids, filed_on, filing_status) = 0)
);
COMMENT ON TABLE filing_receipt IS 'MK15 备案回执: a city confirms a county filing. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN filing_receipt.county_office_code IS 'county that filed (备案单位)';
COMMENT ON COLUMN filing_receipt.submission_item_ids IS 'submissions filed (备案材料)';
COMMENT ON COLUMN filing_receipt.filing_no IS 'number (备案号)';
COMMENT ON COLUMN filing_receipt.filed_on IS 'day of filing (备案日期)';
COMMENT ON COLUMN filing_receipt.filing_status IS 'state (备案状态)';
COMMENT ON COLUMN filing_receipt.reason IS 'reason when returned (退回理由)';
CREATE INDEX filing_receipt_by_batch ON filing_receipt (batch_id);
GRANT SELECT, INSERT ON filing_receipt TO zhibao_collector;
GRANT SELECT ON filing_receipt TO zhibao_aggregator;

COMMIT;
