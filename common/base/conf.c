/* SPDX-License-Identifier: Apache-2.0 */
#include "conf.h"

#include <assert.h>
#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

struct conf_value {
	char *text; /* as written */
	int64_t number;
	bool is_set;
};

struct conf {
	const struct conf_key *table;
	size_t count;
	struct conf_value *values;
	char *file;
};

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit byte_units[] = {
	{"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024LL * 1024 * 1024}, {NULL, 0}};
static const struct unit time_units[] = {
	{"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

/* libconfuse reports through a plain callback; one load at a time per thread. */
static _Thread_local struct err *report_to;
static _Thread_local const char *report_file;

static void report(cfg_t *cfg, const char *format, va_list args)
{
	char text[256];
	vsnprintf(text, sizeof(text), format, args);
	const char *name = strstr(text, "no such option '");
	if (report_to->code != ERR_NONE)
		return; /* the first complaint is the useful one */
	if (name) {
		char key[64] = "";
		sscanf(name, "no such option '%63[^']'", key);
		bool is_inside = cfg->name && strcmp(cfg->name, "root") != 0;
		err_set(report_to, ERR_CONFIG,
			"CONF_UNKNOWN_KEY %s:%d: 未知配置项 %s%s%s，可用的配置项见 print-config", report_file,
			cfg->line, is_inside ? cfg->name : "", is_inside ? "." : "", key);
	} else {
		err_set(report_to, ERR_CONFIG, "CONF_SYNTAX %s:%d: 配置文件语法错误（%s），应为 节名 { 名称 = \"值\" }",
			report_file, cfg->line, text);
	}
}

static const struct unit *units_of(enum conf_type type)
{
	return type == CONF_BYTES ? byte_units : type == CONF_DURATION ? time_units : no_units;
}

static void describe(const struct conf_key *key, char *out, size_t size)
{
	switch (key->type) {
	case CONF_TEXT:
		snprintf(out, size, "%lld 至 %lld 字节的文字", (long long)key->min, (long long)key->max);
		break;
	case CONF_PATH:
	case CONF_SECRET:
		snprintf(out, size, "绝对路径");
		break;
	case CONF_BOOL:
		snprintf(out, size, "true 或 false");
		break;
	default:
		snprintf(out, size, "%lld 至 %lld%s", (long long)key->min, (long long)key->max,
			 key->type == CONF_BYTES      ? " 字节，须带单位 B、KiB、MiB 或 GiB"
			 : key->type == CONF_DURATION ? " 毫秒，须带单位 ms、s、min、h 或 d"
						      : " 的整数");
	}
}

static int parse_number(const struct conf_key *key, const char *text, int64_t *out)
{
	char *end;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (end == text || errno)
		return -1;
	while (*end == ' ')
		end++;
	for (const struct unit *unit = units_of(key->type); unit->name; unit++) {
		if (strcmp(end, unit->name) != 0)
			continue;
		if (__builtin_mul_overflow(number, unit->factor, out))
			return -1;
		return *out < key->min || *out > key->max ? -1 : 0;
	}
	return -1;
}

static int parse_value(const struct conf_key *key, const char *text, int64_t *out)
{
	size_t len = strlen(text);
	*out = 0;
	switch (key->type) {
	case CONF_TEXT:
		return (int64_t)len < key->min || (int64_t)len > key->max ? -1 : 0;
	case CONF_PATH:
	case CONF_SECRET:
		/* Empty only where that is the default: not used. */
		return text[0] == '/' || (!text[0] && key->default_text && !key->default_text[0]) ? 0 : -1;
	case CONF_BOOL:
		*out = strcmp(text, "true") == 0;
		return *out || strcmp(text, "false") == 0 ? 0 : -1;
	default:
		return parse_number(key, text, out);
	}
}

static int keep(struct conf *conf, size_t i, const char *text, const char *where, struct err *err)
{
	const struct conf_key *key = &conf->table[i];
	int64_t number;
	if (parse_value(key, text, &number) < 0) {
		char expected[128];
		describe(key, expected, sizeof(expected));
		err_set(err, ERR_CONFIG, "CONF_BAD_VALUE %s: %s = \"%.80s\" 不合要求，应为%s", where, key->key,
			text, expected);
		return -1;
	}
	conf->values[i].text = strdup(text);
	conf->values[i].number = number;
	conf->values[i].is_set = true;
	return conf->values[i].text ? 0 : -1;
}

/* Line of the first "name =" at or after the section; libconfuse does not keep it per option. */
static int line_of(const char *file, const char *section, const char *name)
{
	FILE *in = fopen(file, "r");
	char text[1024];
	int line = 0, found = 0;
	bool is_inside = false;
	while (in && fgets(text, sizeof(text), in)) {
		line++;
		const char *at = text + strspn(text, " \t");
		if (strncmp(at, section, strlen(section)) == 0 &&
		    strspn(at + strlen(section), " \t{") > 0)
			is_inside = true;
		const char *hit = is_inside ? strstr(at, name) : NULL;
		if (hit && (hit == at || strchr(" \t{", hit[-1])) && strspn(hit + strlen(name), " \t=")) {
			found = line;
			break;
		}
		if (strchr(at, '}'))
			is_inside = false;
	}
	if (in)
		fclose(in);
	return found;
}

static void split_key(const char *key, char *section, size_t size, const char **name_out)
{
	const char *dot = strchr(key, '.');
	assert(dot && (size_t)(dot - key) < size);
	(void)size;
	memcpy(section, key, (size_t)(dot - key));
	section[dot - key] = '\0';
	*name_out = dot + 1;
}

/* Builds the option tree of libconfuse from the table; everything is a text with a NULL default. */
struct tree {
	cfg_opt_t *sections;
	size_t section_count;
	cfg_opt_t **options; /* per section, ended by CFG_END */
	char (*names)[64];
};

static int tree_build(struct tree *tree, const struct conf_key *table, size_t count)
{
	tree->sections = calloc(count + 1, sizeof(*tree->sections));
	tree->options = calloc(count, sizeof(*tree->options));
	tree->names = calloc(count, sizeof(*tree->names));
	if (!tree->sections || !tree->options || !tree->names)
		return -1;
	for (size_t i = 0; i < count; i++) {
		char section[64];
		const char *name;
		split_key(table[i].key, section, sizeof(section), &name);
		size_t s = 0;
		while (s < tree->section_count && strcmp(tree->names[s], section) != 0)
			s++;
		if (s == tree->section_count) {
			memcpy(tree->names[s], section, sizeof(section));
			tree->options[s] = calloc(count + 1, sizeof(cfg_opt_t));
			if (!tree->options[s])
				return -1;
			tree->section_count++;
		}
		size_t o = 0;
		while (tree->options[s][o].name)
			o++;
		tree->options[s][o] = (cfg_opt_t)CFG_STR(name, NULL, CFGF_NODEFAULT);
	}
	for (size_t s = 0; s < tree->section_count; s++)
		tree->sections[s] = (cfg_opt_t)CFG_SEC(tree->names[s], tree->options[s], CFGF_NONE);
	return 0;
}

static void tree_free(struct tree *tree)
{
	for (size_t s = 0; s < tree->section_count; s++)
		free(tree->options[s]);
	free(tree->options);
	free(tree->sections);
	free(tree->names);
}

static int take_values(struct conf *conf, cfg_t *cfg, const char *file, struct err *err)
{
	for (size_t i = 0; i < conf->count; i++) {
		const struct conf_key *key = &conf->table[i];
		char section[64], where[512];
		const char *name;
		split_key(key->key, section, sizeof(section), &name);
		cfg_t *sub = cfg_getsec(cfg, section);
		const char *text = sub && cfg_size(sub, name) > 0 ? cfg_getstr(sub, name) : NULL;
		if (!text && !key->default_text) {
			err_set(err, ERR_CONFIG, "CONF_MISSING_KEY %s: 缺少必填配置项 %s（%s）", file, key->key,
				key->help_zh);
			return -1;
		}
		snprintf(where, sizeof(where), "%s:%d", file, text ? line_of(file, section, name) : 0);
		if (keep(conf, i, text ? text : key->default_text, where, err) < 0)
			return -1;
	}
	return 0;
}

int conf_load(struct conf **out, const char *file, const struct conf_key *table, size_t count,
	      struct err *err)
{
	struct err local = {0};
	struct tree tree = {0};
	cfg_t *cfg = NULL;
	int rc = -1;
	*out = NULL;
	struct conf *conf = calloc(1, sizeof(*conf));
	if (!conf)
		return -1;
	conf->table = table;
	conf->count = count;
	conf->values = calloc(count, sizeof(*conf->values));
	conf->file = strdup(file);
	if (!conf->values || !conf->file || tree_build(&tree, table, count) < 0) {
		err_set(&local, ERR_NOMEM, "内存不足");
		goto out;
	}
	report_to = &local;
	report_file = file;
	cfg = cfg_init(tree.sections, CFGF_NONE);
	cfg_set_error_function(cfg, report);
	int got = cfg_parse(cfg, file);
	if (got == CFG_FILE_ERROR)
		err_set(&local, ERR_CONFIG, "CONF_SYNTAX %s:0: 无法读取配置文件：%s", file, strerror(errno));
	if (got != CFG_SUCCESS) {
		if (local.code == ERR_NONE)
			err_set(&local, ERR_CONFIG, "CONF_SYNTAX %s:%d: 配置文件语法错误", file, cfg->line);
		goto out;
	}
	if (take_values(conf, cfg, file, &local) < 0)
		goto out;
	*out = conf;
	conf = NULL;
	rc = 0;
out:
	if (rc < 0 && err)
		*err = local;
	if (cfg)
		cfg_free(cfg);
	tree_free(&tree);
	conf_free(&conf);
	return rc;
}

void conf_free(struct conf **conf)
{
	if (!*conf)
		return;
	for (size_t i = 0; (*conf)->values && i < (*conf)->count; i++)
		free((*conf)->values[i].text);
	free((*conf)->values);
	free((*conf)->file);
	free(*conf);
	*conf = NULL;
}

int conf_reload(struct conf **out, const struct conf *old, struct err *err)
{
	return conf_load(out, old->file, old->table, old->count, err);
}

const char *conf_next_fixed(const struct conf *old, const struct conf *fresh, size_t *at)
{
	while (*at < old->count) {
		size_t i = (*at)++;
		if (!old->table[i].is_reloadable && strcmp(old->values[i].text, fresh->values[i].text) != 0)
			return old->table[i].key;
	}
	return NULL;
}

static const struct conf_value *find(const struct conf *conf, const char *key, bool is_text)
{
	for (size_t i = 0; i < conf->count; i++) {
		if (strcmp(conf->table[i].key, key) != 0)
			continue;
		bool has_text = conf->table[i].type <= CONF_SECRET;
		assert(has_text == is_text);
		assert(has_text == is_text);
		(void)has_text;
		(void)is_text;
		return &conf->values[i];
	}
	assert(false && "no such key in the table");
	abort();
}

const char *conf_text(const struct conf *conf, const char *key)
{
	return find(conf, key, true)->text;
}

int64_t conf_number(const struct conf *conf, const char *key)
{
	return find(conf, key, false)->number;
}

void conf_print(const struct conf *conf, const struct conf_key *table, size_t count, FILE *to)
{
	char open_section[64] = "";
	for (size_t i = 0; i < count; i++) {
		char section[64], expected[128];
		const char *name;
		split_key(table[i].key, section, sizeof(section), &name);
		describe(&table[i], expected, sizeof(expected));
		if (strcmp(section, open_section) != 0) {
			fprintf(to, "%s%s {\n", open_section[0] ? "}\n" : "", section);
			memcpy(open_section, section, sizeof(section));
		}
		const char *text = conf ? conf->values[i].text : table[i].default_text;
		fprintf(to, "\t# %s。%s%s\n", table[i].help_zh, expected,
			table[i].is_reloadable ? "；可重新加载" : "");
		if (!text)
			fprintf(to, "\t# %s = \"\"  （必填）\n", name);
		else if (table[i].type == CONF_SECRET)
			fprintf(to, "\t# %s = \"***\"\n", name);
		else
			fprintf(to, "\t%s = \"%s\"\n", name, text);
	}
	if (open_section[0])
		fprintf(to, "}\n");
}
