-- Deploy indicator_catalogue: the indicators (指标) I-01 to I-18: what each is, its parts, the offices they speak of.
--
-- Every indicator is one function of (p_on, p_as_of) that returns facts: rows of indicator_fact, each adding a numerator and
-- a denominator to the figures of one office, under a part (sub-figure), with the record it rests on. The figure of a node
-- is the sum over its subtree, never a mean of rates; indicator() adds up, indicator_members() shows the rows.
--
-- p_on     day up to which events count, inclusive; the year of the programme begins the period
-- p_as_of  instant up to which revisions had been received; NULL means what is folded (roll-ups instead of lectures)
--
-- Functions that callers ask for whole trees run without JIT: it compiles for seconds what runs for milliseconds.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TYPE indicator_fact AS (
	office_code text,
	part text,
	numerator bigint,
	denominator bigint,
	kind text,
	record_office_code text,
	item_id uuid,
	label text
);
COMMENT ON TYPE indicator_fact IS 'What one record adds to the figures of one office (指标明细): part, numerator, denominator; the record as kind, office and item, or an office, a hall or a township by label.';

CREATE TABLE indicator_definition (
	indicator_id text PRIMARY KEY,
	place integer NOT NULL UNIQUE,
	name_zh text NOT NULL,
	name_en text NOT NULL,
	formula_zh text NOT NULL,
	unit text NOT NULL,
	target text,
	source text NOT NULL,
	function_name name NOT NULL,
	members_name name NOT NULL
);
COMMENT ON TABLE indicator_definition IS 'Catalogue of the indicators (指标目录). Written by the migration; read by the aggregator.';
COMMENT ON COLUMN indicator_definition.indicator_id IS 'identifier (指标编号)';
COMMENT ON COLUMN indicator_definition.place IS 'order in lists (次序)';
COMMENT ON COLUMN indicator_definition.name_zh IS 'Chinese name (指标名称)';
COMMENT ON COLUMN indicator_definition.name_en IS 'English name (英文名称)';
COMMENT ON COLUMN indicator_definition.formula_zh IS 'formula in words (计算方法)';
COMMENT ON COLUMN indicator_definition.unit IS 'unit of the main figure (单位)';
COMMENT ON COLUMN indicator_definition.target IS 'target in the official text (目标), NULL when it names none';
COMMENT ON COLUMN indicator_definition.source IS 'lines of the annexes and rulings (依据)';
COMMENT ON COLUMN indicator_definition.function_name IS 'SQL function that returns the facts (计算函数)';
COMMENT ON COLUMN indicator_definition.members_name IS 'SQL function that returns the records behind them (明细函数)';
GRANT SELECT ON indicator_definition TO zhibao_aggregator, zhibao_admin;

CREATE TABLE indicator_part (
	indicator_id text NOT NULL REFERENCES indicator_definition,
	part text NOT NULL,
	name_zh text NOT NULL,
	unit text NOT NULL,
	style text NOT NULL CHECK (style IN ('percent', 'ratio', 'count')),
	rollup text NOT NULL DEFAULT 'sum' CHECK (rollup IN ('sum', 'distinct', 'median', 'longest')),
	minimum_rule text,
	PRIMARY KEY (indicator_id, part)
);
COMMENT ON TABLE indicator_part IS 'Sub-figures of the indicators (指标分项) and how they add up. Written by the migration; read by the aggregator.';
COMMENT ON COLUMN indicator_part.indicator_id IS 'indicator (指标编号)';
COMMENT ON COLUMN indicator_part.part IS 'name of the part (分项), * stands for any text such as a topic or a month';
COMMENT ON COLUMN indicator_part.name_zh IS 'Chinese name (分项名称)';
COMMENT ON COLUMN indicator_part.unit IS 'unit (单位)';
COMMENT ON COLUMN indicator_part.style IS 'percent and ratio have a denominator, count has none (显示方式)';
COMMENT ON COLUMN indicator_part.rollup IS 'sum of the facts; number of distinct labels with a numerator; median (numerator is twice the median, denominator 2) or longest of the numerators (汇总方式)';
COMMENT ON COLUMN indicator_part.minimum_rule IS 'rule switch with the least denominator at which the numerator is shown (最少样本开关)';
GRANT SELECT ON indicator_part TO zhibao_aggregator, zhibao_admin;

INSERT INTO indicator_definition (indicator_id, place, name_zh, name_en, formula_zh, unit, target, source, function_name, members_name) VALUES
	('I-01', 10, '按时报送率', 'on-time submission rate', '按期收到的报送事项 ÷ 已到期的报送事项（豁免除外）', '%', '全部', 'annex1; R12-R14', 'submission_timeliness', 'submission_timeliness'),
	('I-02', 20, '完成率', 'completion rate', '∑min(已办场次, 计划最少场次) ÷ ∑计划最少场次（有数量的计划项）', '%', '10月31日 100%', 'annex1:L17; annex2; R8-R11', 'completion_rate', 'completion_members'),
	('I-02b', 21, '五进类别', 'five categories held', '已开展的五进类别数 ÷ 5（进系统含学习活动）', '%', '5/5', 'annex1:L17; R18; Q-27', 'category_held', 'category_members'),
	('I-02c', 22, '计划项启动率', 'plan items started', '至少开展一场的计划项 ÷ 全部计划项', '%', NULL, 'annex1:L17; R9', 'plan_started', 'plan_started'),
	('I-03', 30, '乡镇覆盖率', 'township coverage', '已覆盖乡镇 ÷ 名册乡镇', '%', '11月30日 100%', 'annex1:L20; annex3:12; R5-R7', 'township_coverage', 'township_members'),
	('I-04', 40, '分类场次', 'sessions by category', '按类别、月份统计已开展场次', '场', NULL, 'annex1:L11; annex3:10-14; R8', 'session_tally', 'session_members'),
	('I-04b', 41, '补录率', 'late-entered share', '开展30天后才首次报送的宣讲 ÷ 宣讲场次', '%', NULL, 'R13', 'late_entry', 'late_entry'),
	('I-05', 50, '骨干人均场次', 'average sessions per speaker', '参与宣讲人次 ÷ 在岗宣讲人员', '场/人', NULL, 'annex3:15; R18', 'speaker_average', 'speaker_members'),
	('I-06', 60, '安排公布率', 'arrangement publication rate', '按期且先于首场活动在门户网站公布安排的单位 ÷ 应公布单位', '%', '全部', 'annex1:L8-L10; annex3:16; R13', 'arrangement_publication', 'arrangement_publication'),
	('I-07', 70, '应上尽上率', 'disclosure rate', '现行有效、应公开且有网址的文件 ÷ 现行有效、应公开的文件', '%', '全部', 'annex1:L14', 'disclosure_rate', 'disclosure_rate'),
	('I-08', 80, '文件清理率', 'library clean-up', '已清理的失效、废止、修改文件 ÷ 失效、废止、修改文件', '%', '全部', 'annex1:L14', 'library_cleanup', 'library_cleanup'),
	('I-09', 90, '“1+2+X”解读完整率', 'interpretation completeness', '原文、通稿、解读文章齐全的新出台文件 ÷ 新出台文件', '%', NULL, 'annex1:L14; annex3:6-9; Q-10', 'interpretation_completeness', 'interpretation_completeness'),
	('I-10', 100, '专栏开设率', 'columns on both channels', '门户网站和微信公众号均设专栏的单位 ÷ 应设单位', '%', '全部', 'annex1:L14; annex3:4', 'publicity_column', 'publicity_column'),
	('I-11', 110, '窗口宣传', 'window publicity', '统计表第17至21项分别汇总；有报告的大厅 ÷ 大厅', '个、份', NULL, 'annex1:L24; annex3:17-21; R18', 'window_publicity', 'window_publicity'),
	('I-12', 120, '检查覆盖率与合格率', 'inspection coverage and pass rate', '已检查单位 ÷ 检查范围；合格次数 ÷ 检查次数', '%', NULL, 'annex1:L10,L14-L17,L20,L23', 'inspection_coverage', 'inspection_coverage'),
	('I-13', 130, '备案率', 'filing rate', '所属市州已备案的县 ÷ 应备案的县（豁免除外）', '%', '全部', 'annex1:L10', 'filing_rate', 'filing_rate'),
	('I-14', 140, '反馈统计', 'feedback statistics', '按来源统计总量、政策相关、办结、满意与环比变化', '件', NULL, 'annex1:L21,L24', 'feedback_statistics', 'feedback_statistics'),
	('I-15', 150, '学习竞赛', 'study and contest counts', '按形式、对象统计场次和人数', '场', NULL, 'annex1:L11; annex3:14; R18', 'study_activity', 'study_activity'),
	('I-16', 160, '信息报送', 'news and reports', '按类别、媒体统计条数；报送间隔天数', '条', NULL, 'annex1:L24', 'news_report', 'news_report'),
	('I-17', 170, '填报与推算差', 'form vs. derived difference', '报送时与记录相符的填报项 ÷ 可推算的填报项；不符项已说明；填报数 − 推算数；当前记录另列', '%', '0或已说明', 'annex3; R16', 'form_difference', 'form_difference'),
	('I-18', 180, '宣传资料', 'materials received', '按类别统计件数和字节数；件数 ÷ 统计表第5项', '件', NULL, 'annex1:L22; annex3:5; R18', 'material_received', 'material_received');

INSERT INTO indicator_part (indicator_id, part, name_zh, unit, style, rollup, minimum_rule) VALUES
	('I-01', '', '按期报送', '项', 'percent', 'sum', NULL), ('I-01', 'milestone:*', '按任务', '项', 'percent', 'sum', NULL),
	('I-01', 'late', '迟报', '项', 'count', 'sum', NULL), ('I-01', 'missing', '未报', '项', 'count', 'sum', NULL),
	('I-01', 'extended_after_due', '到期后延期', '项', 'count', 'sum', NULL), ('I-01', 'accepted', '审核通过', '项', 'percent', 'sum', NULL),
	('I-01', 'final', '审核通过的版本按期', '项', 'percent', 'sum', NULL),
	('I-17', 'mid_year', '半年表相符项', '项', 'percent', 'sum', NULL), ('I-17', 'year_end', '年度表相符项', '项', 'percent', 'sum', NULL),
	('I-17', 'mid_year.explained', '半年表不符项已说明', '项', 'percent', 'sum', NULL), ('I-17', 'year_end.explained', '年度表不符项已说明', '项', 'percent', 'sum', NULL),
	('I-17', 'mid_year.live', '半年表相符项，按当前记录', '项', 'percent', 'sum', NULL), ('I-17', 'year_end.live', '年度表相符项，按当前记录', '项', 'percent', 'sum', NULL),
	('I-17', '*.live.item:*', '填报数减当前推算数', '该项单位', 'count', 'sum', NULL),
	('I-17', '*.over_claimed', '多报', '项', 'count', 'sum', NULL), ('I-17', '*.under_claimed', '少报', '项', 'count', 'sum', NULL),
	('I-17', '*.unsupported', '无记录佐证', '项', 'count', 'sum', NULL), ('I-17', '*.differs', '不一致', '项', 'count', 'sum', NULL),
	('I-17', '*.item:*', '填报数减推算数', '该项单位', 'count', 'sum', NULL),
	('I-02', '', '市州口径', '场', 'percent', 'sum', NULL), ('I-02', 'raw', '不封顶', '场', 'percent', 'sum', NULL),
	('I-02', 'ended', '窗口期已结束', '场', 'percent', 'sum', NULL), ('I-02', 'baseline', '基准计划', '场', 'percent', 'sum', NULL),
	('I-02', 'baseline.raw', '基准计划，不封顶', '场', 'percent', 'sum', NULL), ('I-02', 'provincial', '省级计划', '场', 'percent', 'sum', NULL),
	('I-02', 'provincial.raw', '省级计划，不封顶', '场', 'percent', 'sum', NULL), ('I-02', 'provincial.ended', '省级计划，窗口期已结束', '场', 'percent', 'sum', NULL),
	('I-02', 'all', '全部计划', '场', 'percent', 'sum', NULL), ('I-02', 'unplanned', '全部计划，计划外场次', '场', 'percent', 'sum', NULL),
	('I-02b', '', '市州口径', '类', 'percent', 'distinct', NULL), ('I-02b', 'all', '全部计划', '类', 'percent', 'distinct', NULL),
	('I-02b', 'enterprise', '进企业', '类', 'percent', 'distinct', NULL), ('I-02b', 'campus', '进校园', '类', 'percent', 'distinct', NULL),
	('I-02b', 'village', '进村居', '类', 'percent', 'distinct', NULL), ('I-02b', 'site', '进工地', '类', 'percent', 'distinct', NULL),
	('I-02b', 'system', '进系统', '类', 'percent', 'distinct', NULL),
	('I-02c', '', '市州口径', '项', 'percent', 'sum', NULL), ('I-02c', 'provincial', '省级计划', '项', 'percent', 'sum', NULL),
	('I-02c', 'none', '未定数量：未开展', '项', 'percent', 'sum', NULL), ('I-02c', 'started', '未定数量：已启动', '项', 'percent', 'sum', NULL),
	('I-02c', 'met', '未定数量：已达到', '项', 'percent', 'sum', NULL),
	('I-02c', 'provincial.none', '省级计划，未定数量：未开展', '项', 'percent', 'sum', NULL),
	('I-02c', 'provincial.started', '省级计划，未定数量：已启动', '项', 'percent', 'sum', NULL),
	('I-02c', 'provincial.met', '省级计划，未定数量：已达到', '项', 'percent', 'sum', NULL),
	('I-03', '', '规定口径', '个', 'percent', 'sum', NULL), ('I-03', 'broad.all', '各类宣讲，乡镇和街道', '个', 'percent', 'sum', NULL),
	('I-03', 'broad.rural', '各类宣讲，乡镇', '个', 'percent', 'sum', NULL), ('I-03', 'strict.all', '进村居，乡镇和街道', '个', 'percent', 'sum', NULL),
	('I-03', 'strict.rural', '进村居，乡镇', '个', 'percent', 'sum', NULL), ('I-03', 'counties', '全覆盖的县', '个', 'percent', 'sum', NULL),
	('I-03', 'inherited', '沿袭待证', '个', 'count', 'sum', NULL),
	('I-04', '', '五进合计', '场', 'count', 'sum', NULL), ('I-04', 'general', '综合宣传', '场', 'count', 'sum', NULL),
	('I-04', 'enterprise', '进企业', '场', 'count', 'sum', NULL), ('I-04', 'campus', '进校园', '场', 'count', 'sum', NULL),
	('I-04', 'village', '进村居', '场', 'count', 'sum', NULL), ('I-04', 'site', '进工地', '场', 'count', 'sum', NULL),
	('I-04', 'system', '进系统', '场', 'count', 'sum', NULL), ('I-04', '*:*', '分类分月', '场', 'count', 'sum', NULL),
	('I-04b', '', '超过30天', '场', 'percent', 'sum', NULL),
	('I-05', '', '在岗宣讲人员', '场/人', 'ratio', 'sum', NULL), ('I-05', 'backbone', '宣讲骨干', '场/人', 'ratio', 'sum', NULL),
	('I-05', 'lecturer', '政策宣讲员', '场/人', 'ratio', 'sum', NULL), ('I-05', 'know_all', '人社知识通', '场/人', 'ratio', 'sum', NULL),
	('I-06', '', '按期且先于首场', '个', 'percent', 'sum', NULL), ('I-06', 'by_due', '按期公布', '个', 'percent', 'sum', NULL),
	('I-06', 'ahead', '先于首场公布', '个', 'percent', 'sum', NULL), ('I-06', 'province', '全省安排公布', '个', 'percent', 'sum', NULL),
	('I-06', 'not_due', '未到期', '个', 'count', 'sum', NULL),
	('I-06', 'cities', '全省安排包含的市州', '个', 'percent', 'sum', NULL),
	('I-07', '', '应公开文件', '件', 'percent', 'sum', NULL), ('I-07', 'exempt', '不公开文件', '件', 'count', 'sum', NULL),
	('I-07', 'exempt_without_reason', '不公开且无理由', '件', 'count', 'sum', NULL), ('I-07', 'library', '建有文件库的单位', '个', 'percent', 'sum', NULL),
	('I-08', '', '已清理', '件', 'percent', 'sum', NULL), ('I-08', 'expired', '失效', '件', 'percent', 'sum', NULL),
	('I-08', 'abolished', '废止', '件', 'percent', 'sum', NULL), ('I-08', 'modified', '修改', '件', 'percent', 'sum', NULL),
	('I-08', 'days.median', '清理天数中位数', '天', 'ratio', 'median', NULL), ('I-08', 'days.longest', '清理天数最长', '天', 'count', 'longest', NULL),
	('I-08', 'overdue', '逾期仍标现行有效', '件', 'count', 'sum', NULL),
	('I-09', '', '原文、通稿、文章齐全', '件', 'percent', 'sum', NULL), ('I-09', 'policy_original', '政策原文', '件', 'count', 'sum', NULL),
	('I-09', 'press_release', '新闻通稿', '件', 'count', 'sum', NULL), ('I-09', 'article', '解读文章', '件', 'count', 'sum', NULL),
	('I-09', 'x', '其他形式', '件', 'count', 'sum', NULL), ('I-09', 'days.median', '公布天数中位数', '天', 'ratio', 'median', NULL),
	('I-09', 'days.longest', '公布天数最长', '天', 'count', 'longest', NULL), ('I-09', 'unpublished', '新出台未公布', '件', 'count', 'sum', NULL),
	('I-10', '', '两个渠道', '个', 'percent', 'sum', NULL), ('I-10', 'portal', '门户网站', '个', 'percent', 'sum', NULL),
	('I-10', 'wechat', '微信公众号', '个', 'percent', 'sum', NULL),
	('I-11', '17', '宣传栏、牌、海报', '个', 'count', 'sum', NULL), ('I-11', '18', '电子显示屏', '个', 'count', 'sum', NULL),
	('I-11', '19', '制作视频、微动画', '个', 'count', 'sum', NULL), ('I-11', '20', '播放视频、微动画', '个', 'count', 'sum', NULL),
	('I-11', '21', '宣传册', '份', 'count', 'sum', NULL), ('I-11', 'halls', '有报告的大厅', '个', 'percent', 'sum', NULL),
	('I-11', 'unknown_hall', '名册外大厅的报告', '条', 'count', 'sum', NULL), ('I-11', 'unnamed_video', '未注明作品的播放', '条', 'count', 'sum', NULL),
	('I-11', 'staff', '窗口人员培训', '人', 'percent', 'sum', NULL),
	('I-12', '*.visited', '检查覆盖', '个', 'percent', 'sum', NULL), ('I-12', '*.drawn', '抽中', '个', 'percent', 'sum', NULL),
	('I-12', '*.passed', '合格', '次', 'percent', 'sum', NULL), ('I-12', '*.*.passed', '合格', '次', 'percent', 'sum', NULL),
	('I-12', '*.verified', '核实活动', '场', 'count', 'sum', NULL),
	('I-12', '*.open', '未完成整改', '项', 'count', 'sum', NULL), ('I-12', '*.overdue', '逾期整改', '项', 'count', 'sum', NULL),
	('I-12', '*.*#*', '检查事项', '次', 'percent', 'sum', NULL), ('I-12', 'exchange', '经验交流', '次', 'count', 'sum', NULL),
	('I-12', 'circular:*', '通报', '份', 'count', 'sum', NULL),
	('I-12', 'unentitled', '非规定单位的检查记录（不计）', '条', 'count', 'sum', NULL),
	('I-13', '', '已备案', '个', 'percent', 'sum', NULL), ('I-13', 'received', '已收到未备案', '个', 'count', 'sum', NULL),
	('I-13', 'returned', '被退回', '个', 'count', 'sum', NULL),
	('I-14', '*.records', '统计记录', '条', 'count', 'sum', NULL),
	('I-14', '*.contained', '已含在其他统计中的记录（不另计）', '条', 'count', 'sum', NULL), ('I-14', '*.nested', '与上级单位同期统计并列的记录（须核对）', '条', 'count', 'sum', NULL), ('I-14', '*.policy', '政策相关', '件', 'percent', 'sum', NULL),
	('I-14', '*.closed', '办结', '件', 'percent', 'sum', NULL), ('I-14', '*.satisfied', '满意', '份', 'percent', 'sum', 'feedback.min_responses'),
	('I-14', '*.won', '胜诉或维持', '件', 'count', 'sum', NULL), ('I-14', '*.lost', '败诉或变更', '件', 'count', 'sum', NULL),
	('I-14', '*.mediated', '调解', '件', 'count', 'sum', NULL), ('I-14', '*.change', '环比变化', '件', 'percent', 'sum', NULL),
	('I-14', '*#*', '分主题', '件', 'count', 'sum', NULL), ('I-14', 'hotline_12333', '12333咨询', '件', 'count', 'sum', NULL),
	('I-14', 'reconsideration', '行政复议', '件', 'count', 'sum', NULL), ('I-14', 'litigation', '行政应诉', '件', 'count', 'sum', NULL),
	('I-14', 'arbitration', '仲裁案件', '件', 'count', 'sum', NULL), ('I-14', 'petition', '信访诉求', '件', 'count', 'sum', NULL),
	('I-14', 'online_survey', '网上调查评价', '份', 'count', 'sum', NULL), ('I-14', 'public_input', '社会监督办理', '件', 'percent', 'sum', NULL),
	('I-14', 'public_input.days.median', '社会监督办理天数中位数', '天', 'ratio', 'median', NULL),
	('I-14', 'public_input.days.longest', '社会监督办理天数最长', '天', 'count', 'longest', NULL),
	('I-15', '', '学习活动', '场', 'count', 'sum', NULL), ('I-15', 'participants', '参加人数', '人', 'count', 'sum', NULL),
	('I-15', 'form:*', '按形式', '场', 'count', 'sum', NULL), ('I-15', 'form:*.participants', '按形式参加人数', '人', 'count', 'sum', NULL),
	('I-15', 'target:*', '按对象', '场', 'count', 'sum', NULL), ('I-15', 'target:*.participants', '按对象参加人数', '人', 'count', 'sum', NULL),
	('I-15', 'unknown_participants', '未填人数', '场', 'count', 'sum', NULL),
	('I-16', '', '信息', '条', 'count', 'sum', NULL), ('I-16', 'kind:*', '按类别', '条', 'count', 'sum', NULL),
	('I-16', 'medium:*', '按媒体', '条', 'count', 'sum', NULL), ('I-16', 'days.median', '报送天数中位数', '天', 'ratio', 'median', NULL),
	('I-16', 'days.longest', '报送天数最长', '天', 'count', 'longest', NULL), ('I-16', 'silent', '未报送单位', '个', 'percent', 'sum', NULL),
	('I-18', '', '作品', '件', 'count', 'sum', NULL), ('I-18', 'bytes', '作品字节数', 'B', 'count', 'sum', NULL),
	('I-18', 'kind:*', '按类别', '件', 'count', 'sum', NULL), ('I-18', 'kind:*.bytes', '按类别字节数', 'B', 'count', 'sum', NULL),
	('I-18', 'without_file', '无文件', '件', 'count', 'sum', NULL), ('I-18', 'submission', '报送资料', '份', 'count', 'sum', NULL),
	('I-18', 'submission.bytes', '报送资料字节数', 'B', 'count', 'sum', NULL), ('I-18', 'form', '件数与统计表第5项', '件', 'percent', 'sum', NULL);

-- First day of the programme year of the registers in force: flows are counted from it on.
CREATE FUNCTION programme_start(p_as_of timestamptz) RETURNS date
LANGUAGE sql STABLE AS $$
	SELECT zhibao.year_start(zhibao.facts_register(p_as_of))
$$;
COMMENT ON FUNCTION programme_start(timestamptz) IS 'First day of the programme year (年度起始日).';

COMMIT;
