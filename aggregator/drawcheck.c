/* SPDX-License-Identifier: Apache-2.0 */
#include "drawcheck.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

__extension__ typedef unsigned __int128 wide;

enum { SEED_BYTES = 32 };

struct member {
	const char *code, *stratum; /* borrowed from the file */
	int64_t weight;
	wide key;
	size_t city; /* index of its stratum */
	bool is_first;
};

struct city {
	const char *code;
	int64_t weight;
	wide key;
	bool is_drawn;
};

struct drawing {
	uint8_t seed[SEED_BYTES];
	struct member *members;
	struct city *cities;
	size_t member_count, city_count;
	int64_t size, per_city, drawn_cities;
};

/* As zhibao.draw_key: -log2 of a hash in units of 2^-48, by squaring, times 10^9 over the weight.
 */
static wide draw_key(const uint8_t seed[SEED_BYTES], const char *prefix, const char *code,
		     int64_t weight)
{
	crypto_hash_sha256_state state;
	uint8_t digest[crypto_hash_sha256_BYTES];
	wide x = 0, part = 0, one = (wide)1 << 63;
	unsigned whole = 1;
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, seed, SEED_BYTES);
	crypto_hash_sha256_update(&state, (const uint8_t *)prefix, strlen(prefix));
	crypto_hash_sha256_update(&state, (const uint8_t *)code, strlen(code));
	crypto_hash_sha256_final(&state, digest);
	for (int i = 0; i < 8; i++)
		x = x << 8 | digest[i];
	if (++x == one << 1)
		return 0;
	for (; x < one; whole++)
		x <<= 1;
	for (int i = 0; i < 48; i++) {
		x = x * x >> 63;
		part <<= 1;
		if (x >= one << 1) {
			x >>= 1;
			part |= 1;
		}
	}
	return (((wide)whole << 48) - part) * 1000000000U / (wide)weight;
}

static int compare_codes(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->code, ((const struct member *)b)->code);
}

static int compare_keys(wide a, wide b, const char *code_a, const char *code_b)
{
	return a != b ? (a < b ? -1 : 1) : strcmp(code_a, code_b);
}

static int compare_drawn(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	if (x->is_first != y->is_first)
		return x->is_first ? -1 : 1;
	return compare_keys(x->key, y->key, x->code, y->code);
}

static int read_members(const json_t *list, struct drawing *drawing)
{
	size_t i, count = json_array_size(list);
	json_t *entry;
	drawing->members = calloc(count + 1, sizeof(*drawing->members));
	drawing->cities = calloc(count + 1, sizeof(*drawing->cities));
	if (count == 0 || !drawing->members || !drawing->cities)
		return -1;
	json_array_foreach(list, i, entry)
	{
		struct member *member = &drawing->members[i];
		member->code = json_string_value(json_object_get(entry, "code"));
		member->stratum = json_string_value(json_object_get(entry, "stratum"));
		member->weight = json_integer_value(json_object_get(entry, "weight"));
		if (!member->code || !member->stratum || member->weight < 1 ||
		    member->weight > 1000000)
			return -1;
	}
	drawing->member_count = count;
	qsort(drawing->members, count, sizeof(drawing->members[0]), compare_codes);
	for (i = 1; i < count; i++)
		if (strcmp(drawing->members[i - 1].code, drawing->members[i].code) == 0)
			return -1;
	return 0;
}

static int read_file(const json_t *draw, struct drawing *drawing, struct err *err)
{
	const char *format = json_string_value(json_object_get(draw, "format"));
	const char *seed = json_string_value(json_object_get(draw, "seed"));
	size_t len;
	drawing->size = json_integer_value(json_object_get(draw, "sample_size"));
	drawing->per_city = json_integer_value(json_object_get(draw, "per_city"));
	drawing->drawn_cities = json_integer_value(json_object_get(draw, "cities"));
	if (format && strcmp(format, "zhibao-draw-1") == 0 && seed &&
	    sodium_hex2bin(drawing->seed, SEED_BYTES, seed, strlen(seed), NULL, &len, NULL) == 0 &&
	    len == SEED_BYTES && read_members(json_object_get(draw, "population"), drawing) == 0 &&
	    drawing->size > 0 && drawing->drawn_cities > 0)
		return 0;
	err_set(err, ERR_DATA, "E_DRAW_FORMAT 文件不是已抽取的抽查公开内容（zhibao-draw-1）");
	return -1;
}

static bool is_digest(const json_t *draw, const char *name, const void *data, size_t len)
{
	const char *expected = json_string_value(json_object_get(draw, name));
	uint8_t digest[crypto_hash_sha256_BYTES];
	char hex[sizeof(digest) * 2 + 1];
	crypto_hash_sha256(digest, data, len);
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	return expected && strcmp(expected, hex) == 0;
}

static int check_promises(const json_t *draw, const struct drawing *drawing, struct err *err)
{
	struct buf lines = {0};
	for (size_t i = 0; i < drawing->member_count; i++)
		buf_format(&lines, "%s,%s,%lld\n", drawing->members[i].code,
			   drawing->members[i].stratum, (long long)drawing->members[i].weight);
	int rc = -1;
	if (lines.is_failed)
		err_set(err, ERR_NOMEM, "内存不足");
	else if (!is_digest(draw, "commitment", drawing->seed, SEED_BYTES))
		err_set(err, ERR_DATA, "E_DRAW_COMMITMENT 随机种子与事先公布的承诺值不符");
	else if (!is_digest(draw, "population_digest", lines.data, lines.len))
		err_set(err, ERR_DATA, "E_DRAW_DIGEST 名单或权重与事先公布的摘要不符");
	else
		rc = 0;
	buf_fini(&lines);
	return rc;
}

static void draw_cities(struct drawing *drawing)
{
	for (size_t i = 0; i < drawing->member_count; i++) {
		size_t c = 0;
		while (c < drawing->city_count &&
		       strcmp(drawing->cities[c].code, drawing->members[i].stratum) != 0)
			c++;
		if (c == drawing->city_count)
			drawing->cities[drawing->city_count++].code = drawing->members[i].stratum;
		drawing->cities[c].weight += drawing->members[i].weight;
		drawing->members[i].city = c;
	}
	for (size_t c = 0; c < drawing->city_count; c++)
		drawing->cities[c].key = draw_key(drawing->seed, "city:", drawing->cities[c].code,
						  drawing->cities[c].weight);
	for (int64_t drawn = 0; drawn < drawing->drawn_cities; drawn++) {
		struct city *best = NULL;
		for (struct city *at = drawing->cities; at < drawing->cities + drawing->city_count;
		     at++)
			if (!at->is_drawn &&
			    (!best || compare_keys(at->key, best->key, at->code, best->code) < 0))
				best = at;
		if (best)
			best->is_drawn = true;
	}
}

/* Leaves the members of the drawn cities in front, in the order in which they are drawn. */
static void draw_members(struct drawing *drawing)
{
	size_t kept = 0;
	for (size_t i = 0; i < drawing->member_count; i++) {
		struct member member = drawing->members[i];
		if (!drawing->cities[member.city].is_drawn)
			continue;
		member.key = draw_key(drawing->seed, "", member.code, member.weight);
		drawing->members[kept++] = member;
	}
	drawing->member_count = kept;
	for (size_t i = 0; i < kept; i++) {
		struct member *member = &drawing->members[i];
		int64_t before = 0;
		for (size_t k = 0; k < kept; k++)
			before += drawing->members[k].city == member->city &&
				  compare_keys(drawing->members[k].key, member->key,
					       drawing->members[k].code, member->code) < 0;
		member->is_first = before < drawing->per_city;
	}
	qsort(drawing->members, kept, sizeof(drawing->members[0]), compare_drawn);
}

static int check_sample(const json_t *draw, const struct drawing *drawing, struct err *err)
{
	const json_t *sample = json_object_get(draw, "sample");
	size_t i;
	json_t *entry;
	if ((int64_t)json_array_size(sample) != drawing->size ||
	    drawing->size > (int64_t)drawing->member_count) {
		err_set(err, ERR_DATA, "E_DRAW_SAMPLE 抽中单位的个数不对");
		return -1;
	}
	json_array_foreach(sample, i, entry)
	{
		const char *code = json_string_value(json_object_get(entry, "code"));
		if (code && strcmp(code, drawing->members[i].code) == 0)
			continue;
		err_set(err, ERR_DATA, "E_DRAW_SAMPLE 第 %zu 个应抽中 %s，文件中是 %s", i + 1,
			drawing->members[i].code, code ? code : "空");
		return -1;
	}
	return 0;
}

int draw_check(const json_t *draw, struct err *err)
{
	struct drawing drawing = {0};
	int rc = -1;
	if (read_file(draw, &drawing, err) < 0 || check_promises(draw, &drawing, err) < 0)
		goto out;
	draw_cities(&drawing);
	draw_members(&drawing);
	rc = check_sample(draw, &drawing, err);
out:
	free(drawing.members);
	free(drawing.cities);
	return rc;
}
