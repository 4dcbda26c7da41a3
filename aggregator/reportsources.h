/* SPDX-License-Identifier: Apache-2.0 */
/* reportsources.h - tables of the audit beyond its main figures: acts of offices, effect sheets, work by part of the node;
 * and those of the statistics form and the circular
 * Thread: any; they are constant. */
#ifndef ZHIBAO_REPORTSOURCES_H
#define ZHIBAO_REPORTSOURCES_H

#include "reportbuild.h"

extern const struct report_source report_source_reliefs;   /* extensions and exemptions */
extern const struct report_source report_source_reminders; /* sent, by material */
extern const struct report_source report_source_received;  /* what was received, one by one */
extern const struct report_source report_source_filings;
extern const struct report_source report_source_baseline;
extern const struct report_source report_source_indicators;
extern const struct report_source report_source_interval;
extern const struct report_source report_source_plan_totals; /* A1-02 */
extern const struct report_source report_source_plan_categories;
extern const struct report_source report_source_plan_cuts; /* from 10-01 on, ruling R10 */
extern const struct report_source report_source_speakers;  /* I-05 */
extern const struct report_source report_source_windows;   /* I-11 */
extern const struct report_source report_source_news;      /* I-16 */
extern const struct report_source report_source_study; /* I-15 by whom it is for */
extern const struct report_source report_source_study_forms;
extern const struct report_source report_source_columns;        /* I-10 */
extern const struct report_source report_source_interpretation; /* I-09 */
extern const struct report_source report_source_interpreted;    /* document by form */
extern const struct report_source report_source_offline;        /* I-07: due and not online, one by one */
extern const struct report_source report_source_withheld;       /* I-07: exempt */
extern const struct report_source report_source_media;          /* I-18 */
extern const struct report_source report_source_works;          /* one by one */
extern const struct report_source report_source_materials;
extern const struct report_source report_source_halls;          /* I-11, one by one */
extern const struct report_source report_source_window_records;
extern const struct report_source report_source_persons;        /* A1-05: names, for the restricted copy only */
extern const struct report_source report_source_person_changes;
extern const struct report_source report_source_draws;
extern const struct report_source report_source_accounts; /* who could act, and as whom */
extern const struct report_source report_source_drawn;    /* A1-05: restricted copies that were handed out */
extern const struct report_source report_source_effect; /* annex 1 L21 */
extern const struct report_source report_source_reconciliation; /* the form consolidated, beside the records */
extern const struct report_source report_source_form_members; /* whose forms it is made of */
extern const struct report_source report_source_form_lists; /* its words and own rows */
extern const struct report_source report_source_form_support; /* one form, beside the records */
extern const struct report_source report_source_form_findings;
extern const struct report_source report_source_plan_line_sessions; /* annex 2: windows and modes */
extern const struct report_source report_source_plan_audiences;
extern const struct report_source report_source_plan_works; /* mini-program, booklets, posters */
extern const struct report_source report_source_plan_events; /* one by one */
extern const struct report_source report_source_told; /* the circular: in time */
extern const struct report_source report_source_told_late; /* late and missing */
extern const struct report_source report_source_told_progress; /* completion and coverage */

#endif
