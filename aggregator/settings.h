/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h - the configuration table of the aggregator */
#ifndef ZHIBAO_AGGREGATOR_SETTINGS_H
#define ZHIBAO_AGGREGATOR_SETTINGS_H

#include "conf.h"

extern const struct conf_key aggregator_settings[];
extern const size_t aggregator_setting_count;

#endif
