/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs.h"

#include <stdio.h>
#include <stdlib.h>

#include "err.h"

void job_clear_answer(struct job *job)
{
	free(job->verdicts);
	free(job->probes);
	job->verdicts = NULL;
	job->probes = NULL;
	job->verdict_count = job->probe_count = 0;
	job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED;
}

void job_free(struct job **job)
{
	if (!*job)
		return;
	job_clear_answer(*job);
	free((*job)->body);
	free(*job);
	*job = NULL;
}

int job_add_verdict(struct job *job, uint64_t seq, const char *code, const char *field,
		    const char *text)
{
	struct verdict *more = realloc(job->verdicts, (job->verdict_count + 1) * sizeof(*more));
	if (!more)
		return -1;
	job->verdicts = more;
	struct verdict *verdict = &more[job->verdict_count++];
	verdict->seq = seq;
	snprintf(verdict->code, sizeof(verdict->code), "%s", code);
	snprintf(verdict->field, sizeof(verdict->field), "%s", field);
	snprintf(verdict->text, sizeof(verdict->text), "%s", text);
	text_trim(verdict->text);
	return 0;
}
