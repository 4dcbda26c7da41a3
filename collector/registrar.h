/* SPDX-License-Identifier: Apache-2.0 */
/* registrar.h - keys in the database: who may speak, who is let in, which keys follow which
 * Thread: the owner of the connection; blocks. */
#ifndef ZHIBAO_REGISTRAR_H
#define ZHIBAO_REGISTRAR_H

#include "enrolfile.h"
#include "jobs.h"
#include "keyring.h"
#include "pg.h"

int registrar_load(struct pg *pg, struct keyring **out, struct err *err); /* owned; free() it */
/* Issues a one-time key; fills file->one_time and expires_at_us. */
int registrar_issue(struct pg *pg, struct enrol_file *file, const char *label, int64_t valid_ms,
		    struct err *err);
/* JOB_ENROL and JOB_ROTATE, inside the caller's transaction. The old key stays valid for overlap_ms. */
int registrar_enrol(struct pg *pg, struct job *job, int64_t overlap_ms, struct err *err);

#endif
