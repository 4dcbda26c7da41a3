/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

const struct conf_key agent_settings[] = {
	{"agent.office_code", CONF_TEXT, 1, 20, NULL, false, "本单位代码"},
	{"agent.author", CONF_TEXT, 0, 120, "", false, "默认经办人姓名"},
	{"agent.state_dir", CONF_PATH, 0, 0, "/var/lib/zhibao-agent", false, "台账所在目录"},
	{"agent.socket", CONF_PATH, 0, 0, "/run/zhibao-agent/agent.sock", false, "命令与后台程序通信的套接字"},
	{"agent.programme_dir", CONF_PATH, 0, 0, "", false, "活动包目录，空则等中心下发"},
	{"agent.key", CONF_SECRET, 0, 0, "/etc/zhibao/agent.key", false, "本机密钥文件"},
	{"collector.endpoints", CONF_TEXT, 7, 1000, NULL, false, "中心接入地址，多个以逗号分隔，如 tcp://10.0.0.1:5670"},
	{"collector.public_key", CONF_PATH, 0, 0, "/etc/zhibao/collector.pub", false, "中心公钥文件"},
	{"outbox.max_bytes", CONF_BYTES, 1 << 20, 1LL << 40, "1 GiB", false, "待送记录的上限"},
	{"sender.max_inflight_batches", CONF_INTEGER, 1, 64, "32", false, "未确认批次的上限"},
	{"sender.backoff_base", CONF_DURATION, 10, 60000, "1 s", false, "重连等待的起点"},
	{"sender.backoff_cap", CONF_DURATION, 100, 3600000, "300 s", false, "重连等待的上限"},
	{"sender.ping_idle", CONF_DURATION, 1000, 600000, "30 s", false, "空闲多久后探测中心"},
	{"log.level", CONF_TEXT, 4, 5, "info", true, "日志级别：error、warn、info 或 debug"},
};
const size_t agent_setting_count = sizeof(agent_settings) / sizeof(agent_settings[0]);
