/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static _Atomic int max_level = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	atomic_store(&max_level, (int)level);
}

void log_set_level_name(const char *name)
{
	static const struct {
		const char *name;
		enum log_level level;
	} levels[] = {{"error", LOG_LEVEL_ERROR},
		      {"warn", LOG_LEVEL_WARN},
		      {"info", LOG_LEVEL_INFO},
		      {"debug", LOG_LEVEL_DEBUG}};
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(name, levels[i].name) == 0)
			log_set_level(levels[i].level);
}

/* The journal stamps lines itself and reads the level prefix; a terminal wants time and word. */
static int write_head(char *line, size_t size, enum log_level level, const char *event)
{
	if (getenv("JOURNAL_STREAM"))
		return snprintf(line, size, "<%d>%s ", (int)level, event);
	static const char *const words[] = {"", "", "", "error", "warn", "", "info", "debug"};
	struct timespec now;
	struct tm utc;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	char stamp[32];
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
	return snprintf(line, size, "%s.%03ldZ %s %s ", stamp, now.tv_nsec / 1000000, words[level],
			event);
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
	if ((int)level > atomic_load(&max_level))
		return;
	char line[2048];
	int head = write_head(line, sizeof(line), level, event);
	va_list args;
	va_start(args, format);
	int body = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, format, args);
	va_end(args);
	size_t len = strlen(line);
	if (body < 0)
		len = (size_t)head;
	for (size_t i = (size_t)head; i < len; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F)
			line[i] = ' ';
	line[len++] = '\n';
	ssize_t written = write(STDERR_FILENO, line, len);
	(void)written; /* nowhere left to complain */
}
