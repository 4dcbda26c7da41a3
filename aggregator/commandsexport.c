/* SPDX-License-Identifier: Apache-2.0 */
/* Exports to a file or to standard output. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "export.h"

static int write_all(struct export *export, FILE *file, struct err *err)
{
	struct buf piece = {0};
	int more;
	while ((more = export_next(export, &piece, err)) > 0) {
		if (piece.len > 0 && fwrite(piece.data, 1, piece.len, file) != piece.len) {
			err_set(err, ERR_IO, "E_IO 写不进去：%s", strerror(errno));
			more = -1;
			break;
		}
		buf_reset(&piece);
	}
	if (more == 0 && (fflush(file) != 0 || (file != stdout && fsync(fileno(file)) != 0))) {
		err_set(err, ERR_IO, "E_IO 写不进去：%s", strerror(errno));
		more = -1;
	}
	buf_fini(&piece);
	return more;
}

/* Under another name until it is whole, so that nobody takes a part for the whole. */
static int write_file(struct export *export, const char *path, struct err *err)
{
	char partial[PATH_MAX];
	if (strcmp(path, "-") == 0)
		return write_all(export, stdout, err);
	snprintf(partial, sizeof(partial), "%s.partial", path);
	FILE *file = fopen(partial, "w");
	if (!file) {
		err_set(err, ERR_IO, "E_IO 打不开 %s：%s", partial, strerror(errno));
		return -1;
	}
	int rc = write_all(export, file, err);
	if (fclose(file) != 0 && rc == 0) {
		err_set(err, ERR_IO, "E_IO 写不进去：%s", strerror(errno));
		rc = -1;
	}
	if (rc == 0 && rename(partial, path) < 0) {
		err_set(err, ERR_IO, "E_IO 不能写成 %s：%s", path, strerror(errno));
		rc = -1;
	}
	if (rc < 0)
		unlink(partial);
	return rc;
}

static int get_options(struct command_line *line, struct export_options *options,
		       const char **path_out, struct err *err)
{
	const char *kind = command_option(line, "--kind"), *node = command_option(line, "--node");
	options->format = line->word_count == 1 ? export_format_find(line->words[0]) : NULL;
	if (!options->format) {
		err_set(err, ERR_USAGE, "E_FORMAT_UNKNOWN export 后应为 sdmx、dhis2 或 csv");
		return -1;
	}
	options->node = node ? node : "420000";
	options->kind = kind ? catalog_kind_find(kind) : NULL;
	if (command_required(line, "--out", path_out, err) < 0 ||
	    command_date(line, "--on", &options->on, err) < 0 ||
	    command_instant(line, "--as-of", &options->as_of, err) < 0)
		return -1;
	if (export_wants_kind(options->format) ? !options->kind : kind != NULL) {
		err_set(err, ERR_USAGE,
			"E_KIND_UNKNOWN csv 须用 --kind 指明一类记录，其他格式没有类别");
		return -1;
	}
	if (export_wants_kind(options->format) && options->on.len >= 0) {
		err_set(err, ERR_USAGE, "E_USAGE 记录导出没有统计日 --on");
		return -1;
	}
	return 0;
}

int command_export(struct command_line *line, struct err *err)
{
	struct export_options options = {0};
	struct export *export = NULL;
	const char *path;
	if (get_options(line, &options, &path, err) < 0 || command_connect(line, err) < 0 ||
	    export_open(&export, line->pg, &options, err) < 0)
		return -1;
	int rc = write_file(export, path, err);
	export_close(&export);
	return rc;
}
