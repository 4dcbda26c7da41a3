/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h - the configuration table of the agent */
#ifndef ZHIBAO_AGENT_SETTINGS_H
#define ZHIBAO_AGENT_SETTINGS_H

#include "conf.h"

extern const struct conf_key agent_settings[];
extern const size_t agent_setting_count;

#endif
