/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - what a target offers and what the common main (fuzz_main.c) offers to targets
 * A target is one file with fuzz_setup, fuzz_seed and LLVMFuzzerTestOneInput. With libFuzzer (preset fuzz) it explores;
 * without it the same file runs its seeds and a fixed number of mutations of them, always the same ones.
 * Thread: one. */
#ifndef ZHIBAO_FUZZ_H
#define ZHIBAO_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { FUZZ_INPUT_MAX = 1 << 16 };

/* Of the target. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
void fuzz_setup(void); /* once, before the first input */
/* Writes seed index (from 0) into out; its length, or -1 when there is none. */
ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size);

/* Of the main. A folder in memory that is removed in the end. */
const char *fuzz_dir(void);
/* Puts a file of that folder there, mode 0600; its path, valid until the next call. */
const char *fuzz_file(const char *name, const void *data, size_t len);
/* Always the same bytes in one run of an input, so that a finding can be repeated. */
struct random_source;
const struct random_source *fuzz_random(void);
void fuzz_random_reset(void);

_Noreturn void fuzz_fail(const char *file, int line, const char *what);
#define must(condition) ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))

/* An input read from the front; what is missing at its end reads as zero. */
struct fuzz_input {
	const uint8_t *at, *end;
};

static inline uint8_t take_u8(struct fuzz_input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static inline uint16_t take_u16(struct fuzz_input *in)
{
	uint16_t low = take_u8(in);
	return (uint16_t)(low | take_u8(in) << 8);
}

static inline uint64_t take_u64(struct fuzz_input *in)
{
	uint64_t value = 0;
	for (int i = 0; i < 64; i += 8)
		value |= (uint64_t)take_u8(in) << i;
	return value;
}

/* As many bytes as the next two say, or what is left; borrowed from the input. */
static inline const uint8_t *take_bytes(struct fuzz_input *in, size_t *len_out)
{
	size_t len = take_u16(in), left = (size_t)(in->end - in->at);
	const uint8_t *data = in->at;
	*len_out = len < left ? len : left;
	in->at += *len_out;
	return data;
}

/* Seeds that are texts. */
static inline ptrdiff_t fuzz_text_seed(const char *const *texts, size_t count, size_t index, uint8_t *out,
				       size_t size)
{
	size_t len = index < count ? strlen(texts[index]) : 0;
	if (index >= count || len > size)
		return -1;
	memcpy(out, texts[index], len);
	return (ptrdiff_t)len;
}

#endif
