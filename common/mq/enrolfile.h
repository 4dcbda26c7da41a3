/* SPDX-License-Identifier: Apache-2.0 */
/* enrolfile.h - the file with which the centre lets a new machine in once (一次性登记文件)
 * docs/protocol.md, Enrolment, gives its form. It is a secret until it was used: mode 0600.
 * Thread: any. */
#ifndef ZHIBAO_ENROLFILE_H
#define ZHIBAO_ENROLFILE_H

#include <stdint.h>

#include "mqkeys.h"

struct enrol_file {
	char office_code[24];
	char endpoints[1024]; /* separated by commas */
	uint8_t server_public_key[KEY_BYTES];
	struct mq_keys one_time;
	int64_t expires_at_us;
};

/* ERR_DATA when it is not such a file; ERR_CONFIG when others may read it. */
int enrol_file_read(const char *path, struct enrol_file *out, struct err *err);
int enrol_file_write(const char *path, const struct enrol_file *file, struct err *err);

#endif
