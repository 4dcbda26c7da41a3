/* SPDX-License-Identifier: Apache-2.0 */
/* staticfile.h - the files of a built page: which one a path names, and of what type it is
 * Thread: any. */
#ifndef ZHIBAO_STATICFILE_H
#define ZHIBAO_STATICFILE_H

#include <stdbool.h>
#include <stdint.h>

struct static_file {
	int fd; /* owned by the caller */
	uint64_t size;
	const char *content_type;
	bool is_gzip;
	bool is_immutable; /* named by its content, may be cached for ever */
};

/* Opens the file below dir that path (decoded, beginning with /) names, its .gz sibling when accepted.
 * A path without a dot in its last part is the page itself. Returns 0, or -1 when there is none; a path
 * never leaves dir. */
int static_file_open(const char *dir, const char *path, bool accepts_gzip, struct static_file *out);

#endif
