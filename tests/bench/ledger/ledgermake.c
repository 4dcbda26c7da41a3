/* SPDX-License-Identifier: Apache-2.0 */
/* zhibao-bench-ledger - makes an agent's ledger of any size, through the agent's own outbox
 *   zhibao-bench-ledger FILE --office CODE --township CODE --items N --acked A
 * N lectures, one revision each, the first A of them acknowledged. Prints one line of JSON: what a
 * centre that holds those A records knows of the stream. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "load.h"
#include "outbox.h"
#include "zhibao/v1/record.pb-c.h"
#include "zhibao/v1/session.pb-c.h"

enum { CHUNK = 4000 };

static void give_up(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static void append_batch(struct outbox *outbox, const Zhibao__V1__Batch *batch)
{
	static struct outbox_entry entries[CHUNK];
	static Zhibao__V1__Record *records[CHUNK];
	struct err err = {0};
	uint64_t first_seq;
	for (size_t i = 0; i < batch->n_records; i++) {
		const ProtobufCBinaryData *bytes = &batch->records[i];
		records[i] = zhibao__v1__record__unpack(NULL, bytes->len, bytes->data);
		if (!records[i])
			give_up("a record that cannot be read");
		entries[i] = (struct outbox_entry){records[i]->item_id.data,
						   records[i]->revision_id.data,
						   records[i]->body_case,
						   (int)records[i]->operation,
						   records[i]->recorded_at_us,
						   bytes->data,
						   bytes->len};
	}
	if (outbox_append(outbox, entries, batch->n_records, &first_seq, &err) < 0)
		give_up(err.text);
	for (size_t i = 0; i < batch->n_records; i++)
		zhibao__v1__record__free_unpacked(records[i], NULL);
}

static void append(struct outbox *outbox, struct load_stream *stream, struct load_ids *ids,
		   size_t items)
{
	struct buf data = {0};
	struct load_batch made;
	for (size_t left = items; left > 0;) {
		size_t count = left < CHUNK ? left : CHUNK;
		buf_reset(&data);
		load_make(stream, ids, count, &data, NULL, &made);
		Zhibao__V1__Batch *batch =
			zhibao__v1__batch__unpack(NULL, data.len, (const uint8_t *)data.data);
		if (!batch || batch->n_records != count)
			give_up("a batch that cannot be read");
		append_batch(outbox, batch);
		zhibao__v1__batch__free_unpacked(batch, NULL);
		left -= count;
	}
	buf_fini(&data);
}

static void print_hex(const char *name, const uint8_t *data, size_t len)
{
	printf("\"%s\": \"", name);
	for (size_t i = 0; i < len; i++)
		printf("%02x", data[i]);
	printf("\", ");
}

static void report(struct outbox *outbox, uint64_t acked, double seconds)
{
	uint8_t chain[CHAIN_BYTES], last_chain[CHAIN_BYTES];
	struct err err = {0};
	if (outbox_chain(outbox, acked, chain, &err) < 0 ||
	    outbox_chain(outbox, outbox_last_seq(outbox), last_chain, &err) < 0)
		give_up(err.text);
	printf("{");
	print_hex("uuid", outbox_uuid(outbox), OUTBOX_UUID_BYTES);
	print_hex("chain", chain, CHAIN_BYTES);
	print_hex("last_chain", last_chain, CHAIN_BYTES);
	printf("\"acked_seq\": %llu, \"last_seq\": %llu, \"seconds\": %.3f}\n",
	       (unsigned long long)acked, (unsigned long long)outbox_last_seq(outbox), seconds);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"office", required_argument, NULL, 'o'},
						{"township", required_argument, NULL, 't'},
						{"items", required_argument, NULL, 'n'},
						{"acked", required_argument, NULL, 'a'},
						{NULL, 0, NULL, 0}};
	struct load_key key = {0};
	struct load_stream stream;
	struct load_ids ids;
	struct outbox *outbox;
	struct err err = {0};
	size_t items = 0, acked = 0;
	int letter;
	while ((letter = getopt_long(argc, argv, "", options, NULL)) > 0) {
		if (letter == 'o')
			snprintf(key.office_code, sizeof(key.office_code), "%s", optarg);
		else if (letter == 't')
			snprintf(key.township_code, sizeof(key.township_code), "%s", optarg);
		else if (letter == 'n')
			items = figures_option("items", optarg);
		else if (letter == 'a')
			acked = figures_option("acked", optarg);
	}
	if (optind != argc - 1 || !items || acked > items || !key.office_code[0] ||
	    !key.township_code[0]) {
		fputs("usage: zhibao-bench-ledger FILE --office CODE --township CODE --items N "
		      "[--acked A]\n",
		      stderr);
		return 64;
	}
	int64_t began_us = figures_now_us();
	struct outbox_options file = {argv[optind], UINT64_C(1) << 40, random_system()};
	load_ids_init(&ids);
	load_stream_init(&stream, &key, &ids);
	if (outbox_open(&outbox, &file, &err) < 0)
		give_up(err.text);
	/* What is sent is acknowledged before the rest waits, as it would be. */
	append(outbox, &stream, &ids, acked);
	if (acked > 0 && outbox_ack(outbox, acked, 1, NULL, 0, &err) < 0)
		give_up(err.text);
	append(outbox, &stream, &ids, items - acked);
	report(outbox, acked, (double)(figures_now_us() - began_us) / 1e6);
	outbox_close(&outbox);
	load_stream_fini(&stream);
	return 0;
}
