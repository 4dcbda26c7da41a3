/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - is a record fit to be stored? The same rules at the agent and at the collector
 * Codes: E_FIELD_MISSING, E_TEXT_ENCODING, E_TEXT_CONTROL, E_TEXT_LONG, E_TEXT_BLANK, E_URL_BAD, E_HEX_BAD, E_ID_BAD,
 * E_DIGEST_BAD, E_DATE_BAD, E_DATE_FUTURE, E_DATE_ORDER, E_NUMBER_RANGE, E_ENUM_UNKNOWN, E_LIST_LONG,
 * E_OFFICE_UNKNOWN, E_TOWNSHIP_UNKNOWN, E_TOWNSHIP_CLOSED, E_AREA_EXPLANATION (entry only),
 * E_PLAN_ITEM_UNKNOWN, E_QUOTA_MISSING, E_OPERATION, E_BASE_MISSING, E_REASON_BLANK, E_PROGRAMME_VERSION, E_PROXY_DENIED,
 * and those of formcheck.h.
 * Thread: pure functions; no socket, no clock, no SQL. */
#ifndef ZHIBAO_CHECK_H
#define ZHIBAO_CHECK_H

#include "catalog.h"
#include "problem.h"
#include "registry.h"
#include "zhibao/v1/record.pb-c.h"

struct check_context {
	const struct registry *registry;   /* register loaded at receipt */
	const char *author_office_code;    /* office of the key */
	int32_t today_on;                  /* Shanghai date of the judgement */
	bool is_entry;                     /* at the agent's desk: also ask for what only helps */
	/* Does the plan line exist for the office? NULL: not asked. */
	bool (*has_plan_item)(void *context, const char *office_code, const uint8_t item_id[16]);
	void *context;
};

/* Body of the record and its kind; NULL when it has none. */
const ProtobufCMessage *record_body(const Zhibao__V1__Record *record,
				    const struct catalog_kind **kind_out);
/* A record with what is asked of it more than once, fetched once; everything is borrowed from it. */
struct record_view {
	const Zhibao__V1__Record *record;
	const struct catalog_kind *kind; /* NULL: not in the catalogue */
	const ProtobufCMessage *body;    /* NULL: it has none */
	struct field_value values[CATALOG_FIELDS_MAX]; /* of the body, in the order of kind->fields */
};
void record_view_init(struct record_view *view, const Zhibao__V1__Record *record);
/* Office the record counts for: on_behalf_of or that of the key. Borrowed. */
const char *record_office(const Zhibao__V1__Record *record, const char *author_office_code);
/* Adds what is wrong with the record; nothing added means it may be stored. */
void check_view(const struct record_view *view, const struct check_context *context, struct problems *problems);
/* The same where nobody else asks for the fields. */
void check_record(const Zhibao__V1__Record *record, const struct check_context *context,
		  struct problems *problems);

/* An absolute http or https address. */
bool check_is_url(const char *text);
/* Used by check_view: rules that span several fields of a kind (rules.c). */
void rules_check(const struct record_view *view, const struct check_context *context, struct problems *problems);

#endif
