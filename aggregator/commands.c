/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "aggregator.h"
#include "settings.h"

static int command_run(struct command_line *line, struct err *err)
{
	struct aggregator *aggregator = NULL;
	if (command_load(line, err) < 0)
		return -1;
	int rc = aggregator_new(&aggregator, line->conf, err);
	if (rc == 0)
		rc = aggregator_run(aggregator, err);
	aggregator_free(&aggregator);
	return rc;
}

static int command_check_config(struct command_line *line, struct err *err)
{
	if (command_load(line, err) < 0)
		return -1;
	puts("配置正确");
	return 0;
}

static int command_print_config(struct command_line *line, struct err *err)
{
	(void)line;
	(void)err;
	conf_print(NULL, aggregator_settings, aggregator_setting_count, stdout);
	return 0;
}

static const char *const account_options[] = {"--login", "--name", "--office", "--roles", "--open", "--as-of", NULL};

static const char *const review_options[] = {"--login",	 "--office", "--item", "--revision",
					     "--reason", "--remarks", "--cure", "--node", "--kind",
					     "--state", "--as-of", "--limit", NULL};
static const char *const deadlines_options[] = {"--office", "--node", "--as-of", "--milestone", "--state", NULL};
static const char *const extend_options[] = {"--login", "--office", "--milestone", "--until", "--reason", NULL};
static const char *const exempt_options[] = {"--login", "--office", "--milestone", "--until", "--reason", NULL};
static const char *const remind_options[] = {"--login", "--office", "--milestone", "--text", NULL};

static const char *const form_options[] = {"--node", "--period", "--as-of", NULL};
static const char *const frozen_options[] = {"--node", "--date", "--format", NULL};
static const char *const diff_options[] = {"--node", "--on", "--register", "--indicator", "--format", NULL};
static const char *const draw_options[] = {"--login", "--scheme", "--occasion", "--id", "--size", "--per-city", "--cities", "--out", NULL};
static const char *const export_options[] = {"--kind", "--node", "--on", "--as-of", "--out", NULL};
static const char *const report_options[] = {"--node", "--as-of", "--on", "--period", "--format", "--out", "--login", NULL};

static const struct command commands[] = {
	{"run", "run                          运行汇总程序\n", NULL, command_run},
	{"check-config", "check-config                 检查配置\n", NULL, command_check_config},
	{"print-config", "print-config                 打印配置样例\n", NULL, command_print_config},
	{"account",
	 "account list | account set --login 登录名 --name 姓名 --office 代码 --roles 角色,角色 [--open yes|no]\n"
	 "  account history [--login 登录名] [--as-of 时点]\n"
	 "                             查看 | 开通、变更或停用账号 | 变更记录，用过的姓名都算本人，不能审核自己的记录\n",
	 account_options, command_account},
	{"review",
	 "review accept|return|reject|reopen --login 登录名 --office 代码 --item 编号 --revision 版本\n"
	 "        [--reason 理由] [--remarks 字段=意见;字段=意见] [--cure 整改期限]   审核，结论下发单位\n"
	 "  review pick --login 登录名 --office 代码 --item 编号 --revision 版本 --reason 理由   裁定冲突的版本\n"
	 "  review list --node 代码 [--kind 类别] [--state 状态] [--as-of 时点] [--limit 条数]\n"
	 "                             待审与已审的记录，附更正原因；状态为 pending、accepted、returned、rejected、\n"
	 "                             disputed（有冲突）、flagged（有提示）或 any，默认 pending\n",
	 review_options, command_review},
	{"deadlines",
	 "deadlines [--office 代码 | --node 代码] [--as-of 时点] [--milestone 任务] [--state 状态]\n"
	 "                             报送情况；状态为 exempt、not_due、on_time、late 或 missing\n",
	 deadlines_options, command_deadlines},
	{"extend",
	 "extend [withdraw] --login 登录名 --office 代码 --milestone 任务 --until 日期或时间 --reason 理由\n"
	 "                             批准延期 | 撤回有效的延期（不用 --until）\n",
	 extend_options, command_extend},
	{"exempt",
	 "exempt [withdraw] --login 登录名 --office 代码 --milestone 任务 [--until 日期或时间] --reason 理由\n"
	 "                             批准免报（到 --until 为止）| 撤回免报\n",
	 exempt_options, command_exempt},
	{"remind",
	 "remind --login 登录名 --milestone 任务 [--office 代码] [--text 附言] | remind list [--office 代码]\n"
	 "                             人工催报，不指定单位则催所有下级 | 查看催报记录\n",
	 remind_options, command_remind},
	{"form",
	 "form show --node 单位代码 --period mid_year|year_end [--as-of 日期或时间]\n"
	 "                             打印统计表汇总\n",
	 form_options, command_form},
	{"frozen",
	 "frozen [--date 日期] [--node 代码] [--format table|json]\n"
	 "                             节点日的冻结数据，与最新数据对照\n",
	 frozen_options, command_frozen},
	{"diff",
	 "diff 甲 乙 [--node 代码] [--on 日期] [--register 版本] [--indicator 指标] [--format table|json]\n"
	 "                             两个时点之间变了哪些数据、由哪些记录引起；时点为日期、带时区的时间、live 或 frozen:日期\n",
	 diff_options, command_diff},
	{"draw",
	 "draw commit --login 登录名 --scheme 类别 [--occasion 说明] | draw run --login 登录名 --id 编号 --size 数量\n"
	 "                             [--per-city 每市州至少] [--cities 市州数] [--out 文件] | draw show --id 编号 [--out 文件] |\n"
	 "                             draw verify 文件.json      随机抽查：承诺 | 抽取 | 查看 | 不用数据库验证\n",
	 draw_options, command_draw},
	{"export",
	 "export sdmx|dhis2|csv [--kind 类别] [--node 代码] [--on 日期] [--as-of 日期或时间] --out 文件|-\n"
	 "                             导出指标（sdmx、dhis2）或一类记录（csv）\n",
	 export_options, command_export},
	{"report",
	 "report 报告 [--node 代码] [--as-of 时点] [--on 日期] [--period 期间] [--format pdf|xlsx|csv|json|all] [--out 目录]\n"
	 "                             立即生成、核对并存档；已有的重新生成并与存档比对\n"
	 "  report persons --login 登录名 …   专人名单，限制分发：只交给有权的账号，取用留有记录\n"
	 "  report disclosures [--login 登录名] [--as-of 时点]   限制分发件的取用记录\n"
	 "  report list | report schedule | report verify | report sql 语句名\n"
	 "                             查看报告 | 登记到期报告并列出日历 | 核对存档和发布目录的摘要 | 打印表格的查询语句\n",
	 report_options, command_report},
	{NULL, NULL, NULL, NULL},
};

/* Of one command, or of all when only is NULL. */
static void print_usage(FILE *out, const struct command *only)
{
	fputs("用法：zhibao-aggregator [--config 文件] 命令 …\n", out);
	for (const struct command *command = commands; command->name; command++)
		if (!only || command == only)
			fprintf(out, "  %s", command->usage);
}

int commands_main(int argc, char **argv)
{
	struct command_line line = {.config = "/etc/zhibao/aggregator.conf"};
	struct err err = {0};
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		print_usage(stdout, NULL);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("zhibao-aggregator " ZHIBAO_VERSION);
		return 0;
	}
	int rc = command_parse(&line, commands, argc, argv, &err);
	if (rc == 0)
		rc = line.command->run(&line, &err);
	if (rc < 0)
		fprintf(stderr, "%s\n", err.text);
	if (rc < 0 && err.code == ERR_USAGE)
		print_usage(stderr, line.command);
	command_fini(&line);
	return rc < 0 ? err_exit_code(err.code) : 0;
}
