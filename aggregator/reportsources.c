/* SPDX-License-Identifier: Apache-2.0 */
#include "reportsources.h"

#include "sql.h"

#define SOURCE(id, title, ...)                                                                                                   \
	const struct report_source report_source_##id = {.name = #id,                                                            \
							 .caption = title,                                                       \
							 .sql = SQL_report_##id,                                                 \
							 .statement = "report_" #id,                                             \
							 .columns = id##_columns,                                                \
							 .column_count = sizeof(id##_columns) / sizeof(id##_columns[0]),         \
							 __VA_ARGS__}

static const struct report_column filings_columns[] = {
	{"city", "市州", REPORT_TEXT, 8, false},          {"accepted", "备案确认率", REPORT_RATIO, 12, true},
	{"on_time", "按时备案率", REPORT_RATIO, 12, true}, {"returned", "退回", REPORT_COUNT, 4, true},
	{"unconfirmed", "市州\n未答复", REPORT_COUNT, 5, true}, {"numbers", "备案号", REPORT_TEXT, 18, false},
	{"missing", "未备案县（市、区）", REPORT_TEXT, 24, false},
};
SOURCE(filings, "县（市、区）资料报市州备案情况", .empty = "没有应备案的单位。");

static const struct report_column baseline_columns[] = {
	{"office", "单位", REPORT_TEXT, 12, false},       {"baseline", "按基准计划", REPORT_RATIO, 16, true},
	{"current", "按现行计划", REPORT_RATIO, 16, true}, {"late", "计划迟报单位", REPORT_COUNT, 9, true},
};
SOURCE(baseline, "基准计划与现行计划对照", .empty = "本单位不在市州口径之内。",
       .note = "基准计划为宣讲计划截止时刻有效的计划；迟报计划的单位以首次收到的计划为基准。");

static const struct report_column indicators_columns[] = {
	{"id", "编号", REPORT_TEXT, 5, false},            {"indicator", "指标", REPORT_TEXT, 14, false},
	{"key", "分项代码", REPORT_TEXT, 13, false},      {"part", "分项", REPORT_TEXT, 17, false},
	{"numerator", "分子", REPORT_COUNT, 8, false},    {"denominator", "分母", REPORT_COUNT, 8, false},
	{"value", "数值", REPORT_TEXT, 9, false},         {"unit", "单位", REPORT_TEXT, 5, false},
};
SOURCE(indicators, "全部指标", .empty = "没有指标。",
       .note = "比率写作百分数或每人、每份平均数，其单位为分子、分母的单位；计数指标没有分母。指标口径见系统的指标目录。");

static const struct report_column interval_columns[] = {
	{"office", "单位", REPORT_TEXT, 12, false},       {"low", "已知覆盖率", REPORT_RATIO, 16, false},
	{"high", "最高可能", REPORT_RATIO, 16, false},    {"unheard", "未取得数据的单位", REPORT_COUNT, 10, false},
};
SOURCE(interval, "未取得数据的单位对覆盖率的影响", .empty = "所有单位均有数据，覆盖率没有不确定部分。");

static const struct report_column reliefs_columns[] = {
	{"office", "单位", REPORT_TEXT, 8, false},         {"milestone_no", "任务", REPORT_COUNT, 4, false},
	{"material", "材料", REPORT_TEXT, 18, false},      {"kind", "类别", REPORT_TEXT, 5, false},
	{"until", "延至", REPORT_INSTANT, 11, false},      {"reason", "理由", REPORT_TEXT, 14, false},
	{"by", "批准人", REPORT_TEXT, 9, false},           {"granted_at", "批准时间", REPORT_INSTANT, 11, false},
	{"withdrawn", "撤回", REPORT_TEXT, 10, false},
};
SOURCE(reliefs, "延期与免报", .empty = "没有延期或免报。", .note = "“撤回”写明撤回日期和理由；空白的在数据时点仍然有效。没有期限的免报至撤回为止。");

static const struct report_column reminders_columns[] = {
	{"milestone_no", "任务", REPORT_COUNT, 5, false}, {"material", "材料", REPORT_TEXT, 26, false},
	{"due_on", "截止日", REPORT_DATE, 10, false},     {"offices", "被催单位", REPORT_COUNT, 7, false},
	{"before", "截止前", REPORT_COUNT, 6, true},      {"overdue", "逾期后", REPORT_COUNT, 6, true},
	{"by_hand", "人工", REPORT_COUNT, 6, true},       {"last_at", "最近一次", REPORT_INSTANT, 13, false},
};
SOURCE(reminders, "催报情况", .empty = "没有发出催报。", .note = "被催单位为不重复的单位数，其余为发出的次数。");

static const struct report_column plan_totals_columns[] = {
	{"office", "单位", REPORT_TEXT, 10, false},            {"plans", "已报计划的单位", REPORT_RATIO, 12, true},
	{"lines", "计划项", REPORT_COUNT, 6, true},            {"quantified", "其中\n有场次", REPORT_COUNT, 6, true},
	{"sessions", "最少\n场次", REPORT_COUNT, 6, true},     {"unquantified", "无场次\n（项）", REPORT_COUNT, 6, true},
	{"added", "基准后\n新增", REPORT_COUNT, 6, true},      {"amended", "基准后\n更改", REPORT_COUNT, 6, true},
	{"withdrawn", "基准后\n撤回", REPORT_COUNT, 6, true},
};
SOURCE(plan_totals, "各地宣讲计划",
       .words = "市州、县（市、区）中已报宣讲计划的占 {plans}，共 {lines} 项，其中有场次要求的 {quantified} 项、最少 {sessions} 场，无场次要求的 "
		"{unquantified} 项；基准时点以后新增 {added} 次、更改 {amended} 次、撤回 {withdrawn} 次。",
       .empty = "本单位不在市州口径之内。", .note = "只计现行计划项；基准时点为宣讲计划截止时刻，迟报计划的单位为首次收到计划的时刻。变动按版本计次，含审核退回的。");

static const struct report_column plan_categories_columns[] = {
	{"category", "类别", REPORT_TEXT, 10, false},          {"offices", "单位数", REPORT_COUNT, 7, false},
	{"lines", "计划项", REPORT_COUNT, 7, true},            {"quantified", "其中有场次", REPORT_COUNT, 8, true},
	{"sessions", "最少场次", REPORT_COUNT, 8, true},       {"most", "最多场次", REPORT_COUNT, 8, true},
	{"unquantified", "无场次（项）", REPORT_COUNT, 9, true},
};
SOURCE(plan_categories, "宣讲计划（按类别）", .empty = "没有宣讲计划项。", .note = "只有一个场次数的计划项，最多与最少相同。");

static const struct report_column plan_cuts_columns[] = {
	{"office", "单位", REPORT_TEXT, 9, false},              {"item_no", "序号", REPORT_COUNT, 4, false},
	{"theme", "主题", REPORT_TEXT, 20, false},              {"received_at", "接收时间", REPORT_INSTANT, 13, false},
	{"change", "变动", REPORT_TEXT, 5, false},              {"before", "原计划\n最少场次", REPORT_COUNT, 7, false},
	{"after", "改为", REPORT_COUNT, 5, false},              {"reason", "更正原因", REPORT_TEXT, 14, false},
	{"state", "目前", REPORT_TEXT, 6, false},
};
SOURCE(plan_cuts, "10 月 1 日以后下调或撤回的计划项", .empty = "10 月 1 日以后没有下调或撤回的计划项。",
       .note = "下调、撤回的计划项仍按原数留在基准计划内。");

static const struct report_column speakers_columns[] = {
	{"office", "单位", REPORT_TEXT, 12, false},           {"average", "人均场次", REPORT_AVERAGE, 14, true},
	{"backbone", "宣讲骨干", REPORT_AVERAGE, 14, true},    {"lecturer", "政策宣讲员", REPORT_AVERAGE, 14, true},
	{"know_all", "人社知识通", REPORT_AVERAGE, 14, true},
};
SOURCE(speakers, "各地宣讲人员与人均场次", .words = "在岗宣讲人员人均开展或参与政策宣讲 {average} 场。", .empty = "没有在岗宣讲人员。",
       .note = "灰色数字为参与宣讲人次和在岗人数；本单位主办和认领的活动都算。");

static const struct report_column windows_columns[] = {
	{"office", "单位", REPORT_TEXT, 11, false},         {"halls", "有报告的大厅", REPORT_RATIO, 12, true},
	{"boards", "宣传栏、\n牌、海报", REPORT_COUNT, 7, true}, {"screens", "电子\n显示屏", REPORT_COUNT, 6, true},
	{"made", "制作视频、\n微动画", REPORT_COUNT, 7, true},  {"shown", "播放视频、\n微动画", REPORT_COUNT, 7, true},
	{"copies", "宣传册（份）", REPORT_COUNT, 9, true},   {"staff", "窗口人员培训", REPORT_RATIO, 12, true},
};
SOURCE(windows, "各地服务大厅和窗口宣传", .empty = "没有窗口宣传记录。",
       .note = "显示屏取各大厅最近一次报告；播放按不同作品计；宣传册含宣讲活动中注明的窗口资料。");

static const struct report_column news_columns[] = {
	{"office", "单位", REPORT_TEXT, 11, false},       {"items", "信息", REPORT_COUNT, 6, true},
	{"work", "工作动态", REPORT_COUNT, 7, true},      {"lectures", "宣讲活动", REPORT_COUNT, 7, true},
	{"experience", "经验做法", REPORT_COUNT, 7, true}, {"media", "媒体报道", REPORT_COUNT, 7, true},
	{"days", "报送天数\n中位数", REPORT_AVERAGE, 10, false}, {"longest", "最长\n（天）", REPORT_COUNT, 6, false},
	{"silent", "未报送单位", REPORT_RATIO, 13, true},
};
SOURCE(news, "各地信息报送", .empty = "没有单位。", .note = "报送天数为事项发生至报送之间的天数，没有写明报送日期的按首次接收日。");

static const struct report_column columns_columns[] = {
	{"office", "单位", REPORT_TEXT, 14, false},              {"both", "门户网站和微信\n公众号均有", REPORT_RATIO, 16, true},
	{"portal", "门户网站", REPORT_RATIO, 16, true},          {"wechat", "微信公众号", REPORT_RATIO, 16, true},
};
SOURCE(columns, "各地宣传专栏", .words = "在门户网站和微信公众号均开设宣传专栏的单位占 {both}。", .empty = "没有单位。");

static const struct report_column interpretation_columns[] = {
	{"office", "单位", REPORT_TEXT, 10, false},         {"complete", "原文、通稿、\n文章齐全", REPORT_RATIO, 13, true},
	{"original", "政策\n原文", REPORT_COUNT, 6, true}, {"press_release", "新闻\n通稿", REPORT_COUNT, 6, true},
	{"article", "解读\n文章", REPORT_COUNT, 6, true},  {"x", "其他\n形式", REPORT_COUNT, 6, true},
	{"days", "公布天数\n中位数", REPORT_AVERAGE, 10, false}, {"longest", "最长\n（天）", REPORT_COUNT, 6, false},
	{"unpublished", "尚未公布\n（件）", REPORT_COUNT, 7, true},
};
SOURCE(interpretation, "新出台政策文件的公布与“1+2+X”解读",
       .words = "新出台政策文件中，原文、新闻通稿、解读文章齐全的占 {complete}；尚未公布 {unpublished} 件。", .empty = "没有新出台的政策文件。",
       .note = "只计年内印发、应公开的政策文件和印发单位自己的解读，单位为件；公布天数为印发至首次公布之间的天数。逐件情况见附件五。");

static const struct report_column offline_columns[] = {
	{"office", "单位", REPORT_TEXT, 10, false},         {"doc_no", "文号", REPORT_TEXT, 14, false},
	{"title", "文件名称", REPORT_TEXT, 30, false},      {"issued_on", "印发日期", REPORT_DATE, 9, false},
	{"disclosure", "公开方式", REPORT_TEXT, 8, false},  {"missing", "情况", REPORT_TEXT, 11, false},
};
SOURCE(offline, "应公开而未在网上公开的政策文件", .empty = "现行有效、应公开的政策文件均已在网上公开。");

static const struct report_column withheld_columns[] = {
	{"office", "单位", REPORT_TEXT, 10, false},         {"doc_no", "文号", REPORT_TEXT, 14, false},
	{"title", "文件名称", REPORT_TEXT, 28, false},      {"issued_on", "印发日期", REPORT_DATE, 9, false},
	{"disclosure", "公开方式", REPORT_TEXT, 8, false},  {"reason", "不公开理由", REPORT_TEXT, 16, false},
};
SOURCE(withheld, "不公开的政策文件", .empty = "没有不公开的政策文件。", .note = "只列现行有效的政策文件；没有写明理由的标为“缺少理由”。");

static const struct report_column interpreted_columns[] = {
	{"office", "单位", REPORT_TEXT, 8, false},            {"title", "文件名称（文号）", REPORT_TEXT, 24, false},
	{"issued_on", "印发日期", REPORT_DATE, 8, false},     {"days", "公布\n天数", REPORT_COUNT, 4, false},
	{"original", "政策\n原文", REPORT_COUNT, 4, true},   {"press_release", "新闻\n通稿", REPORT_COUNT, 4, true},
	{"article", "解读\n文章", REPORT_COUNT, 4, true},    {"qa", "政策\n问答", REPORT_COUNT, 4, true},
	{"expert_interview", "专家\n访谈", REPORT_COUNT, 4, true}, {"press_conference", "发\n布会", REPORT_COUNT, 4, true},
	{"reporter_qa", "答记\n者问", REPORT_COUNT, 4, true}, {"other", "其他", REPORT_COUNT, 4, true},
	{"works", "宣传\n作品", REPORT_COUNT, 4, false},
};
SOURCE(interpreted, "新出台政策文件逐件解读情况", .empty = "没有新出台的政策文件。",
       .note = "公布天数为印发至首次公布之间的天数，“—”为尚未公布；以后各列为解读件数，原文、通稿、文章为 0 的不齐全。"
	       "为几件文件制作的同一作品在各文件下都列出，合计只计一次。");

static const struct report_column study_columns[] = {
	{"office", "单位", REPORT_TEXT, 10, false},
	{"staff", "系统干部\n职工（场）", REPORT_COUNT, 7, true},    {"staff_people", "人次", REPORT_COUNT, 7, true},
	{"employer", "企事业\n单位（场）", REPORT_COUNT, 7, true},   {"employer_people", "人次", REPORT_COUNT, 7, true},
	{"agency", "人力资源\n服务机构（场）", REPORT_COUNT, 8, true}, {"agency_people", "人次", REPORT_COUNT, 7, true},
	{"public", "社会公众\n（场）", REPORT_COUNT, 7, true},       {"public_people", "人次", REPORT_COUNT, 7, true},
	{"events", "合计\n（场）", REPORT_COUNT, 6, true},           {"people", "合计\n人次", REPORT_COUNT, 7, true},
};
SOURCE(study, "各地学习竞赛（按对象）", .words = "共开展学习、练兵、竞赛、培训 {events} 场，参加 {people} 人次，其中面向系统干部职工 {staff} 场。",
       .empty = "没有学习竞赛活动。", .note = "小程序学习不计入；人次为各场活动填报的参加人数之和。");

static const struct report_column study_forms_columns[] = {
	{"form", "形式", REPORT_TEXT, 20, false},      {"events", "场次", REPORT_COUNT, 10, false},
	{"people", "参加人次", REPORT_COUNT, 12, false}, {"unknown", "未填人数（场）", REPORT_COUNT, 12, false},
	{"completions", "完成人数", REPORT_COUNT, 12, false}, {"score", "平均分", REPORT_AVERAGE, 16, false},
};
SOURCE(study_forms, "学习竞赛（按形式）", .empty = "没有学习竞赛活动。", .note = "小程序学习按填报的使用记录计，不计入上表。平均分按完成人数加权，未填完成人数的按参加人数。");

static const struct report_column media_columns[] = {
	{"office", "单位", REPORT_TEXT, 9, false},            {"animation", "微\n动漫", REPORT_COUNT, 4, true},
	{"video", "短\n视频", REPORT_COUNT, 4, true},           {"film", "微\n电影", REPORT_COUNT, 4, true},
	{"comic", "微\n漫画", REPORT_COUNT, 4, true},           {"lens", "微\n镜头", REPORT_COUNT, 4, true},
	{"chart", "图表\n图文", REPORT_COUNT, 5, true},       {"other", "其他", REPORT_COUNT, 4, true},
	{"handbook", "宣传\n手册", REPORT_COUNT, 4, true},     {"poster_template", "海报\n模版", REPORT_COUNT, 4, true},
	{"works", "作品\n合计", REPORT_COUNT, 5, true},       {"without_file", "其中\n无文件", REPORT_COUNT, 5, true},
	{"bytes", "作品文件\n（字节）", REPORT_COUNT, 9, true}, {"materials", "资料\n（份）", REPORT_COUNT, 6, true},
	{"form", "与统计表\n第5项之比", REPORT_RATIO, 11, true},
};
SOURCE(media, "各地宣传作品与资料", .words = "共制作宣传作品 {works} 件，其中 {without_file} 件没有文件；报送宣传资料 {materials} 份。",
       .empty = "没有宣传作品或资料。", .note = "作品单位为件；与统计表之比按市州和省直单位最近一份统计表的期间和范围计，没有统计表的为不适用。逐件清单见附件六。");

static const struct report_column works_columns[] = {
	{"office", "单位", REPORT_TEXT, 11, false},     {"kind", "类别", REPORT_TEXT, 8, false},
	{"title", "名称", REPORT_TEXT, 28, false},      {"made_on", "制作日期", REPORT_DATE, 9, false},
	{"bytes", "文件（字节）", REPORT_COUNT, 10, false}, {"url", "网址", REPORT_TEXT, 22, false},
	{"arrived", "附件", REPORT_TEXT, 6, false},
};
SOURCE(works, "宣传作品清单", .empty = "没有宣传作品。",
       .note = "“附件”说明记录写明的文件在数据时点是否收到，空白的没有写明；“未收到”的不影响计数。");

static const struct report_column materials_columns[] = {
	{"office", "单位", REPORT_TEXT, 12, false},     {"title", "名称", REPORT_TEXT, 30, false},
	{"submitted_on", "报送日期", REPORT_DATE, 10, false}, {"file", "文件", REPORT_TEXT, 24, false},
	{"bytes", "文件（字节）", REPORT_COUNT, 10, false}, {"arrived", "附件", REPORT_TEXT, 6, false},
};
SOURCE(materials, "报送宣传资料清单", .empty = "没有报送宣传资料。",
       .note = "没有写明报送日期的按接收日。“附件”说明记录写明的文件在数据时点是否收到，空白的没有写明。");

static const struct report_column halls_columns[] = {
	{"office", "单位", REPORT_TEXT, 12, false},     {"hall_id", "大厅编号", REPORT_TEXT, 10, false},
	{"hall", "大厅名称", REPORT_TEXT, 24, false},   {"reports", "窗口宣传报告", REPORT_COUNT, 9, false},
	{"newest_on", "最近一次", REPORT_DATE, 9, false},
};
SOURCE(halls, "服务大厅清单", .empty = "没有登记服务大厅。", .note = "窗口宣传报告为 0 的大厅没有报告。");

static const struct report_column window_records_columns[] = {
	{"office", "单位", REPORT_TEXT, 8, false},              {"kind", "类别", REPORT_TEXT, 10, false},
	{"place", "大厅或地点", REPORT_TEXT, 12, false},        {"title", "作品或主题", REPORT_TEXT, 12, false},
	{"day", "日期", REPORT_DATE, 8, false},                 {"boards", "栏、牌、\n海报", REPORT_COUNT, 5, true},
	{"screens", "显示\n屏", REPORT_COUNT, 4, true},         {"made", "制作\n视频", REPORT_COUNT, 4, true},
	{"shown", "播放\n视频", REPORT_COUNT, 4, true},         {"copies", "宣传册", REPORT_COUNT, 6, true},
	{"staff", "窗口人员\n培训", REPORT_RATIO, 8, true},     {"note", "备注", REPORT_TEXT, 7, false},
};
SOURCE(window_records, "窗口宣传清单", .empty = "没有窗口宣传记录。",
       .note = "各数为该记录计入统计表第 17 至 21 项的数：显示屏只计各大厅最近一次报告，同一作品多次播放只计一次。");

static const struct report_column persons_columns[] = {
	{"office", "单位", REPORT_TEXT, 11, false},             {"named", "有在任专人", REPORT_RATIO, 11, true},
	{"name", "专人", REPORT_TEXT, 8, false},                {"post", "职务", REPORT_TEXT, 12, false},
	{"contact", "联系方式", REPORT_TEXT, 13, false},        {"since", "任职起", REPORT_DATE, 8, false},
	{"until", "任职止", REPORT_DATE, 8, false},             {"received_at", "接收时间", REPORT_INSTANT, 13, false},
};
SOURCE(persons, "各单位专人", .words = "已明确在任专人的单位占 {named}。", .empty = "没有单位。", .note = "含个人信息，只供有权人员催办和核对，不得转发。");

static const struct report_column person_changes_columns[] = {
	{"office", "单位", REPORT_TEXT, 12, false},             {"received_at", "接收时间", REPORT_INSTANT, 14, false},
	{"before", "原专人", REPORT_TEXT, 9, false},            {"after", "现专人", REPORT_TEXT, 9, false},
	{"since", "任职起", REPORT_DATE, 9, false},             {"reason", "更正原因", REPORT_TEXT, 16, false},
};
SOURCE(person_changes, "专人变动", .empty = "没有专人变动。", .note = "按收到的单位概况版本逐次列出，含审核退回的。");

static const struct report_column draws_columns[] = {
	{"draw_id", "编号", REPORT_COUNT, 3, false},        {"scheme", "类别", REPORT_TEXT, 8, false},
	{"committed_at", "承诺时间", REPORT_INSTANT, 10, false}, {"population", "名单\n单位", REPORT_COUNT, 4, false},
	{"drawn", "抽中", REPORT_COUNT, 4, false},          {"seed", "随机种子", REPORT_TEXT, 17, false},
	{"sample", "抽中单位（按抽中次序）", REPORT_TEXT, 17, false}, {"confirmed", "核实", REPORT_COUNT, 4, false},
	{"not_confirmed", "未能\n核实", REPORT_COUNT, 4, false}, {"unchecked", "尚未\n检查", REPORT_COUNT, 4, false},
	{"events", "核实\n活动", REPORT_COUNT, 4, false},   {"not_counted", "不计\n记录", REPORT_COUNT, 4, false},
};
SOURCE(draws, "随机抽查", .empty = "没有随机抽查。",
       .note = "名单和种子的散列值先行公布，抽取后公开种子，任何人可用 zhibao-aggregator draw verify 重算。核实指规定的检查单位注明该种子的检查均为合格，"
	       "部分合格、不合格的计入未能核实；其他单位或其他类别的记录注明该种子的不计，另列条数。");

static const struct report_column accounts_columns[] = {
	{"changed_at", "时间", REPORT_INSTANT, 11, false}, {"login", "登录名", REPORT_TEXT, 8, false},
	{"office", "单位", REPORT_TEXT, 9, false},         {"what", "变更", REPORT_TEXT, 8, false},
	{"detail", "内容", REPORT_TEXT, 30, false},        {"changed_by", "操作人", REPORT_TEXT, 14, false},
};
SOURCE(accounts, "账号变更", .empty = "没有账号变更。",
       .note = "账号用过的每一个姓名都用于核对：审核人不得是记录的录入人、填报人或审核人。操作人为执行命令的系统用户，以命令所述为准。");

static const struct report_column drawn_columns[] = {
	{"drawn_at", "时间", REPORT_INSTANT, 11, false},     {"login", "登录名", REPORT_TEXT, 8, false},
	{"name", "姓名", REPORT_TEXT, 7, false},             {"office", "单位", REPORT_TEXT, 8, false},
	{"about", "名单范围", REPORT_TEXT, 8, false},        {"as_of", "数据时点", REPORT_INSTANT, 11, false},
	{"files", "文件", REPORT_TEXT, 16, false},           {"drawn_by", "操作人", REPORT_TEXT, 14, false},
};
SOURCE(drawn, "专人名单取用记录", .empty = "没有取用专人名单（限制分发）的记录。",
       .note = "列出名单范围含本单位或其下级的每次取用，姓名、单位为取用时所登记；各文件的摘要见 zhibao-aggregator report disclosures。操作人为执行命令的系统用户，"
	       "以命令所述为准。");

static const struct report_column effect_columns[] = {
	{"office", "单位", REPORT_TEXT, 7, false},          {"completion", "完成率", REPORT_RATIO, 13, false},
	{"categories", "五进\n类别数", REPORT_COUNT, 5, false}, {"coverage", "乡镇覆盖率", REPORT_RATIO, 13, false},
	{"arrangement", "安排公布率", REPORT_RATIO, 13, false}, {"checks", "已检查\n类别数", REPORT_COUNT, 5, false},
	{"schemes", "应检查\n类别数", REPORT_COUNT, 5, false}, {"feedback", "反馈统计", REPORT_TEXT, 12, false},
	{"missing", "缺少的来源", REPORT_TEXT, 34, false},
};
SOURCE(effect, "各市州、县（市、区）政策宣传、落实效果检验表", .empty = "本单位以下没有市州或县（市、区）。",
       .note = "各项并列，不合成总分。市州含所属县（市、区）；应检查类别数为检查范围含该单位的类别；不同来源的反馈不相加。");

static const struct report_column received_columns[] = {
	{"office", "单位", REPORT_TEXT, 9, false},        {"material", "材料", REPORT_TEXT, 22, false},
	{"due_on", "截止日", REPORT_DATE, 8, false},      {"received_at", "接收时间", REPORT_INSTANT, 14, false},
	{"days", "逾期天数", REPORT_COUNT, 5, false},     {"revision", "版次", REPORT_COUNT, 4, false},
	{"review", "审核", REPORT_TEXT, 6, false},
};
SOURCE(received, "报送明细", .empty = "没有收到材料。", .note = "每项任务一行，接收时间为首次收到，版次为现行的版本。");

static const struct report_column reconciliation_columns[] = {
	{"section", "项目", REPORT_TEXT, 7, false},       {"item", "内容", REPORT_TEXT, 22, false},
	{"unit", "单位", REPORT_TEXT, 6, false},          {"declared", "填报", REPORT_COUNT, 7, false},
	{"derived", "记录推算", REPORT_COUNT, 7, false},  {"difference", "差额", REPORT_COUNT, 7, false},
	{"declared_rate", "填报率", REPORT_TEXT, 7, false}, {"derived_rate", "推算率", REPORT_TEXT, 7, false},
	{"reporting", "填报单位", REPORT_COUNT, 5, false}, {"accepted", "其中\n审核通过", REPORT_COUNT, 5, false},
	{"mid_year", "上半年\n填报", REPORT_COUNT, 7, false},
};
SOURCE(reconciliation, "统计表汇总与记录推算对照", .empty = "没有统计表。",
       .note = "上半年填报只列在年度表旁。填报为各单位统计表按汇总规则相加；推算来自活动等记录。乡镇不相加，以推算为准。“场/人”为人次之和÷人数之和。");

static const struct report_column form_members_columns[] = {
	{"office", "单位", REPORT_TEXT, 10, false},       {"role", "范围", REPORT_TEXT, 6, false},
	{"received_at", "接收时间", REPORT_INSTANT, 14, false}, {"review", "审核", REPORT_TEXT, 6, false},
	{"supported", "相符项", REPORT_RATIO, 12, false}, {"over", "多报或无\n记录佐证", REPORT_COUNT, 7, false},
	{"under", "少报", REPORT_COUNT, 5, false},         {"differs", "不一致", REPORT_COUNT, 5, false},
};
SOURCE(form_members, "统计表汇总来源与佐证", .empty = "没有应报统计表的单位。",
       .note = "相符项＝填报与记录一致的项 ÷ 已核对的项（网址、名称也核对）；以报送时收到的记录核对；再下一级单位的核对见其上级的报告。");

static const struct report_column form_lists_columns[] = {
	{"item", "内容", REPORT_TEXT, 14, false}, {"words", "各单位填报", REPORT_TEXT, 40, false},
	{"count", "数量", REPORT_COUNT, 6, false}, {"unit", "单位", REPORT_TEXT, 5, false},
};
SOURCE(form_lists, "文字项与自行列项", .empty = "没有文字项。");

static const struct report_column form_support_columns[] = {
	{"item", "内容", REPORT_TEXT, 20, false},     {"unit", "单位", REPORT_TEXT, 5, false},
	{"filled", "填报", REPORT_TEXT, 9, false},    {"evidence", "报送时记录", REPORT_TEXT, 9, false},
	{"support", "核对", REPORT_TEXT, 7, false},   {"live", "目前记录", REPORT_TEXT, 9, false},
	{"reason", "单位说明", REPORT_TEXT, 16, false},
};
SOURCE(form_support, "逐项佐证", .empty = "没有统计表可核对。");

static const struct report_column form_findings_columns[] = {
	{"severity", "程度", REPORT_TEXT, 6, false}, {"code", "代码", REPORT_TEXT, 12, false}, {"text", "情况", REPORT_TEXT, 50, false},
};
SOURCE(form_findings, "核对发现", .empty = "没有发现不一致。");

static const struct report_column plan_line_sessions_columns[] = {
	{"row_no", "序号", REPORT_COUNT, 4, false},            {"theme", "宣讲主题", REPORT_TEXT, 22, false},
	{"time", "时间", REPORT_TEXT, 8, false},               {"held", "已开展", REPORT_COUNT, 6, false},
	{"before_start", "3 月前", REPORT_COUNT, 6, false},    {"outside_window", "窗口\n期外", REPORT_COUNT, 6, false},
	{"offline", "线下", REPORT_COUNT, 6, false},           {"online", "线上", REPORT_COUNT, 6, false},
	{"mixed", "线上\n线下", REPORT_COUNT, 6, false},       {"no_mode", "未填\n方式", REPORT_COUNT, 6, false},
	{"both", "线上线下\n同步宣传", REPORT_TEXT, 8, false},
};
SOURCE(plan_line_sessions, "厅计划逐项的时间与方式", .empty = "本单位没有牵头的厅计划项。",
       .note = "“3 月前”为活动期（3—12 月）开始以前的场次，“窗口期外”为不在该项所列时间之内的场次，均照常计场次。同一场活动由几个计划项认定的，逐项各计，合计只计 1 场。“线上线下同步宣传”只看计划写明的项：有一场线上线"
	       "下同时举办，或线上、线下各有场次的，为是。");

static const struct report_column plan_audiences_columns[] = {
	{"audience", "宣讲对象", REPORT_TEXT, 24, false}, {"lines", "计划项", REPORT_COUNT, 10, false}, {"sessions", "场次", REPORT_COUNT, 10, false},
};
SOURCE(plan_audiences, "厅计划各类宣讲对象", .empty = "本单位没有牵头的厅计划项。", .note = "一场有几类对象的，各类各计一次，不合计。");

static const struct report_column plan_works_columns[] = {
	{"row_no", "序号", REPORT_COUNT, 4, false},  {"day", "日期", REPORT_DATE, 9, false},
	{"office", "单位", REPORT_TEXT, 10, false},  {"kind", "类别或渠道", REPORT_TEXT, 9, false},
	{"title", "名称", REPORT_TEXT, 28, false},   {"copies", "印数\n（份）", REPORT_COUNT, 7, false},
	{"received", "收到文件通知的\n市州和县", REPORT_RATIO, 14, false},
};
SOURCE(plan_works, "厅计划各项的作品与公布", .empty = "没有为厅计划项登记的作品或公布。",
       .note = "小程序的上线与更新、宣传手册、海报模版等注明所属计划项的记录。收到以中心得知该单位的代理已存下为准；没有下发的为不适用。");

static const struct report_column plan_events_columns[] = {
	{"row_no", "序号", REPORT_COUNT, 4, false},   {"day", "日期", REPORT_DATE, 9, false},
	{"office", "单位", REPORT_TEXT, 9, false},    {"theme", "主题", REPORT_TEXT, 20, false},
	{"place", "地点", REPORT_TEXT, 14, false},    {"mode", "方式", REPORT_TEXT, 7, false},
	{"audiences", "对象", REPORT_TEXT, 16, false}, {"flag", "时间提示", REPORT_TEXT, 9, false},
};
SOURCE(plan_events, "厅计划逐场清单", .empty = "没有记入厅计划的场次。");

static const struct report_column told_columns[] = {
	{"material", "任务", REPORT_TEXT, 16, false}, {"due_on", "截止日", REPORT_DATE, 9, false},
	{"on_time", "按期率", REPORT_RATIO, 13, true}, {"names", "按期完成单位", REPORT_TEXT, 32, false},
};
SOURCE(told, "最近一个截止日按期完成情况", .words = "最近一个截止日任务按期率 {on_time}。", .empty = "在统计截止日前没有到期的任务。",
       .note = "报送任务以按时收到为按期，覆盖、完成情况任务以截止日达到 100% 为按期；没有乡镇或没有带数量计划项的单位不计。");

static const struct report_column told_late_columns[] = {
	{"material", "任务", REPORT_TEXT, 16, false}, {"state", "情况", REPORT_TEXT, 7, false},
	{"offices", "单位数", REPORT_COUNT, 5, false}, {"names", "单位", REPORT_TEXT, 42, false},
};
SOURCE(told_late, "逾期、未报送和未达标单位", .empty = "没有逾期、未报或未达标的单位。");

static const struct report_column told_progress_columns[] = {
	{"office", "单位", REPORT_TEXT, 14, false}, {"completion", "“五进”完成率", REPORT_RATIO, 18, true},
	{"coverage", "乡镇覆盖率（正式口径）", REPORT_RATIO, 18, true},
};
SOURCE(told_progress, "各地活动进展", .words = "“政策宣讲五进”完成率 {completion}，乡镇覆盖率 {coverage}。",
       .empty = "没有单位。");
