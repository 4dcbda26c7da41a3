/* SPDX-License-Identifier: Apache-2.0 */
/* reportsources.h - tables of the audit beyond its main figures: acts of offices, effect sheets, work by part of the node
 * Thread: any; they are constant. */
#ifndef ZHIBAO_REPORTSOURCES_H
#define ZHIBAO_REPORTSOURCES_H

#include "reportbuild.h"

extern const struct report_source report_source_reliefs;   /* extensions and exemptions */
extern const struct report_source report_source_reminders; /* sent, by material */
extern const struct report_source report_source_plan_cuts; /* from 10-01 on, ruling R10 */
extern const struct report_source report_source_speakers;  /* I-05 */
extern const struct report_source report_source_windows;   /* I-11 */
extern const struct report_source report_source_news;      /* I-16 */
extern const struct report_source report_source_draws;
extern const struct report_source report_source_effect; /* annex 1 L21 */

#endif
