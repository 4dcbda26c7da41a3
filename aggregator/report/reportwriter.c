/* SPDX-License-Identifier: Apache-2.0 */
#include "reportwriter.h"

#include <string.h>

static const struct {
	const char *name, *content_type;
} formats[REPORT_FORMATS] = {
	[REPORT_PDF] = {"pdf", "application/pdf"},
	[REPORT_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	[REPORT_CSV] = {"csv", "text/csv; charset=utf-8"},
	[REPORT_JSON] = {"json", "application/json"},
};

const char *report_format_name(enum report_format format)
{
	return formats[format].name;
}

const char *report_format_content_type(enum report_format format)
{
	return formats[format].content_type;
}

int report_format_find(const char *name)
{
	for (int i = 0; i < REPORT_FORMATS; i++)
		if (strcmp(formats[i].name, name) == 0)
			return i;
	return -1;
}

int report_write(struct report *report, enum report_format format, const struct report_fonts *fonts,
		 struct report_file *out, struct err *err)
{
	int rc = -1;
	*out = (struct report_file){0};
	switch (format) {
	case REPORT_PDF:
		rc = report_write_pdf(report, fonts, out, err);
		break;
	case REPORT_XLSX:
		rc = report_write_xlsx(report, out, err);
		break;
	case REPORT_CSV:
		rc = report_write_csv(report, out, err);
		break;
	case REPORT_JSON:
		rc = report_write_json(report, out, err);
		break;
	case REPORT_FORMATS:
		break;
	}
	if (rc == 0 && (out->data.is_failed || report->is_failed)) {
		err_set(err, ERR_NOMEM, "内存不足");
		rc = -1;
	}
	if (rc < 0)
		report_file_fini(out);
	return rc;
}

void report_file_fini(struct report_file *file)
{
	buf_fini(&file->data);
}
