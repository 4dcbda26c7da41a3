-- Deploy items: the record kinds together: every revision of all of them, words for their values.

BEGIN;

SET LOCAL search_path TO zhibao;

-- The characters of which nothing is seen are those of common/base/utf8.c; a test compares the two.
CREATE FUNCTION text_without_blanks(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT regexp_replace(p_text, '[\u0009-\u000D\u0020\u0085\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u180E\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0]', '', 'g')
$$;
COMMENT ON FUNCTION text_without_blanks(text) IS 'Text without the characters of which nothing is seen (去除空白).';
CREATE FUNCTION text_is_blank(p_text text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(zhibao.text_without_blanks(p_text), '') = ''
$$;
COMMENT ON FUNCTION text_is_blank(text) IS 'Is there nothing to read (只有空白)? NULL included.';

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
GRANT SELECT ON item_revision TO zhibao_aggregator, zhibao_collector;

CREATE TABLE kind_label (
	kind text PRIMARY KEY,
	place integer NOT NULL UNIQUE,
	label_zh text NOT NULL
);
COMMENT ON TABLE kind_label IS 'Words for the kinds of records (记录类别名称), as in the catalogue. Written by this change only; read by the aggregator.';
COMMENT ON COLUMN kind_label.kind IS 'record kind (记录类别)';
COMMENT ON COLUMN kind_label.place IS 'order in lists (序号)';
COMMENT ON COLUMN kind_label.label_zh IS 'word for people (名称)';
GRANT SELECT ON kind_label TO zhibao_aggregator, zhibao_admin;
INSERT INTO kind_label VALUES
	('office_profile', 1, '单位概况'), ('submission', 2, '报送材料'), ('plan_item', 3, '计划项'), ('publication', 4, '公布'),
	('lecture_event', 5, '宣讲活动'), ('study_event', 6, '学习活动'), ('media_product', 7, '宣传作品'), ('policy_document', 8, '政策文件'),
	('interpretation', 9, '政策解读'), ('window_report', 10, '窗口宣传'), ('speaker', 11, '宣讲人员'), ('statistics_form', 12, '统计表'),
	('inspection', 13, '检查'), ('circular', 14, '通报'), ('filing_receipt', 15, '备案回执'), ('feedback_stat', 16, '反馈统计'),
	('exchange', 17, '经验交流'), ('news_item', 18, '动态信息'), ('public_input', 19, '社会监督'), ('claim', 20, '联合认领');

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
	('submission', 'period', 'year_end', '年度'), ('submission', 'period', 'whole_year', '全年'),
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
	('media_product', 'media_kind', 'handbook', '宣传手册'), ('media_product', 'media_kind', 'poster_template', '海报模版'),
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
	('statistics_form', 'period', 'mid_year', '上半年'), ('statistics_form', 'period', 'year_end', '年度'),
	('statistics_form', 'period', 'whole_year', '全年'), ('statistics_form', 'scope', 'own', '本级'),
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
	('feedback_stat', 'source', 'hotline_12333', '12333咨询'), ('feedback_stat', 'source', 'reconsideration', '行政复议'),
	('feedback_stat', 'source', 'litigation', '行政应诉'), ('feedback_stat', 'source', 'arbitration', '仲裁案件'),
	('feedback_stat', 'source', 'petition', '信访诉求'), ('feedback_stat', 'source', 'online_survey', '网上调查评价'),
	('exchange', 'form', 'training_class', '培训班'), ('exchange', 'form', 'promotion_meeting', '推进会'),
	('exchange', 'form', 'online', '线上交流'), ('exchange', 'form', 'other', '其他'), ('news_item', 'news_kind', 'work_news', '工作动态'),
	('news_item', 'news_kind', 'lecture', '宣讲活动'), ('news_item', 'news_kind', 'experience', '经验做法'),
	('news_item', 'news_kind', 'media_report', '媒体报道'), ('news_item', 'medium', 'portal', '门户网站'),
	('news_item', 'medium', 'newspaper', '报纸'), ('news_item', 'medium', 'tv', '电视'), ('news_item', 'medium', 'wechat', '微信公众号'),
	('news_item', 'medium', 'other', '其他'), ('public_input', 'channel', 'hotline', '电话'),
	('public_input', 'channel', 'letter', '来信'), ('public_input', 'channel', 'visit', '来访'),
	('public_input', 'channel', 'online', '网络'), ('public_input', 'channel', 'survey', '问卷'),
	('public_input', 'channel', 'other', '其他');

CREATE FUNCTION value_zh(p_kind text, p_field text, p_value text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT v.label_zh FROM zhibao.value_label v WHERE (v.kind, v.field, v.value) = (p_kind, p_field, p_value)
$$;
COMMENT ON FUNCTION value_zh(text, text, text) IS 'Word for a value of a record (取值名称), NULL when there is none.';

COMMIT;
