/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of reports: sections, tables and the statements behind them. Sections of the audit are AR-1 to AR-9. */
#include <string.h>

#include "reportsources.h"
#include "sql.h"

#define SOURCE(id, file, title, ...)                                                                                        \
	static const struct report_source id = {.name = #id,                                                                     \
						.caption = title,                                                                \
						.sql = SQL_##file,                                                               \
						.statement = #file,                                                              \
						.columns = id##_columns,                                                         \
						.column_count = sizeof(id##_columns) / sizeof(id##_columns[0]),                  \
						__VA_ARGS__}

static const struct report_column key_figures_columns[] = {
	{"figure", "指标", REPORT_TEXT, 22, false},
	{"value", "数值", REPORT_RATIO, 14, false},
	{"basis", "口径", REPORT_TEXT, 32, false},
};
SOURCE(key_figures, report_key_figures, "主要指标", .empty = NULL);

static const struct report_column completion_columns[] = {
	{"office", "单位", REPORT_TEXT, 11, false},
	{"lines", "定量计划项", REPORT_COUNT, 5, true},
	{"completion", "完成率", REPORT_RATIO, 13, true},
	{"ended", "其中窗口期已满", REPORT_RATIO, 13, true},
	{"raw", "原始比率", REPORT_RATIO, 13, true},
	{"none", "未定量\n未开展", REPORT_COUNT, 5, true},
	{"started", "未定量\n已启动", REPORT_COUNT, 5, true},
	{"met", "未定量\n达标", REPORT_COUNT, 5, true},
};
SOURCE(completion, report_completion, "各地“政策宣讲五进”完成情况",
       .words = "截至统计截止日，列入计划且有场次要求的计划项共 {lines} 项，完成率 {completion}；其中窗口期已满的计划项完成率 "
		"{ended}。无场次要求的计划项中，未开展 {none} 项、已启动 {started} 项、达标 {met} 项。",
       .empty = "本单位不在市州口径之内。",
       .note = "完成率＝Σ min（已开展，计划最少场次）÷ Σ 计划最少场次，上级为所属单位分子、分母之和；2 场及以上为未定量项达标。");

static const struct report_column sessions_columns[] = {
	{"office", "单位", REPORT_TEXT, 11, false},
	{"general", "综合宣传", REPORT_COUNT, 5, true},
	{"enterprise", "进企业", REPORT_COUNT, 5, true},
	{"campus", "进校园", REPORT_COUNT, 5, true},
	{"village", "进村居", REPORT_COUNT, 5, true},
	{"site", "进工地", REPORT_COUNT, 5, true},
	{"system", "进系统", REPORT_COUNT, 5, true},
	{"sessions", "合计", REPORT_COUNT, 5, true},
	{"unplanned", "其中\n计划外", REPORT_COUNT, 5, true},
	{"attendance", "参加人次", REPORT_COUNT, 7, true},
	{"categories", "五进\n类别数", REPORT_COUNT, 6, false},
};
SOURCE(sessions, report_sessions, "各地分类场次",
       .words = "共开展宣讲 {sessions} 场，参加 {attendance} 人次。其中进企业 {enterprise} 场、进校园 {campus} 场、进村居 {village} 场、"
		"进工地 {site} 场、进系统 {system} 场、综合宣传 {general} 场；计划外 {unplanned} 场。",
       .empty = "没有单位。", .note = "一场活动只计入主办单位一次；同一单位重复报送的计 1 场。“进系统”含工作人员学习培训的场次，参加人次只计宣讲活动，学习的人次见"
	       "“各地学习竞赛”。");

static const struct report_column months_columns[] = {
	{"month", "月份", REPORT_TEXT, 9, false},      {"general", "综合宣传", REPORT_COUNT, 6, true},
	{"enterprise", "进企业", REPORT_COUNT, 6, true}, {"campus", "进校园", REPORT_COUNT, 6, true},
	{"village", "进村居", REPORT_COUNT, 6, true},   {"site", "进工地", REPORT_COUNT, 6, true},
	{"system", "进系统", REPORT_COUNT, 6, true},    {"sessions", "合计", REPORT_COUNT, 6, true},
};
SOURCE(months, report_months, "逐月分类场次", .empty = "没有活动。");

static const struct report_column short_lines_columns[] = {
	{"office", "单位", REPORT_TEXT, 9, false},       {"item_no", "序号", REPORT_COUNT, 4, false},
	{"category", "类别", REPORT_TEXT, 6, false},     {"theme", "主题", REPORT_TEXT, 24, false},
	{"window_end", "窗口期止", REPORT_DATE, 8, false}, {"planned", "计划", REPORT_COUNT, 4, false},
	{"held", "已开展", REPORT_COUNT, 5, false},       {"short", "缺口", REPORT_COUNT, 4, false},
};
SOURCE(short_lines, report_short_lines, "窗口期已满而未达标的计划项", .empty = "窗口期已满的计划项均已达标。");

static const struct report_column silent_columns[] = {
	{"part", "地区", REPORT_TEXT, 9, false},
	{"silent", "未开展单位占比", REPORT_RATIO, 13, false},
	{"names", "未开展任何宣讲活动的单位", REPORT_TEXT, 42, false},
};
SOURCE(silent, report_silent, "未开展活动的单位", .empty = "各单位均开展了活动。");

static const struct report_column coverage_columns[] = {
	{"office", "单位", REPORT_TEXT, 10, false},
	{"broad_all", "任一类宣讲\n乡镇和街道", REPORT_RATIO, 14, true},
	{"broad_rural", "任一类宣讲\n仅乡镇", REPORT_RATIO, 14, true},
	{"strict_all", "进村居\n乡镇和街道", REPORT_RATIO, 14, true},
	{"strict_rural", "进村居\n仅乡镇", REPORT_RATIO, 14, true},
};
SOURCE(coverage, report_coverage, "各地乡镇覆盖率",
       .words = "截至统计截止日，按任一类宣讲、乡镇和街道口径，覆盖率 {broad_all}；仅计乡镇 {broad_rural}；只计进村居活动 {strict_all}。",
       .empty = "本单位没有所属乡镇。",
       .note = "覆盖按活动所在地计，不论由谁宣讲；纯线上活动、超过三个乡镇而无说明的活动不计覆盖。分母为零的地方记“不适用”。");

static const struct report_column uncovered_columns[] = {
	{"city", "市州", REPORT_TEXT, 7, false},
	{"county", "县（市、区）", REPORT_TEXT, 10, false},
	{"coverage", "覆盖率", REPORT_RATIO, 13, true},
	{"uncovered", "未覆盖", REPORT_COUNT, 6, true},
	{"inherited", "其中\n继承未证", REPORT_COUNT, 6, true},
	{"names", "未覆盖乡镇（街道）名单", REPORT_TEXT, 36, false},
};
SOURCE(uncovered, report_uncovered, "各县（市、区）覆盖率与未覆盖名单", .empty = "本单位没有所属乡镇。",
       .note = "覆盖率按考核口径（何种宣讲算覆盖、街道是否计入，依规则）。“继承未证”指由已覆盖乡镇分设、但尚无活动指明的乡镇，不计入覆盖。");

static const struct report_column arrangements_columns[] = {
	{"office", "单位", REPORT_TEXT, 7, false},            {"url", "公布网址", REPORT_TEXT, 28, false},
	{"published_on", "公布日期", REPORT_DATE, 8, false},    {"due_on", "截止日", REPORT_DATE, 8, false},
	{"first_on", "首场活动", REPORT_DATE, 8, false},        {"finding", "情况", REPORT_TEXT, 10, false},
	{"timely", "按期且\n先于首场", REPORT_RATIO, 8, false},
};
SOURCE(arrangements, report_arrangements, "宣讲活动安排在门户网站公布情况",
       .words = "应公布宣讲活动安排的市州、县（市、区）中，在截止日前且先于首场活动公布的占 {timely}。", .empty = "没有应公布的单位。",
       .note = "按记录所载公布日期判断；由其他单位代报的公布记录不算本单位公布，与首场活动同日公布的不算先于首场；省厅另列，不计入比率。");

static const struct report_column library_columns[] = {
	{"office", "单位", REPORT_TEXT, 10, false},          {"libraries", "建有文件库\n的单位", REPORT_RATIO, 12, true},
	{"disclosure", "应上尽上率", REPORT_RATIO, 13, true}, {"exempt", "不公开", REPORT_COUNT, 5, true},
	{"unexplained", "其中\n无理由", REPORT_COUNT, 5, true}, {"modified", "修改后\n已清理", REPORT_RATIO, 11, true},
	{"expired", "失效后\n已清理", REPORT_RATIO, 11, true}, {"abolished", "废止后\n已清理", REPORT_RATIO, 11, true},
	{"stale", "逾期仍标\n现行有效", REPORT_COUNT, 6, true},
};
SOURCE(library, report_library, "政策文件库",
       .words = "现行有效、应公开的政策文件应上尽上率 {disclosure}；不公开 {exempt} 件，其中无理由 {unexplained} 件；有效期已过仍标为现行有效 "
		"{stale} 件。",
       .empty = "没有单位。",
       .note = "应上尽上率＝现行有效、应公开且已在网上公开的文件数 ÷ 现行有效、应公开的文件数，政策解答不计；依申请公开的按规则开关计；状态以统计截止日为准。");

static const struct report_column inspections_columns[] = {
	{"scheme", "类别", REPORT_TEXT, 7, false},        {"by", "检查单位", REPORT_TEXT, 8, false},
	{"inspected", "被检查单位", REPORT_TEXT, 8, false}, {"checked_on", "日期", REPORT_DATE, 8, false},
	{"result", "结果", REPORT_TEXT, 6, false},        {"note", "情况", REPORT_TEXT, 13, false},
	{"due_on", "整改期限", REPORT_DATE, 8, false},     {"closed_on", "整改完成", REPORT_DATE, 8, false},
	{"counted", "是否计入", REPORT_TEXT, 5, false},
};
SOURCE(inspections, report_inspections, "检查情况", .empty = "没有检查记录。",
       .note = "“不计”的记录不由规定的检查单位以本单位名义作出，或者被检查单位不是其下级，不计入检查指标，也不作抽查结果。");

static const struct report_column circulars_columns[] = {
	{"circular_no", "文号", REPORT_TEXT, 9, false},  {"title", "标题", REPORT_TEXT, 16, false},
	{"issued_on", "日期", REPORT_DATE, 8, false},    {"kind", "类别", REPORT_TEXT, 6, false},
	{"praised", "表扬", REPORT_TEXT, 11, false},     {"criticised", "批评", REPORT_TEXT, 11, false},
	{"inspections", "关联检查", REPORT_COUNT, 5, false},
};
SOURCE(circulars, report_circulars, "通报情况", .empty = "没有通报记录。");

static const struct report_column exchanges_columns[] = {
	{"office", "单位", REPORT_TEXT, 9, false},    {"form", "形式", REPORT_TEXT, 7, false},
	{"title", "名称", REPORT_TEXT, 24, false},    {"held_on", "日期", REPORT_DATE, 8, false},
	{"people", "参加人数", REPORT_COUNT, 6, false}, {"cases", "交流案例", REPORT_COUNT, 6, false},
};
SOURCE(exchanges, report_exchanges, "经验交流", .empty = "没有经验交流记录。");

static const struct report_column feedback_columns[] = {
	{"source", "来源", REPORT_TEXT, 12, false},      {"reports", "报表数", REPORT_COUNT, 6, false},
	{"total", "总量", REPORT_COUNT, 8, false},       {"policy", "政策相关", REPORT_RATIO, 13, false},
	{"closed", "办结", REPORT_RATIO, 13, false},     {"responses", "评价份数", REPORT_COUNT, 7, false},
	{"satisfied", "满意率", REPORT_RATIO, 13, false}, {"score", "平均分", REPORT_AVERAGE, 11, false},
};
SOURCE(feedback, report_feedback, "反馈统计",
       .note = "不同来源的数量不相加；未收到报表的来源记 0 份。较长期间已包含的月份、已有总数的分主题数和其他年度不重复计；"
	       "政策相关、办结只看填报了该数的报表；评价份数不足规则所定最少份数的，不公布满意率和平均分；平均分按评价份数加权。");

static const struct report_column public_inputs_columns[] = {
	{"office", "单位", REPORT_TEXT, 12, false},      {"handled", "办结率", REPORT_RATIO, 14, true},
	{"days", "平均办理天数", REPORT_AVERAGE, 12, true}, {"oldest_on", "最早未办结", REPORT_DATE, 10, false},
};
SOURCE(public_inputs, report_public_inputs, "社会监督事项", .empty = "没有社会监督事项。");

static const struct report_column links_columns[] = {
	{"office", "单位", REPORT_TEXT, 10, false},      {"offices", "单位数", REPORT_COUNT, 5, true},
	{"heard", "有数据\n单位", REPORT_COUNT, 5, true}, {"streams", "上行流", REPORT_COUNT, 5, true},
	{"batches", "批次", REPORT_COUNT, 6, true},      {"records", "记录", REPORT_COUNT, 6, true},
	{"refused", "退回", REPORT_COUNT, 5, true},      {"missing", "缺失", REPORT_COUNT, 5, true},
	{"forks", "分叉", REPORT_COUNT, 5, true},        {"last_at", "最近接收", REPORT_INSTANT, 13, false},
};
SOURCE(links, report_links, "各地数据传输情况",
       .words = "应接入单位 {offices} 个，已有数据 {heard} 个；共接收 {batches} 批、{records} 条记录，退回 {refused} 条，缺失 {missing} 条，"
		"发件箱分叉 {forks} 次。",
       .empty = "没有单位。");

static const struct report_column unheard_columns[] = {
	{"office", "单位", REPORT_TEXT, 24, false},
	{"last_at", "最近接收", REPORT_INSTANT, 14, false},
	{"days", "距数据时点（天）", REPORT_COUNT, 10, false},
	{"state", "情况", REPORT_TEXT, 12, false},
};
SOURCE(unheard, report_unheard, "长时间没有数据的单位", .empty = "所有单位在数据时点前 30 天内均有数据。");

static const struct report_column gaps_columns[] = {
	{"office", "单位", REPORT_TEXT, 10, false},     {"stream", "流", REPORT_COUNT, 5, false},
	{"first", "起始序号", REPORT_COUNT, 7, false},   {"last", "结束序号", REPORT_COUNT, 7, false},
	{"records", "缺失条数", REPORT_COUNT, 6, false}, {"reason", "原因", REPORT_TEXT, 18, false},
	{"told_at", "告知时间", REPORT_INSTANT, 13, false},
};
SOURCE(gaps, report_gaps, "序号缺口", .empty = "没有序号缺口。");

static const struct report_column quarantine_columns[] = {
	{"code", "代码", REPORT_TEXT, 14, false},     {"text", "说明（示例）", REPORT_TEXT, 24, false},
	{"offices", "单位数", REPORT_COUNT, 5, false}, {"records", "退回条数", REPORT_COUNT, 6, true},
	{"cured", "已更正", REPORT_COUNT, 5, true},    {"newest_at", "最近一次", REPORT_INSTANT, 13, false},
};
SOURCE(quarantine, report_quarantine, "退回记录",
       .words = "共退回 {records} 条违反规则的记录，涉及 {offices} 个单位，其中 {cured} 条已由后来的版本更正。", .empty = "没有退回记录。");

static const struct report_column forks_columns[] = {
	{"office", "单位", REPORT_TEXT, 9, false},       {"stream", "流", REPORT_COUNT, 4, false},
	{"before", "原发件箱", REPORT_TEXT, 18, false},   {"after", "新发件箱", REPORT_TEXT, 18, false},
	{"shared", "共有序号止", REPORT_COUNT, 6, false}, {"since", "发现时间", REPORT_INSTANT, 13, false},
};
SOURCE(forks, report_forks, "发件箱分叉", .empty = "没有发件箱分叉。");

static const struct report_column chain_columns[] = {
	{"office", "单位", REPORT_TEXT, 12, false},   {"streams", "上行流", REPORT_COUNT, 7, true},
	{"batches", "批次", REPORT_COUNT, 7, true},   {"records", "记录", REPORT_COUNT, 8, true},
	{"holes", "序号不连续", REPORT_COUNT, 8, true}, {"broken", "链值不符", REPORT_COUNT, 8, true},
	{"finding", "结论", REPORT_TEXT, 9, false},
};
SOURCE(chain, report_chain, "批次链核对", .empty = "没有批次。",
       .note = "逐批核对序号连续、前后链值相接；逐条重算由 zhibao-collector verify 完成。");

static const struct report_column changes_columns[] = {
	{"kind", "记录类别", REPORT_TEXT, 14, false},   {"submitted", "新报", REPORT_COUNT, 8, true},
	{"amended", "更正", REPORT_COUNT, 8, true},     {"withdrawn", "撤回", REPORT_COUNT, 8, true},
	{"proxy", "其中代报", REPORT_COUNT, 8, true},    {"all", "合计", REPORT_COUNT, 8, true},
};
SOURCE(changes, report_changes, "各类记录的新报、更正与撤回", .empty = "没有记录。");

static const struct report_column corrections_columns[] = {
	{"kind", "记录类别", REPORT_TEXT, 8, false},       {"office", "单位", REPORT_TEXT, 9, false},
	{"item", "记录编号", REPORT_TEXT, 20, false},      {"received_at", "接收时间", REPORT_INSTANT, 11, false},
	{"operation", "操作", REPORT_TEXT, 5, false},     {"reason", "更正原因", REPORT_TEXT, 20, false},
	{"review", "审核", REPORT_TEXT, 6, false},
};
SOURCE(corrections, report_corrections, "审核通过后的更正与撤回", .empty = "没有审核通过后的更正或撤回。",
       .note = "没有写明原因的标为“缺少原因”，由审核人退回或认可。");

static const struct report_column twins_columns[] = {
	{"day", "日期", REPORT_DATE, 8, false},         {"theme", "主题", REPORT_TEXT, 18, false},
	{"place", "地点", REPORT_TEXT, 12, false},      {"offices", "单位", REPORT_TEXT, 11, false},
	{"records", "记录数", REPORT_COUNT, 5, false},  {"counted", "计场次", REPORT_COUNT, 5, false},
	{"kind", "处理", REPORT_TEXT, 16, false},
};
SOURCE(twins, report_twins, "疑似重复的活动", .empty = "没有疑似重复的活动。");

static const struct report_column disputes_columns[] = {
	{"kind", "记录类别", REPORT_TEXT, 10, false}, {"office", "单位", REPORT_TEXT, 10, false},
	{"item", "记录编号", REPORT_TEXT, 22, false}, {"depth", "计数版本", REPORT_COUNT, 6, false},
	{"newest_at", "最近版本", REPORT_INSTANT, 13, false},
};
SOURCE(disputes, report_disputes, "版本冲突", .empty = "没有版本冲突。");

static const struct report_column picks_columns[] = {
	{"kind", "记录类别", REPORT_TEXT, 8, false},      {"office", "单位", REPORT_TEXT, 9, false},
	{"item", "记录编号", REPORT_TEXT, 20, false},     {"chosen_at", "选定版本\n接收时间", REPORT_INSTANT, 11, false},
	{"reason", "裁定理由", REPORT_TEXT, 15, false},   {"picked_by", "裁定人", REPORT_TEXT, 6, false},
	{"picked_at", "裁定时间", REPORT_INSTANT, 11, false},
};
SOURCE(picks, report_picks, "冲突裁定", .empty = "没有冲突裁定。");

static const struct report_column provincial_plan_columns[] = {
	{"row_no", "序号", REPORT_COUNT, 3, false},    {"category", "活动\n类别", REPORT_TEXT, 5, false},
	{"theme", "宣讲主题", REPORT_TEXT, 11, false}, {"activity", "活动内容", REPORT_TEXT, 24, false},
	{"time", "时间", REPORT_TEXT, 6, false},       {"place", "地点", REPORT_TEXT, 7, false},
	{"audience", "宣讲对象", REPORT_TEXT, 9, false}, {"sessions", "举办\n场次", REPORT_TEXT, 5, false},
	{"lead", "牵头\n单位", REPORT_TEXT, 5, false}, {"completion", "完成率", REPORT_RATIO, 8, true},
	{"held", "已\n开展", REPORT_COUNT, 4, false},  {"state", "状态", REPORT_TEXT, 7, false},
};
SOURCE(provincial_plan, report_provincial_plan, "厅“五进五促政策宣讲”活动计划执行情况",
       .words = "厅计划中有场次要求的计划项完成率 {completion}，全部计划项共开展 {held} 场。", .empty = "本单位没有牵头的厅计划项。",
       .note = "无场次要求（多场次、全年）的计划项不计完成率，2 场及以上为达标。同一场活动由几个计划项认定的，逐项各计，合计只计 1 场。");

static const struct report_column timeliness_columns[] = {
	{"milestone_no", "任务", REPORT_COUNT, 7, false},  {"material", "材料", REPORT_TEXT, 29, false},
	{"due_on", "截止日", REPORT_DATE, 20, false},      {"actor", "责任单位", REPORT_TEXT, 16, false},
	{"on_time", "按时率", REPORT_RATIO, 24, true},     {"late", "逾期", REPORT_COUNT, 9, true},
	{"missing", "未报", REPORT_COUNT, 9, true},        {"not_due", "未\n到期", REPORT_COUNT, 9, true},
	{"exempt", "免报", REPORT_COUNT, 9, true},         {"extended", "逾期后\n准延", REPORT_COUNT, 12, true},
	{"accepted", "审核通过率", REPORT_RATIO, 23, true},
};
SOURCE(timeliness, report_timeliness, "各项材料报送情况",
       .words = "截至数据时点，到期材料按时率 {on_time}，逾期 {late} 份，未报 {missing} 份，审核通过率 {accepted}。", .empty = "没有应报的材料。",
       .note = "按时与否只看省（市）收到的时间，截止日当日 24 时前收到为按时；审核结论另列，不改变按时与否。比率只计已到期、未免报的。");

static const struct report_column submissions_columns[] = {
	{"office", "单位", REPORT_TEXT, 10, false},       {"on_time", "按时率", REPORT_RATIO, 13, true},
	{"late", "逾期", REPORT_COUNT, 5, true},          {"missing", "未报", REPORT_COUNT, 5, true},
	{"not_due", "未到期", REPORT_COUNT, 5, true},     {"exempt", "免报", REPORT_COUNT, 5, true},
	{"accepted", "审核通过率", REPORT_RATIO, 13, true}, {"returned", "退回或\n不予采纳", REPORT_COUNT, 6, true},
	{"substance", "所载日期\n晚于截止", REPORT_COUNT, 7, true}, {"corrected", "逾期后\n更正", REPORT_COUNT, 6, true},
};
SOURCE(submissions, report_submissions, "各地报送情况", .empty = "没有应报的单位。",
       .note = "除未到期、免报两列外，只计已到期、未免报的，与上表一致。");

static const struct report_column late_columns[] = {
	{"office", "单位", REPORT_TEXT, 9, false},        {"material", "材料", REPORT_TEXT, 20, false},
	{"due_on", "截止日", REPORT_DATE, 8, false},      {"state", "情况", REPORT_TEXT, 9, false},
	{"days", "逾期天数", REPORT_COUNT, 5, false},     {"received_at", "接收时间", REPORT_INSTANT, 14, false},
	{"review", "审核", REPORT_TEXT, 6, false},
};
SOURCE(late, report_late, "逾期与未报明细", .empty = "没有逾期或未报的材料。");

#define SOURCES(...) ((const struct report_source *const[]){__VA_ARGS__, NULL})

static const struct report_part audit_parts[] = {
	{"key_figures", "一、主要指标", SOURCES(&key_figures), REPORT_NO_FORM},
	{"submissions", "二、报送与备案", SOURCES(&timeliness, &submissions, &report_source_reliefs, &report_source_reminders, &report_source_filings), REPORT_NO_FORM},
	{"completion", "三、“政策宣讲五进”完成情况", SOURCES(&completion, &report_source_plan_totals, &report_source_plan_categories, &report_source_baseline, &report_source_plan_cuts, &sessions, &months, &silent, &report_source_study,
		 &report_source_study_forms),
	 REPORT_NO_FORM},
	{"coverage", "四、乡镇覆盖", SOURCES(&coverage, &report_source_interval, &uncovered), REPORT_NO_FORM},
	{"publication", "五、公布与文件库", SOURCES(&arrangements, &report_source_columns, &library, &report_source_interpretation), REPORT_NO_FORM},
	{"form", "六、统计表汇总与核对",
	 SOURCES(&report_source_reconciliation, &report_source_form_members, &report_source_speakers, &report_source_windows, &report_source_media,
		 &report_source_news),
	 REPORT_NO_FORM},
	{"inspection", "七、检查、通报与交流", SOURCES(&report_source_draws, &inspections, &circulars, &exchanges), REPORT_NO_FORM},
	{"feedback", "八、反馈与监督", SOURCES(&feedback, &public_inputs, &report_source_effect), REPORT_NO_FORM},
	{"integrity", "九、数据完整性", SOURCES(&links, &quarantine, &changes, &corrections, &twins, &disputes, &picks, &report_source_accounts, &report_source_drawn, &gaps, &forks), REPORT_NO_FORM},
	{"provincial_plan", "十、厅计划",
	 SOURCES(&provincial_plan, &report_source_plan_line_sessions, &report_source_plan_audiences, &report_source_plan_works), REPORT_NO_FORM},
	{"indicators", "附件一：全部指标", SOURCES(&report_source_indicators), REPORT_NO_FORM},
	{"late", "附件二：报送与逾期、未报明细", SOURCES(&late, &report_source_received), REPORT_NO_FORM},
	{"short_lines", "附件三：窗口期已满而未达标的计划项", SOURCES(&short_lines), REPORT_NO_FORM},
	{"disclosure", "附件四：未在网上公开的政策文件", SOURCES(&report_source_offline, &report_source_withheld), REPORT_NO_FORM},
	{"interpreted", "附件五：新出台政策文件逐件解读情况", SOURCES(&report_source_interpreted), REPORT_NO_FORM},
	{"media", "附件六：宣传作品与资料清单", SOURCES(&report_source_works, &report_source_materials), REPORT_NO_FORM},
	{"windows", "附件七：服务大厅与窗口宣传清单", SOURCES(&report_source_halls, &report_source_window_records), REPORT_NO_FORM},
	{"plan_events", "附件八：厅计划逐场清单", SOURCES(&report_source_plan_events), REPORT_NO_FORM},
	{NULL, NULL, NULL, REPORT_NO_FORM},
};

static const struct report_part integrity_parts[] = {
	{"links", "一、数据传输", SOURCES(&links, &unheard), REPORT_NO_FORM},
	{"chain", "二、批次链", SOURCES(&chain, &gaps, &forks), REPORT_NO_FORM},
	{"refused", "三、退回与冲突", SOURCES(&quarantine, &disputes, &picks, &twins), REPORT_NO_FORM},
	{"changes", "四、更正、撤回与账号", SOURCES(&changes, &corrections, &report_source_accounts), REPORT_NO_FORM},
	{NULL, NULL, NULL, REPORT_NO_FORM},
};

static const struct report_part form_parts[] = {
	{"form", NULL, NULL, REPORT_FORM_OF_OFFICE},
	{"support", "逐项佐证与核对发现", SOURCES(&report_source_form_support, &report_source_form_findings), REPORT_NO_FORM},
	{NULL, NULL, NULL, REPORT_NO_FORM},
};

static const struct report_part form_consolidated_parts[] = {
	{"form", NULL, NULL, REPORT_FORM_OF_SUBTREE},
	{"reconciliation", "附表一：汇总与记录推算对照", SOURCES(&report_source_reconciliation), REPORT_NO_FORM},
	{"members", "附表二：汇总来源与佐证", SOURCES(&report_source_form_members), REPORT_NO_FORM},
	{"lists", "附表三：文字项与自行列项", SOURCES(&report_source_form_lists), REPORT_NO_FORM},
	{NULL, NULL, NULL, REPORT_NO_FORM},
};

static const struct report_part circular_parts[] = {
	{"told", "一、最近截止日按期完成情况", SOURCES(&report_source_told), REPORT_NO_FORM},
	{"told_late", "二、逾期、未报送和未达标情况", SOURCES(&report_source_told_late), REPORT_NO_FORM},
	{"progress", "三、活动进展", SOURCES(&report_source_told_progress), REPORT_NO_FORM},
	{NULL, NULL, NULL, REPORT_NO_FORM},
};

static const struct report_part persons_parts[] = {
	{"persons", "一、各单位专人", SOURCES(&report_source_persons), REPORT_NO_FORM},
	{"person_changes", "二、年内专人变动", SOURCES(&report_source_person_changes), REPORT_NO_FORM},
	{NULL, NULL, NULL, REPORT_NO_FORM},
};

const struct report_kind report_kinds[] = {
	{"audit", "“%s”活动审计报告", REPORT_STYLE_TABLES, audit_parts, false, false},
	{"form", "“%s”活动情况统计表", REPORT_STYLE_TABLES, form_parts, true, false},
	{"form_consolidated", "“%s”活动情况统计表（汇总）", REPORT_STYLE_TABLES, form_consolidated_parts, true, false},
	{"circular", "关于“%s”活动进展与报送情况的通报（稿）", REPORT_STYLE_LETTER, circular_parts, false, false},
	{"integrity", "“%s”活动数据完整性报告", REPORT_STYLE_TABLES, integrity_parts, false, false},
	{"persons", "“%s”活动专人名单（限制分发）", REPORT_STYLE_TABLES, persons_parts, false, true},
	{NULL, NULL, REPORT_STYLE_TABLES, NULL, false, false},
};

const struct report_kind *report_kind_find(const char *name)
{
	for (const struct report_kind *kind = report_kinds; kind->name; kind++)
		if (strcmp(kind->name, name) == 0)
			return kind;
	return NULL;
}

bool report_is_restricted(const char *name)
{
	const struct report_kind *kind = report_kind_find(name);
	return kind && kind->is_restricted;
}

void report_restricted_names(struct buf *out)
{
	for (const struct report_kind *kind = report_kinds; kind->name; kind++)
		if (kind->is_restricted)
			buf_format(out, "%s%s", out->len > 0 ? "," : "", kind->name);
}

const char *report_statement_find(const char *name)
{
	for (const struct report_kind *kind = report_kinds; kind->name; kind++)
		for (const struct report_part *part = kind->parts; part->name; part++)
			for (const struct report_source *const *source = part->sources; source && *source; source++)
				if (strcmp((*source)->statement, name) == 0)
					return (*source)->sql;
	return strcmp(name, report_form_statement(false)) == 0  ? SQL_report_form_cells
	       : strcmp(name, report_form_statement(true)) == 0 ? SQL_report_form_sum_cells
								: NULL;
}
