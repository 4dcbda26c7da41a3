/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h - the configuration table of the collector */
#ifndef ZHIBAO_COLLECTOR_SETTINGS_H
#define ZHIBAO_COLLECTOR_SETTINGS_H

#include "conf.h"

extern const struct conf_key collector_settings[];
extern const size_t collector_setting_count;

#endif
