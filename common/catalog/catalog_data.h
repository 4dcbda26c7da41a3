/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_data.h - the kinds, each defined with its fields beside its group; not for other folders */
#ifndef ZHIBAO_CATALOG_DATA_H
#define ZHIBAO_CATALOG_DATA_H

#include "catalog.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Of publications and of what inspections look at. */
enum { CATALOG_CHANNEL_COUNT = 3 };
extern const struct catalog_value catalog_channels[CATALOG_CHANNEL_COUNT];

/* catalog_papers.c */
extern const struct catalog_kind catalog_office_profile, catalog_submission, catalog_statistics_form, catalog_filing_receipt;
/* catalog_activities.c */
extern const struct catalog_kind catalog_plan_item, catalog_lecture_event, catalog_study_event, catalog_speaker, catalog_claim;
/* catalog_publicity.c */
extern const struct catalog_kind catalog_publication, catalog_media_product, catalog_policy_document, catalog_interpretation,
	catalog_window_report, catalog_news_item;
/* catalog_supervision.c */
extern const struct catalog_kind catalog_inspection, catalog_circular, catalog_feedback_stat, catalog_exchange, catalog_public_input;

#endif
