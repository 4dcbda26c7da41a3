/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

const struct conf_key collector_settings[] = {
	{"database.conninfo", CONF_TEXT, 1, 1000, NULL, false, "数据库连接串，口令放在 passfile 指定的文件里"},
	{"collector.endpoint", CONF_TEXT, 7, 250, "tcp://127.0.0.1:5670", false, "监听地址"},
	{"collector.key", CONF_SECRET, 0, 0, "/etc/zhibao/collector.key", false, "中心密钥文件"},
	{"collector.sign_key", CONF_SECRET, 0, 0, "", false, "回执签名密钥文件，空则不签发回执"},
	{"session.endpoints", CONF_TEXT, 0, 1000, "", true, "告知代理的全部接入地址，以逗号分隔，空则不告知"},
	{"session.credit", CONF_BYTES, 512 << 10, 1 << 30, "4 MiB", false, "一个会话可在途的字节"},
	{"session.answers", CONF_BYTES, 1 << 20, 1LL << 36, "64 MiB", false,
	 "下发内容（活动包、取回的记录、通知）在途的字节上限，全部会话合计"},
	{"session.idle", CONF_DURATION, 10000, 86400000, "300 s", false, "会话多久无消息即忘记"},
	{"session.heartbeat", CONF_DURATION, 1000, 600000, "30 s", false, "告知代理的探测间隔"},
	{"store.writers", CONF_INTEGER, 1, 8, "2", false, "入库线程数，各有一个数据库连接；磁盘每次落盘要数毫秒时用 4"},
	{"store.group_rows", CONF_INTEGER, 1, 1 << 20, "12000", false, "一个事务最多合并的记录"},
	{"store.keep_batches", CONF_BOOL, 0, 0, "true", false,
	 "是否保留批次原文；不保留则省空间、入库更快，但 verify 只能核对链值衔接，不能核对内容和重新入库，换机的代理取不回这些记录"},
	{"store.queue_bytes", CONF_BYTES, 1 << 20, 1LL << 36, "64 MiB", false, "等待入库的字节上限"},
	{"store.file_queue_bytes", CONF_BYTES, 1 << 20, 1LL << 36, "32 MiB", false, "等待入库的附件字节上限"},
	{"limit.bytes_per_second", CONF_BYTES, 0, 1LL << 36, "0 B", false, "每把密钥每秒的字节上限，0 不限"},
	{"limit.records_per_day", CONF_INTEGER, 0, 1LL << 40, "0", false, "每把密钥每日的记录上限，0 不限"},
	{"limit.sessions", CONF_INTEGER, 1, 64, "4", false, "每把密钥同时的会话上限"},
	{"limit.file_bytes", CONF_BYTES, 4096, 1LL << 32, "512 MiB", false, "一个附件的大小上限"},
	{"limit.office_file_bytes", CONF_BYTES, 4096, 1LL << 40, "4 GiB", false, "一个单位附件总量的上限"},
	{"file.unfinished_age", CONF_DURATION, 60000, 31536000000, "30 d", false, "未传完的附件多久后清除"},
	{"key.overlap", CONF_DURATION, 0, 31536000000, "7 d", false, "更换密钥后旧密钥仍有效多久"},
	{"process.max_memory", CONF_BYTES, 64 << 20, 1LL << 40, "1 GiB", false, "常驻内存上限，超过即断开全部连接并重新监听"},
	{"log.level", CONF_TEXT, 4, 5, "info", true, "日志级别：error、warn、info 或 debug"},
};
const size_t collector_setting_count = sizeof(collector_settings) / sizeof(collector_settings[0]);
