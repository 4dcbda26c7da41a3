/* SPDX-License-Identifier: Apache-2.0 */
/* Reports from the command line: make one now, see what was made, put down what the calendar asks for. */
#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "commands.h"
#include "fsx.h"
#include "reportbuild.h"
#include "reportwriter.h"
#include "sql.h"

static int make(struct command_line *line, struct err *err)
{
	struct report report;
	struct report_file file;
	const char *as_of, *out;
	int64_t as_of_us;
	int32_t day;
	if (command_required(line, "--as-of", &as_of, err) < 0 || command_required(line, "--out", &out, err) < 0)
		return -1;
	if (date_parse(as_of, strlen(as_of), &day) == 0)
		as_of_us = shanghai_day_end_us(day) - 1;
	else if (instant_parse(as_of, strlen(as_of), &as_of_us) < 0)
		return -1;
	struct report_request request = {line->words[0], command_option(line, "--node"), "{}", as_of_us};
	static const struct report_fonts fonts = REPORT_FONTS_DEFAULT;
	if (report_build(line->pg, &request, &report, err) < 0)
		return -1;
	for (int format = 0; format < REPORT_FORMATS; format++) {
		char path[1000];
		if (report_write(&report, (enum report_format)format, &fonts, &file, err) < 0)
			return -1;
		snprintf(path, sizeof(path), "%s/%s.%s", out, line->words[0], report_format_name((enum report_format)format));
		if (file_write(path, file.data.data, file.data.len, 0644, err) < 0)
			return -1;
		printf("%s\t%zu 字节\t%lld 行\t%d 页\n", path, file.data.len, (long long)file.rows, file.pages);
		report_file_fini(&file);
	}
	int rc = report_check_sums(&report, err);
	report_fini(&report);
	return rc;
}

int command_report(struct command_line *line, struct err *err)
{
	if (command_connect(line, err) < 0)
		return -1;
	return make(line, err);
}
