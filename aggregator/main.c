/* SPDX-License-Identifier: Apache-2.0 */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "aggregator.h"
#include "log.h"
#include "settings.h"

const char *argp_program_version = "zhibao-aggregator " ZHIBAO_VERSION;

struct arguments {
	const char *config;
	const char *command;
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	switch (key) {
	case 'c':
		arguments->config = value;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->command)
			argp_usage(state);
		arguments->command = value;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->command)
			argp_usage(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int serve(const struct conf *conf, struct err *err)
{
	struct aggregator *aggregator = NULL;
	int rc = aggregator_new(&aggregator, conf, err);
	if (rc == 0)
		rc = aggregator_run(aggregator, err);
	aggregator_free(&aggregator);
	return rc;
}

int main(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{"config", 'c', "FILE", 0, "配置文件，默认 /etc/zhibao/aggregator.conf", 0}, {0}};
	static const struct argp argp = {options, parse, "run | check-config | print-config",
					 "汇总报送数据，提供指标接口和运行室网页。", NULL, NULL, NULL};
	struct arguments arguments = {.config = "/etc/zhibao/aggregator.conf"};
	struct conf *conf = NULL;
	struct err err = {0};
	argp_err_exit_status = 64;
	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	bool is_run = strcmp(arguments.command, "run") == 0;
	bool is_check = strcmp(arguments.command, "check-config") == 0;
	if (strcmp(arguments.command, "print-config") == 0) {
		conf_print(NULL, aggregator_settings, aggregator_setting_count, stdout);
		return 0;
	}
	if (!is_run && !is_check) {
		fprintf(stderr, "E_COMMAND 没有“%s”这个命令\n", arguments.command);
		return 64;
	}
	int rc = conf_load(&conf, arguments.config, aggregator_settings, aggregator_setting_count, &err);
	if (rc == 0 && is_run)
		rc = serve(conf, &err);
	else if (rc == 0)
		puts("配置正确");
	if (rc < 0)
		fprintf(stderr, "%s\n", err.text);
	conf_free(&conf);
	return rc < 0 ? err_exit_code(err.code) : 0;
}
