/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

static char folder[256];
static char file_path[512];
static uint64_t random_state = 1;

/* The log of the programs, in its place: formatted, so that the formats are exercised too, and thrown away. */
void log_line(enum log_level level, const char *event, const char *format, ...)
{
	char text[4096];
	va_list args;
	(void)level;
	(void)event;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
}

void log_set_level(enum log_level level)
{
	(void)level;
}

void log_set_level_name(const char *name)
{
	(void)name;
}

_Noreturn void fuzz_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: must hold: %s\n", file, line, what);
	abort();
}

/* xorshift64* */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545F4914F6CDD1Du;
}

static void fill(void *context, void *out, size_t len)
{
	uint8_t *bytes = out;
	(void)context;
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(next_random(&random_state) >> 32);
}

const struct random_source *fuzz_random(void)
{
	static const struct random_source source = {fill, NULL};
	return &source;
}

void fuzz_random_reset(void)
{
	random_state = 1;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *place)
{
	(void)info;
	(void)type;
	(void)place;
	return remove(path);
}

static void remove_folder(void)
{
	if (folder[0])
		nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_dir(void)
{
	if (!folder[0]) {
		const char *base = getenv("ZHIBAO_FUZZ_TMP");
		if (!base)
			base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
		snprintf(folder, sizeof(folder), "%s/zhibao-fuzz-XXXXXX", base);
		must(mkdtemp(folder));
		atexit(remove_folder);
	}
	return folder;
}

const char *fuzz_file(const char *name, const void *data, size_t len)
{
	snprintf(file_path, sizeof(file_path), "%s/%s", fuzz_dir(), name);
	int fd = open(file_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0 && (len == 0 || write(fd, data, len) == (ssize_t)len));
	close(fd);
	return file_path;
}

#ifdef ZB_LIBFUZZER

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static uint8_t seed[FUZZ_INPUT_MAX];
	const char *to = getenv("ZHIBAO_FUZZ_SEEDS");
	ptrdiff_t len;
	(void)argc;
	(void)argv;
	fuzz_setup();
	for (size_t i = 0; to && (len = fuzz_seed(i, seed, sizeof(seed))) >= 0; i++) {
		char path[512];
		snprintf(path, sizeof(path), "%s/seed-%zu", to, i);
		FILE *out = fopen(path, "wb");
		must(out && fwrite(seed, 1, (size_t)len, out) == (size_t)len);
		fclose(out);
	}
	if (to)
		exit(0);
	return 0;
}

#else

enum { SEEDS_MAX = 512, STEPS_MAX = 8 };

struct seed {
	uint8_t *data;
	size_t len;
};

static struct seed seeds[SEEDS_MAX];
static size_t seed_count;
static uint8_t input[2 * FUZZ_INPUT_MAX];
static size_t input_len;
static long run_no;

static void tell_run(void)
{
	char text[80];
	int len = snprintf(text, sizeof(text), "input of run %ld; see it with: dump %ld\n", run_no, run_no);
	(void)!write(STDERR_FILENO, text, (size_t)len);
}

static void on_abort(int signal)
{
	(void)signal;
	tell_run();
}

/* Of the sanitizers, where there is one. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void load_seeds(void)
{
	static uint8_t data[FUZZ_INPUT_MAX];
	ptrdiff_t len;
	for (; seed_count < SEEDS_MAX && (len = fuzz_seed(seed_count, data, sizeof(data))) >= 0; seed_count++) {
		struct seed *seed = &seeds[seed_count];
		seed->data = malloc((size_t)len + 1);
		must(seed->data);
		memcpy(seed->data, data, (size_t)len);
		seed->len = (size_t)len;
	}
	must(seed_count > 0);
}

static size_t below(uint64_t *state, size_t limit)
{
	return limit ? (size_t)(next_random(state) >> 16) % limit : 0;
}

/* Makes room for len bytes at place; what does not fit falls off the end. */
static void insert(size_t place, const uint8_t *data, size_t len)
{
	if (input_len + len > sizeof(input))
		return;
	memmove(input + place + len, input + place, input_len - place);
	memcpy(input + place, data, len);
	input_len += len;
}

static void step(uint64_t *state)
{
	static const uint8_t telling[] = {0, 1, 2, 0x0A, '"', ',', '/', '{', '}', 0x7F, 0x80, 0xC3, 0xFE, 0xFF};
	static uint8_t piece[4096];
	size_t place = below(state, input_len + 1), len = 1 + below(state, below(state, 8) ? 16 : 2048);
	const struct seed *other = &seeds[below(state, seed_count)];
	size_t from = below(state, other->len + 1);
	if (len > input_len - place)
		len = input_len - place;
	switch (below(state, 8)) {
	case 0:
		if (len)
			input[place] ^= (uint8_t)(1u << below(state, 8));
		break;
	case 1:
		if (len)
			input[place] = (uint8_t)next_random(state);
		break;
	case 2:
		if (len)
			input[place] = telling[below(state, sizeof(telling))];
		break;
	case 3:
		insert(place, &telling[below(state, sizeof(telling))], 1);
		break;
	case 4: /* drop */
		memmove(input + place, input + place + len, input_len - place - len);
		input_len -= len;
		break;
	case 5: /* double */
		memcpy(piece, input + place, len);
		insert(place, piece, len);
		break;
	case 6: /* a piece of another one */
		len = 1 + below(state, 64);
		insert(place, other->data + from, len < other->len - from ? len : other->len - from);
		break;
	default:
		if (len >= 2) {
			uint64_t word = next_random(state);
			memcpy(input + place, &word, len < 8 ? len : 8);
		}
	}
}

/* Run number n: the seeds as they are first, then mutations that depend on n only. */
static void make_input(long n)
{
	uint64_t state = (uint64_t)n * 0x9E3779B97F4A7C15u + 1;
	const struct seed *seed = &seeds[(size_t)n < seed_count ? (size_t)n : below(&state, seed_count)];
	memcpy(input, seed->data, seed->len);
	input_len = seed->len;
	for (size_t steps = (size_t)n < seed_count ? 0 : 1 + below(&state, STEPS_MAX); steps > 0; steps--)
		step(&state);
}

static void run_input(void)
{
	/* Exactly as long as it is, so that a sanitizer sees a read beyond it. */
	uint8_t *copy = malloc(input_len + !input_len);
	must(copy);
	memcpy(copy, input, input_len);
	LLVMFuzzerTestOneInput(copy, input_len);
	free(copy);
}

static int run_files(char **paths)
{
	for (; *paths; paths++) {
		FILE *in = fopen(*paths, "rb");
		if (!in) {
			perror(*paths);
			return 2;
		}
		input_len = fread(input, 1, sizeof(input), in);
		fclose(in);
		run_input();
	}
	return 0;
}

/* NAME runs N | dump N | run N | files PATH... */
int main(int argc, char **argv)
{
	long n = argc > 2 ? strtol(argv[2], NULL, 10) : 1000;
	const char *word = argc > 1 ? argv[1] : "runs";
	signal(SIGABRT, on_abort);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(tell_run);
	fuzz_setup();
	load_seeds();
	if (strcmp(word, "files") == 0)
		return run_files(argv + 2);
	if (strcmp(word, "dump") == 0 || strcmp(word, "run") == 0) {
		make_input(run_no = n);
		if (word[0] == 'r')
			run_input();
		else
			fwrite(input, 1, input_len, stdout);
	} else {
		for (run_no = 0; run_no < n + (long)seed_count; run_no++) {
			make_input(run_no);
			run_input();
		}
		printf("%zu seeds, %ld mutations\n", seed_count, n);
	}
	for (size_t i = 0; i < seed_count; i++)
		free(seeds[i].data);
	return 0;
}

#endif
