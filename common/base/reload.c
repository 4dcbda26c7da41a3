/* SPDX-License-Identifier: Apache-2.0 */
#include "reload.h"

#include "log.h"

struct conf *reload_settings(const struct conf *started_with)
{
	struct conf *fresh;
	struct err err = {0};
	size_t at = 0;
	if (conf_reload(&fresh, started_with, &err) < 0) {
		log_error("conf.refused", "cause=\"%s\"", err.text);
		return NULL;
	}
	for (const char *key; (key = conf_next_fixed(started_with, fresh, &at));)
		log_warn("conf.needs_restart", "key=%s", key);
	log_set_level_name(conf_text(fresh, "log.level"));
	log_info("conf.reloaded", "level=%s", conf_text(fresh, "log.level"));
	return fresh;
}
