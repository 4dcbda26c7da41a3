/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

const struct conf_key collector_settings[] = {
	{"database.conninfo", CONF_TEXT, 1, 1000, NULL, false, "数据库连接串，口令放在 passfile 指定的文件里"},
	{"collector.endpoint", CONF_TEXT, 7, 250, "tcp://127.0.0.1:5670", false, "监听地址"},
	{"collector.key", CONF_SECRET, 0, 0, "/etc/zhibao/collector.key", false, "中心密钥文件"},
	{"session.credit", CONF_BYTES, 512 << 10, 1 << 30, "4 MiB", false, "一个会话可在途的字节"},
	{"session.idle", CONF_DURATION, 10000, 86400000, "300 s", false, "会话多久无消息即忘记"},
	{"session.heartbeat", CONF_DURATION, 1000, 600000, "30 s", false, "告知代理的探测间隔"},
	{"store.group_max_batches", CONF_INTEGER, 1, 4096, "64", false, "一个事务最多合并的批次"},
	{"store.queue_bytes", CONF_BYTES, 1 << 20, 1LL << 36, "64 MiB", false, "等待入库的字节上限"},
	{"log.level", CONF_TEXT, 4, 5, "info", true, "日志级别：error、warn、info 或 debug"},
};
const size_t collector_setting_count = sizeof(collector_settings) / sizeof(collector_settings[0]);
