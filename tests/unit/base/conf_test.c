/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "conf.h"

static const struct conf_key table[] = {
	{"web.port", CONF_INTEGER, 1, 65535, "80", false, "端口"},
	{"web.name", CONF_TEXT, 0, 10, NULL, false, "名称"},
	{"box.max_bytes", CONF_BYTES, 1024, 1 << 30, "64 MiB", false, "上限"},
	{"box.wait", CONF_DURATION, 1, 60000, "2 s", false, "等待"},
	{"box.is_on", CONF_BOOL, 0, 0, "true", true, "开关"},
	{"box.key", CONF_SECRET, 0, 0, "/etc/key", false, "密钥"},
};
enum { COUNT = sizeof(table) / sizeof(table[0]) };

static int load(const char *text, struct conf **conf, struct err *err)
{
	char path[] = "/tmp/zhibao-conf-XXXXXX";
	int fd = mkstemp(path);
	ssize_t wrote = write(fd, text, strlen(text));
	close(fd);
	assert_int_equal(wrote, (ssize_t)strlen(text));
	*err = (struct err){0};
	int rc = conf_load(conf, path, table, COUNT, err);
	remove(path);
	return rc;
}

static void test_good(void **state)
{
	struct conf *conf;
	struct err err;
	(void)state;
	assert_int_equal(load("web { name = \"a\"\n port = \"81\" }\nbox { max_bytes = \"2 KiB\"\n wait = \"150 ms\" }\n",
			      &conf, &err), 0);
	assert_int_equal(conf_number(conf, "web.port"), 81);
	assert_string_equal(conf_text(conf, "web.name"), "a");
	assert_int_equal(conf_number(conf, "box.max_bytes"), 2048);
	assert_int_equal(conf_number(conf, "box.wait"), 150);
	assert_int_equal(conf_number(conf, "box.is_on"), 1);
	conf_free(&conf);
	assert_null(conf);
}

/* Every refusal names the line, a stable code and what was expected. */
static void test_bad(void **state)
{
	static const struct {
		const char *text, *code, *line, *expected;
	} cases[] = {
		{"web { name = \"a\"\n colour = \"red\" }\n", "CONF_UNKNOWN_KEY", ":2:", "web.colour"},
		{"web { name = \"a\" }\nhall { x = \"1\" }\n", "CONF_UNKNOWN_KEY", ":2:", "hall"},
		{"web { port = \"81\" }\n", "CONF_MISSING_KEY", "", "web.name"},
		{"web { name = \"a\"\n\n port = \"70000\" }\n", "CONF_BAD_VALUE", ":3:", "65535"},
		{"web { name = \"a\"\n port = \"x\" }\n", "CONF_BAD_VALUE", ":2:", "整数"},
		{"web { name = \"abcdefghijk\" }\n", "CONF_BAD_VALUE", ":1:", "10 字节"},
		{"web { name = \"a\" }\nbox { max_bytes = \"2048\" }\n", "CONF_BAD_VALUE", ":2:", "KiB"},
		{"web { name = \"a\" }\nbox { wait = \"5\" }\n", "CONF_BAD_VALUE", ":2:", "min"},
		{"web { name = \"a\" }\nbox { wait = \"2 h\" }\n", "CONF_BAD_VALUE", ":2:", "60000"},
		{"web { name = \"a\" }\nbox { is_on = \"maybe\" }\n", "CONF_BAD_VALUE", ":2:", "true"},
		{"web { name = \"a\" }\nbox { key = \"relative\" }\n", "CONF_BAD_VALUE", ":2:", "绝对路径"},
		{"web { name \"a\" }\n", "CONF_SYNTAX", ":1:", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conf *conf;
		struct err err;
		assert_int_equal(load(cases[i].text, &conf, &err), -1);
		assert_null(conf);
		assert_int_equal(err.code, ERR_CONFIG);
		if (!strstr(err.text, cases[i].code) || !strstr(err.text, cases[i].line) ||
		    !strstr(err.text, cases[i].expected))
			fail_msg("case %zu: %s", i, err.text);
	}
	struct conf *conf;
	struct err err;
	assert_int_equal(conf_load(&conf, "/nonexistent/x.conf", table, COUNT, &err), -1);
	assert_int_equal(err.code, ERR_CONFIG);
}

static void test_print(void **state)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct conf *conf;
	struct err err;
	(void)state;
	conf_print(NULL, table, COUNT, out);
	fclose(out);
	assert_non_null(strstr(text, "***"));
	assert_null(strstr(text, "/etc/key"));
	/* A sample loads once the required key is filled in. */
	char *at = strstr(text, "# name = \"\"");
	assert_non_null(at);
	at[0] = ' ';
	char *note = strstr(at, "（");
	memset(note, ' ', strcspn(note, "\n"));
	assert_int_equal(load(text, &conf, &err), 0);
	conf_free(&conf);
	free(text);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* A bad file changes nothing; what a restart would change is named, what a reload changes is not. */
static void test_reload(void **state)
{
	char path[] = "/tmp/zhibao-conf-XXXXXX";
	struct conf *conf, *fresh;
	struct err err = {0};
	size_t at = 0;
	(void)state;
	close(mkstemp(path));
	write_text(path, "web { name = \"a\" }\n");
	assert_int_equal(conf_load(&conf, path, table, COUNT, &err), 0);
	write_text(path, "web { name = \"a\"\n port = \"x\" }\n");
	assert_int_equal(conf_reload(&fresh, conf, &err), -1);
	assert_null(fresh);
	assert_int_equal(conf_number(conf, "web.port"), 80);
	write_text(path, "web { name = \"b\"\n port = \"81\" }\nbox { is_on = \"false\" }\n");
	assert_int_equal(conf_reload(&fresh, conf, &err), 0);
	assert_int_equal(conf_number(fresh, "box.is_on"), 0);
	assert_string_equal(conf_next_fixed(conf, fresh, &at), "web.port");
	assert_string_equal(conf_next_fixed(conf, fresh, &at), "web.name");
	assert_null(conf_next_fixed(conf, fresh, &at));
	conf_free(&fresh);
	conf_free(&conf);
	remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_bad),
					   cmocka_unit_test(test_print), cmocka_unit_test(test_reload)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
