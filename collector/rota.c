/* SPDX-License-Identifier: Apache-2.0 */
#include "rota.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs.h"

/* An office stays where it was for less than a batch: its history in the turns of that writer is worth more. */
enum { BUCKETS = 1024, STAY_BYTES = 65536 };

/* An office that had a job; offices are those of the registers, so these never go away. */
struct post {
	struct post *next_in_bucket;
	char office_code[CODE_SIZE];
	size_t writer; /* of its newest job */
	size_t jobs;   /* under way */
};

struct rota {
	struct post *buckets[BUCKETS];
	size_t writers;
	size_t bytes[]; /* under way, by writer */
};

int rota_new(struct rota **out, size_t writers)
{
	*out = calloc(1, sizeof(**out) + writers * sizeof((*out)->bytes[0]));
	if (!*out)
		return -1;
	(*out)->writers = writers;
	return 0;
}

void rota_free(struct rota **rota)
{
	if (!*rota)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while ((*rota)->buckets[i]) {
			struct post *post = (*rota)->buckets[i];
			(*rota)->buckets[i] = post->next_in_bucket;
			free(post);
		}
	free(*rota);
	*rota = NULL;
}

/* Where the office hangs, or would. */
static struct post **find(const struct rota *rota, const char *office_code)
{
	struct post **place = (struct post **)(uintptr_t)&rota->buckets[office_hash(office_code) % BUCKETS];
	while (*place && strcmp((*place)->office_code, office_code) != 0)
		place = &(*place)->next_in_bucket;
	return place;
}

static size_t idlest(const struct rota *rota, size_t former)
{
	size_t least = former;
	for (size_t i = 0; i < rota->writers; i++)
		if (rota->bytes[i] < rota->bytes[least])
			least = i;
	return rota->bytes[former] - rota->bytes[least] < STAY_BYTES ? former : least;
}

static size_t writer_of(const struct rota *rota, const struct post *post, const char *office_code)
{
	if (post && post->jobs > 0)
		return post->writer;
	return idlest(rota, post ? post->writer : office_hash(office_code) / BUCKETS % rota->writers);
}

size_t rota_writer(const struct rota *rota, const char *office_code)
{
	return writer_of(rota, *find(rota, office_code), office_code);
}

size_t rota_bytes(const struct rota *rota, const char *office_code)
{
	return rota->bytes[rota_writer(rota, office_code)];
}

int rota_begin(struct rota *rota, const char *office_code, size_t bytes, size_t *writer_out)
{
	struct post **place = find(rota, office_code);
	size_t writer = writer_of(rota, *place, office_code);
	if (!*place) {
		*place = calloc(1, sizeof(**place));
		if (!*place)
			return -1;
		snprintf((*place)->office_code, sizeof((*place)->office_code), "%s", office_code);
	}
	(*place)->writer = writer;
	(*place)->jobs++;
	rota->bytes[writer] += bytes;
	*writer_out = writer;
	return 0;
}

void rota_end(struct rota *rota, const char *office_code, size_t bytes)
{
	struct post *post = *find(rota, office_code);
	if (!post || post->jobs == 0)
		return; /* not begun here */
	post->jobs--;
	rota->bytes[post->writer] -= bytes;
}
