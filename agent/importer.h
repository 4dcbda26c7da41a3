/* SPDX-License-Identifier: Apache-2.0 */
/* importer.h - a CSV file into the ledger: the good rows are stored, the bad ones listed and written aside
 * A row is a new record, or, with something in the column 记录编号 (item_id), an amendment of that one: what it leaves empty
 * stays. The column 更正原因 (correction_reason) says why.
 * Thread: the command's; blocks. */
#ifndef ZHIBAO_IMPORTER_H
#define ZHIBAO_IMPORTER_H

#include <jansson.h>

#include "catalog.h"
#include "err.h"

struct import_options {
	const char *file, *socket_path;
	const struct catalog_kind *kind;
	const char *author, *on_behalf_of;
	const char *correction_reason; /* of rows without their own; NULL: none */
	const char *rejected_path; /* NULL: FILE.rejected.csv */
	int64_t wait_ms;
};

struct import_result {
	size_t stored, refused;
	bool was_gbk;
	json_t *problems; /* array of {line, row, field, code, message}, owned */
	char rejected_path[4096]; /* "" when nothing was refused */
};

/* ERR_DATA with E_CSV_... when the file as a whole cannot be used; nothing is stored then. */
int import_run(const struct import_options *options, struct import_result *out, struct err *err);

#endif
