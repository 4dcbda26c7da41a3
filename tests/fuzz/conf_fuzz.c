/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration file against a table. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "conf.h"
#include "utf8.h"

/* A key of every type and rule. */
static const struct conf_key keys[] = {
	{"agent.office_code", CONF_TEXT, 1, 20, NULL, false, "本单位代码"},
	{"agent.author", CONF_TEXT, 0, 120, "", false, "默认经办人姓名"},
	{"agent.state_dir", CONF_PATH, 0, 0, "/var/lib/zhibao-agent", false, "台账所在目录"},
	{"agent.key", CONF_SECRET, 0, 0, "/etc/zhibao/agent.key", false, "本机密钥文件"},
	{"outbox.max_bytes", CONF_BYTES, 1 << 20, 1LL << 40, "1 GiB", false, "待送记录的上限"},
	{"sender.max_inflight_batches", CONF_INTEGER, 1, 64, "16", false, "未确认批次的上限"},
	{"sender.backoff_base", CONF_DURATION, 10, 60000, "1 s", false, "重连等待的起点"},
	{"sender.is_shy", CONF_BOOL, 0, 0, "false", true, "只为测试"},
};
enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

void fuzz_setup(void)
{
}

ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
	static const char *const texts[] = {
		("agent { office_code = \"420102\"\n author = \"张三\"\n state_dir = \"/a\"\n key = \"/k\" }\n"
		"outbox { max_bytes = \"64 MiB\" }\nsender { backoff_base = \"50 ms\"\n is_shy = true }\n"),
		"agent {\n\toffice_code = '420102' # words\n}\nsender { max_inflight_batches = 64 }\n",
		"agent { office_code = \"x\" }\nagent { office_code = \"y\" }\n",
		"agent { office_code = \"a\\x41\\101\\n\\\"\" author = \"${HOME} ${X:-y}\" }",
		"/* open\nagent { office_code = \"x\" }",
		"agent { office_code = \"x\" colour = \"red\" }",
		"outbox { max_bytes = \"9223372036854775807 GiB\" }\nagent { office_code = \"x\" }",
		"agent { office_code += \"x\" }",
		"agent = { \"x\", \"y\" }\n// words\n",
	};
	return fuzz_text_seed(texts, sizeof(texts) / sizeof(texts[0]), index, out, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct conf *conf;
	struct err err = {0};
	char *text = NULL;
	size_t text_len = 0;
	const char *path = fuzz_file("conf", data, len);
	if (conf_load(&conf, path, keys, KEY_COUNT, &err) < 0) {
		/* Names the file and what to do about it. */
		must(!conf && err.code == ERR_CONFIG && strncmp(err.text, "CONF_", 5) == 0 && strstr(err.text, "/conf"));
		return 0;
	}
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (keys[i].type <= CONF_SECRET) {
			must(conf_text(conf, keys[i].key));
		} else {
			int64_t number = conf_number(conf, keys[i].key);
			must(keys[i].type == CONF_BOOL || (number >= keys[i].min && number <= keys[i].max));
		}
	}
	FILE *to = open_memstream(&text, &text_len);
	must(to);
	conf_print(conf, keys, KEY_COUNT, to);
	fclose(to);
	must(text_len > 0);
	free(text);
	conf_free(&conf);
	return 0;
}
