/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - one line per event on standard error: level, event id, key=value
 * error: someone must act; warn: handled, quality lost; info: life of the daemon; debug: off by default.
 * Thread: any; a line is one write. Payloads and secrets never go here. */
#ifndef ZHIBAO_LOG_H
#define ZHIBAO_LOG_H

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

void log_set_level(enum log_level level);
/* error, warn, info or debug; anything else changes nothing. */
void log_set_level_name(const char *name);
/* event is module.word; format holds "key=%d key=\"%s\"". Control characters are escaped. */
void log_line(enum log_level level, const char *event, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
