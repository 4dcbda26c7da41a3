/* SPDX-License-Identifier: Apache-2.0 */
/* Reports from the command line: make one now, see what was made, put down what the calendar asks for. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "commands.h"
#include "reportjob.h"
#include "reportverify.h"
#include "reportworker.h"
#include "sql.h"

static const int64_t ahead_ms = INT64_C(92) * 86400 * 1000;

static const char *shanghai_text(int64_t instant_us, char text[INSTANT_TEXT_SIZE])
{
	instant_format(instant_us + INT64_C(8) * 3600 * 1000000, text);
	text[10] = ' ';
	text[19] = '\0';
	return text;
}

static const char *state_zh(const char *state)
{
	static const char *const words[][2] = {{"queued", "待生成"},     {"rendered", "待核对"}, {"verified", "待发布"},
					       {"delivered", "已发布"}, {"failed", "失败"},     {"not_due", "未到期"}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], state) == 0)
			return words[i][1];
	return state;
}

static int list_reports(struct command_line *line, struct err *err)
{
	struct pg_rows *rows = NULL;
	if (pg_exec(line->pg, SQL_reportjob_list, NULL, 0, &rows, err) < 0)
		return -1;
	for (int i = 0; i < pg_rows_count(rows); i++) {
		char as_of[INSTANT_TEXT_SIZE];
		printf("%" PRId64 "\t%s\t%s\t%s\t%s\t%s\t%s%s\n", pg_get_int(rows, i, 0), pg_get_text(rows, i, 1),
		       pg_get_text(rows, i, 2), pg_get_text(rows, i, 3), shanghai_text(pg_get_instant(rows, i, 4), as_of),
		       state_zh(pg_get_text(rows, i, 5)), pg_get_text(rows, i, 7), pg_get_text(rows, i, 6));
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int schedule_reports(struct command_line *line, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[] = {pg_text(conf_text(line->conf, "report.weekly")), pg_text(conf_text(line->conf, "report.monthly")),
				    pg_int8(conf_number(line->conf, "report.catch_up"))};
	if (pg_exec(line->pg, SQL_reportjob_schedule, params, 3, &rows, err) < 0)
		return -1;
	printf("新登记 %" PRId64 " 份\n", pg_get_int(rows, 0, 0));
	pg_rows_free(&rows);
	params[2] = pg_int8(ahead_ms);
	if (pg_exec(line->pg, SQL_reportjob_calendar, params, 3, &rows, err) < 0)
		return -1;
	for (int i = 0; i < pg_rows_count(rows); i++) {
		char as_of[INSTANT_TEXT_SIZE];
		printf("%s\t%s\t%s\t%s\t%s\t%s\n", shanghai_text(pg_get_instant(rows, i, 3), as_of), pg_get_text(rows, i, 0),
		       pg_get_text(rows, i, 1), pg_get_text(rows, i, 2), pg_get_text(rows, i, 4), state_zh(pg_get_text(rows, i, 5)));
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static void print_finding(void *context, const struct report_finding *finding)
{
	static const char *const words[] = {"存档中的文件与登记的摘要不符", "发布目录中的文件与登记的摘要不符", "已不在发布目录"};
	(void)context;
	printf("%s报告 %" PRId64 " 的 %s：%s\n", finding->fault == REPORT_FOLDER_MISSING ? "" : "E_REPORT_DIGEST ", finding->job, finding->format,
	       words[finding->fault]);
}

/* Every file that was handed out against its digest, in the store and in the folder. One that was removed from there is told, but is no
 * fault: it can be had again. */
static int verify_reports(struct command_line *line, struct err *err)
{
	struct reportjob_options options = reportworker_job_options(line->conf);
	struct report_look look = {.dir = options.dir, .on_finding = print_finding};
	int rc;
	while ((rc = reportverify_next(line->pg, &look, err)) > 0) {
	}
	if (rc < 0)
		return -1;
	int64_t altered = reportverify_altered(&look);
	printf("核对 %" PRId64 " 个文件，%" PRId64 " 个不符，%" PRId64 " 个已不在发布目录\n", look.files, altered, look.findings[REPORT_FOLDER_MISSING]);
	if (altered == 0)
		return 0;
	err_set(err, ERR_DATA, "E_REPORT_DIGEST %" PRId64 " 个文件与登记的摘要不符", altered);
	return -1;
}

/* Without --as-of the newest instant for which nothing can arrive any more. */
static int read_as_of(struct command_line *line, int64_t *as_of_us, struct err *err)
{
	struct pg_rows *rows = NULL;
	const char *text = command_option(line, "--as-of");
	int32_t day;
	if (text && date_parse(text, strlen(text), &day) == 0) {
		*as_of_us = shanghai_day_end_us(day) - 1; /* the end of the day is exclusive */
		return 0;
	}
	if (text && instant_parse(text, strlen(text), as_of_us) == 0)
		return 0;
	if (text) {
		err_set(err, ERR_USAGE, "E_DATE_BAD --as-of 应为 YYYY-MM-DD 或带时区的时间");
		return -1;
	}
	if (pg_exec(line->pg, SQL_reportjob_horizon, NULL, 0, &rows, err) < 0)
		return -1;
	*as_of_us = pg_get_instant(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

/* A report that names persons is for those who may see them. */
static int permit(struct command_line *line, const char *node, struct err *err)
{
	struct pg_rows *rows = NULL;
	const char *login;
	if (command_required(line, "--login", &login, err) < 0)
		return -1;
	struct pg_param params[] = {pg_text(login), pg_text(node)};
	if (pg_exec(line->pg, SQL_report_permit, params, 2, &rows, err) < 0)
		return -1;
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int read_request(struct command_line *line, struct report_request *request, struct buf *parameters, struct err *err)
{
	const struct report_kind *kind = report_kind_find(line->words[0]);
	const char *node = command_option(line, "--node"), *on = command_option(line, "--on");
	int32_t day = -1;
	if (!kind) {
		err_set(err, ERR_USAGE, "E_REPORT_UNKNOWN 没有“%s”这种报告；有 audit、form、form_consolidated、circular、integrity、persons", line->words[0]);
		return -1;
	}
	if (on && date_parse(on, strlen(on), &day) < 0) {
		err_set(err, ERR_USAGE, "E_DATE_BAD --on 应为 YYYY-MM-DD");
		return -1;
	}
	*request = (struct report_request){.report = kind->name, .node = node ? node : "420000"};
	if (read_as_of(line, &request->as_of_us, err) < 0 ||
	    report_parameters(kind, command_option(line, "--period"), day, request->as_of_us, parameters, err) < 0)
		return -1;
	request->parameters = buf_string(parameters);
	return kind->is_restricted ? permit(line, request->node, err) : 0;
}

static int enqueue(struct command_line *line, const struct report_request *request, int64_t *job_out, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[] = {pg_text(request->report), pg_text(request->node), pg_text(request->parameters),
				    pg_instant(request->as_of_us)};
	if (pg_exec(line->pg, SQL_reportjob_enqueue, params, 4, &rows, err) < 0)
		return -1;
	int rc = pg_rows_check(rows, err);
	if (rc == 0 && pg_rows_count(rows) == 0) {
		err_set(err, ERR_DATA, "E_AS_OF_FUTURE 数据时点尚未过去，仍可能有数据到达");
		rc = -1;
	} else if (rc == 0) {
		*job_out = pg_get_int(rows, 0, 0);
	}
	pg_rows_free(&rows);
	return rc;
}

/* 0 when it was handed out; ERR_DATA with its reason when it failed. *is_new_out: it was made just now. */
static int settle(struct command_line *line, int64_t job, bool *is_new_out, struct err *err)
{
	struct reportjob_options options = reportworker_job_options(line->conf);
	struct pg_param id = pg_int8(job);
	for (;;) {
		struct pg_rows *rows = NULL;
		int64_t taken;
		if (pg_exec(line->pg, SQL_reportjob_state, &id, 1, &rows, err) < 0)
			return -1;
		bool is_done = strcmp(pg_get_text(rows, 0, 0), "delivered") == 0;
		bool has_failed = strcmp(pg_get_text(rows, 0, 0), "failed") == 0;
		if (has_failed)
			err_set(err, ERR_DATA, "%s", pg_get_text(rows, 0, 1));
		pg_rows_free(&rows);
		if (is_done || has_failed)
			return is_done ? 0 : -1;
		enum reportjob_outcome outcome = reportjob_run(line->pg, &options, job, &taken, err);
		if (outcome == REPORTJOB_LATER)
			return -1;
		*is_new_out = outcome == REPORTJOB_DELIVERED;
		/* Another process has it: wait until it lets go. */
		if (outcome == REPORTJOB_NONE && pg_exec(line->pg, SQL_reportjob_await, &id, 1, NULL, err) < 0)
			return -1;
	}
}

/* Formats that are wanted, with a comma between. */
static void wanted_formats(struct command_line *line, struct buf *out)
{
	const char *wanted = command_option(line, "--format");
	for (int i = 0; i < REPORT_FORMATS; i++) {
		const char *format = report_format_name((enum report_format)i);
		if (!wanted || strcmp(wanted, "all") == 0 || strcmp(wanted, format) == 0)
			buf_format(out, "%s%s", out->len > 0 ? "," : "", format);
	}
}

/* The stored files that are wanted. Those of a restricted report come only with the record of who drew them. */
static int draw_files(struct command_line *line, const struct report_request *request, int64_t job, struct pg_rows **rows_out, struct err *err)
{
	struct buf formats = {0}, by = {0};
	int rc = -1;
	wanted_formats(line, &formats);
	command_acting_user(&by);
	if (formats.is_failed || by.is_failed) {
		err_set(err, ERR_NOMEM, "E_MEMORY 内存不足");
	} else if (report_is_restricted(request->report)) {
		struct pg_param params[] = {pg_text(command_option(line, "--login")), pg_int8(job), pg_text(buf_string(&formats)), pg_text(buf_string(&by))};
		rc = pg_exec(line->pg, SQL_report_disclose, params, 4, rows_out, err);
	} else {
		struct pg_param params[] = {pg_int8(job), pg_text(buf_string(&formats))};
		rc = pg_exec(line->pg, SQL_reportjob_files, params, 2, rows_out, err);
	}
	buf_fini(&formats);
	buf_fini(&by);
	return rc;
}

static int write_file(const char *dir, const struct report_request *request, int64_t job, struct pg_rows *rows, int i, struct err *err)
{
	const char *format = pg_get_text(rows, i, 0);
	size_t len, sha256_len;
	const uint8_t *content = pg_get_bytes(rows, i, 1, &len), *sha256 = pg_get_bytes(rows, i, 2, &sha256_len);
	struct buf data = {0}, path = {0};
	buf_append(&data, content, len);
	int rc = reportjob_check_stored(format, content, len, sha256, sha256_len, err);
	if (rc == 0)
		rc = reportjob_export(dir, request, job, (enum report_format)report_format_find(format), &data, &path, err);
	if (rc == 0)
		printf("%s\n", buf_string(&path));
	buf_fini(&data);
	buf_fini(&path);
	return rc;
}

static int write_out(struct command_line *line, const struct report_request *request, int64_t job, const char *dir, struct err *err)
{
	struct pg_rows *rows = NULL;
	if (draw_files(line, request, job, &rows, err) < 0)
		return -1;
	int rc = pg_rows_check(rows, err);
	for (int i = 0; i < pg_rows_count(rows) && rc == 0; i++)
		rc = write_file(dir, request, job, rows, i, err);
	pg_rows_free(&rows);
	return rc;
}

/* Made anew and held against what is stored: the proof that an old report can be made again. */
static int make_again(struct command_line *line, const struct report_request *request, int64_t job, struct err *err)
{
	struct report report;
	struct report_file files[REPORT_FORMATS];
	struct reportjob_options options = reportworker_job_options(line->conf);
	if (reportjob_render(line->pg, request, &options.fonts, &report, files, err) < 0)
		return -1;
	int rc = reportjob_compare(line->pg, job, files, err);
	report_fini(&report);
	reportjob_files_fini(files);
	return rc;
}

static int deliver(struct command_line *line, const struct report_request *request, int64_t job, bool is_new, struct err *err)
{
	const char *dir = command_option(line, "--out");
	if ((!is_new && make_again(line, request, job, err) < 0) || (dir && write_out(line, request, job, dir, err) < 0))
		return -1;
	printf("报告 %" PRId64 "：%s\n", job, is_new ? "已生成、核对并存档" : "重新生成，与存档逐字节一致");
	return 0;
}

static int make_report(struct command_line *line, struct err *err)
{
	struct buf parameters = {0};
	struct report_request request;
	const char *format = command_option(line, "--format");
	int64_t job = 0;
	bool is_new = false;
	int rc = -1;
	if (format && strcmp(format, "all") != 0 && report_format_find(format) < 0)
		err_set(err, ERR_USAGE, "E_FORMAT --format 应为 pdf、xlsx、csv、json 或 all");
	else if (read_request(line, &request, &parameters, err) == 0 && enqueue(line, &request, &job, err) == 0 &&
		 settle(line, job, &is_new, err) == 0)
		rc = deliver(line, &request, job, is_new, err);
	buf_fini(&parameters);
	return rc;
}

/* Who drew what of the restricted copies. */
static int list_disclosures(struct command_line *line, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[2];
	params[0] = pg_text(command_option(line, "--login"));
	if (command_instant(line, "--as-of", &params[1], err) < 0 || pg_exec(line->pg, SQL_report_disclosures, params, 2, &rows, err) < 0)
		return -1;
	puts("时间\t登录名\t姓名\t单位\t报告编号\t报告\t对象\t数据时点\t格式\tSHA-256\t操作人\t数据库用户");
	for (int row = 0; row < pg_rows_count(rows); row++)
		for (int column = 0; column < 12; column++)
			printf("%s%c", pg_get_text(rows, row, column), column < 11 ? '\t' : '\n');
	if (pg_rows_count(rows) == 0)
		fputs("没有取用限制分发件的记录\n", stderr);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int print_statement(const char *name, struct err *err)
{
	const char *sql = report_statement_find(name);
	if (!sql) {
		err_set(err, ERR_USAGE, "E_STATEMENT_UNKNOWN 没有名为“%s”的语句；名称见各表的来源", name);
		return -1;
	}
	return fputs(sql, stdout) < 0 ? -1 : 0;
}

int command_report(struct command_line *line, struct err *err)
{
	if (line->word_count == 2 && strcmp(line->words[0], "sql") == 0)
		return print_statement(line->words[1], err);
	if (line->word_count != 1) {
		err_set(err, ERR_USAGE, "E_USAGE report 后应为报告种类、list、schedule、verify、disclosures 或 sql 语句名");
		return -1;
	}
	if (command_connect(line, err) < 0)
		return -1;
	if (strcmp(line->words[0], "list") == 0)
		return list_reports(line, err);
	if (strcmp(line->words[0], "schedule") == 0)
		return schedule_reports(line, err);
	if (strcmp(line->words[0], "verify") == 0)
		return verify_reports(line, err);
	if (strcmp(line->words[0], "disclosures") == 0)
		return list_disclosures(line, err);
	return make_report(line, err);
}
