/* SPDX-License-Identifier: Apache-2.0 */
/* api.h - the figures over HTTP (/api/v1): every answer is one statement, so it is one moment of the store
 * Thread: handlers run in the server's threads; the pool and the fold status are safe to share. */
#ifndef ZHIBAO_API_H
#define ZHIBAO_API_H

#include "fold.h"
#include "freezer.h"
#include "http.h"
#include "params.h"
#include "pgpool.h"
#include "reportworker.h"

struct api {
	struct pgpool *pool;        /* borrowed */
	struct pgpool *exports;     /* borrowed; for answers of any length, so that they do not hold up the others */
	struct fold *fold;          /* borrowed */
	struct freezer *freezer;    /* borrowed */
	struct reportworker *reports; /* borrowed */
	struct http_server *server; /* borrowed; set after the start, for /metrics */
};

extern const struct http_route api_routes[]; /* context: struct api */
extern const size_t api_route_count;

/* Runs one statement and answers with its one cell: no row is 404 with the code, a refusal 400 with
 * its own. */
void api_answer(struct api *api, const char *sql, const struct pg_param *params, size_t count,
		const char *missing_code, const char *missing_text, struct http_response *response);
/* on and as_of of a request; answers it and returns -1 when they are bad. */
int api_point(struct api *api, struct http_request *request, struct point *point,
	      struct http_response *response);
/* The node asked for, the province by default; borrowed from the request. */
const char *api_node(const struct http_request *request);

/* Routes of apideadline.c. */
void api_deadlines(void *context, struct http_request *request, struct http_response *response);
void api_deadline_matrix(void *context, struct http_request *request, struct http_response *response);
void api_deadline_obligation(void *context, struct http_request *request, struct http_response *response);

/* Routes of apiforms.c. */
void api_forms(void *context, struct http_request *request, struct http_response *response);
void api_forms_consolidated(void *context, struct http_request *request, struct http_response *response);
void api_one_form(void *context, struct http_request *request, struct http_response *response);

/* Routes of apireview.c. */
void apireview_list(void *context, struct http_request *request, struct http_response *response);
void apireview_summary(void *context, struct http_request *request, struct http_response *response);
void apireview_kinds(void *context, struct http_request *request, struct http_response *response);

/* Routes of apifigures.c. */
void apifigures_indicator(void *context, struct http_request *request,
			  struct http_response *response);
void apifigures_catalogue(void *context, struct http_request *request,
			  struct http_response *response);
void apifigures_members(void *context, struct http_request *request,
			struct http_response *response);
void apifigures_effect(void *context, struct http_request *request, struct http_response *response);
void apifigures_baseline(void *context, struct http_request *request,
			 struct http_response *response);
void apifigures_annex2(void *context, struct http_request *request, struct http_response *response);
void apifigures_annex2_sessions(void *context, struct http_request *request,
				struct http_response *response);
void apifigures_interval(void *context, struct http_request *request,
			 struct http_response *response);
/* Routes of apifreezes.c, apiexport.c and apifile.c. */
void apifreezes_frozen(void *context, struct http_request *request, struct http_response *response);
void apifreezes_diff(void *context, struct http_request *request, struct http_response *response);
void apifreezes_draws(void *context, struct http_request *request, struct http_response *response);
void apifreezes_draw(void *context, struct http_request *request, struct http_response *response);
void apiexport(void *context, struct http_request *request, struct http_response *response);
void apifile(void *context, struct http_request *request, struct http_response *response);

/* Routes of apireport.c. */
void apireport_list(void *context, struct http_request *request, struct http_response *response);
void apireport_file(void *context, struct http_request *request, struct http_response *response);

/* Routes of monitor.c. */
void monitor_healthz(void *context, struct http_request *request, struct http_response *response);
void monitor_readyz(void *context, struct http_request *request, struct http_response *response);
void monitor_metrics(void *context, struct http_request *request, struct http_response *response);

#endif
