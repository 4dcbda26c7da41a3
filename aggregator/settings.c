/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

const struct conf_key aggregator_settings[] = {
	{"database.conninfo", CONF_TEXT, 1, 1000, NULL, false, "数据库连接串，口令放在 passfile 指定的文件里"},
	{"web.address", CONF_TEXT, 7, 15, "127.0.0.1", false, "网页监听的 IPv4 地址，前面由反向代理提供 HTTPS"},
	{"web.port", CONF_INTEGER, 0, 65535, "5680", false, "网页监听的端口，0 表示任选一个"},
	{"web.threads", CONF_INTEGER, 1, 64, "4", false, "应答网页的线程数，也是数据库连接数"},
	{"web.host_name", CONF_TEXT, 0, 253, "", false, "除本机名外还接受的主机名"},
	{"web.static_dir", CONF_TEXT, 0, 1000, "", false, "网页文件所在目录，空则只提供接口"},
	{"web.exports", CONF_INTEGER, 1, 16, "2", false, "同时进行的导出数，各用一条数据库连接"},
	{"fold.interval", CONF_DURATION, 10, 3600000, "500 ms", false, "两次汇总之间的间隔"},
	{"fold.workers", CONF_INTEGER, 1, 16, "2", false, "从头重新汇总时同时使用的数据库连接数"},
	{"remind.interval", CONF_DURATION, 10, 3600000, "1 min", false, "两次检查自动催报之间的间隔"},
	{"freeze.interval", CONF_DURATION, 50, 3600000, "5 s", false, "两次查看有无到期应冻结数据之间的间隔"},
	{"report.dir", CONF_TEXT, 0, 1000, "", false, "报告文件存放目录，空则只存数据库"},
	{"report.workers", CONF_INTEGER, 0, 1, "1", false, "生成定时报告的线程数，0 表示本进程不生成"},
	{"report.interval", CONF_DURATION, 50, 3600000, "30 s", false, "两次查看报告任务之间的间隔"},
	{"report.weekly", CONF_TEXT, 0, 200, "integrity", false, "每周日终了时生成的报告，以逗号分隔，空则不生成"},
	{"report.monthly", CONF_TEXT, 0, 200, "audit", false, "每月终了时生成的报告，以逗号分隔，空则不生成"},
	{"report.catch_up", CONF_DURATION, 0, 34560000000, "62 d", false, "停机后补生成周报、月报的最长时间；节点报告全部补齐"},
	{"report.verify_interval", CONF_DURATION, 50, 34560000000, "24 h", false, "两次核对已发布报告文件（存档和发布目录）之间的间隔，启动后先核对一次"},
	{"report.title_font", CONF_TEXT, 1, 100, "Noto Serif CJK SC", false, "标题字体"},
	{"report.body_font", CONF_TEXT, 1, 100, "Noto Serif CJK SC", false, "正文字体"},
	{"report.table_font", CONF_TEXT, 1, 100, "Noto Sans CJK SC", false, "表格字体"},
	{"log.level", CONF_TEXT, 4, 5, "info", true, "日志级别：error、warn、info 或 debug"},
};
const size_t aggregator_setting_count =
	sizeof(aggregator_settings) / sizeof(aggregator_settings[0]);
