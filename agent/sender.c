/* SPDX-License-Identifier: Apache-2.0 */
#include "sender.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "dealer.h"
#include "log.h"
#include "rotation.h"
#include "route.h"
#include "session.h"
#include "uplink.h"

enum { TICK_MS = 1000, MOVE_SPREAD_MS = 10000, ENDPOINT_BYTES = 1024 };

struct sender {
	struct sender_options options;
	struct uplink *uplink;
	struct session *session;
	struct inbox *inbox;       /* NULL without a state folder, as the next */
	struct outfiles *outfiles;
	struct dealer *dealer;
	struct route route;
	char connected_to[ENDPOINT_BYTES]; /* or tried last */
	bool is_moving; /* to its first choice, when the session ends */
	bool has_moved; /* and has not failed since: collectors that disagree must not chase it about */
	struct loop_timer *tick_timer, *connect_timer, *settle_timer;
	bool is_v2; /* of the newest session */
	char reason[160];
	char packs_dir[PATH_MAX], files_dir[PATH_MAX];
};

static int64_t now_ms(void)
{
	return clock_monotonic_ms(clock_system());
}

static struct rotation rotation_of(struct sender *sender)
{
	return (struct rotation){sender->options.key_path, sender->options.office_code, sender->session};
}

static bool link_send(void *context, const uint8_t *data, size_t len)
{
	struct sender *sender = context;
	return sender->dealer && dealer_send(sender->dealer, data, len) == DEALER_SENT;
}

static void link_reconnect(void *context, int64_t delay_ms, bool is_failure, const char *reason)
{
	struct sender *sender = context;
	dealer_close(&sender->dealer);
	if (strcmp(sender->reason, reason) != 0)
		log_info("sender.down", "office=%s endpoint=%s wait_ms=%lld reason=\"%s\"", sender->options.office_code,
			 route_current(&sender->route), (long long)delay_ms, reason);
	snprintf(sender->reason, sizeof(sender->reason), "%s", reason);
	if (sender->is_moving)
		route_go_home(&sender->route);
	else if (is_failure && strcmp(route_current(&sender->route), sender->connected_to) == 0)
		route_next(&sender->route);
	sender->has_moved = sender->is_moving || (sender->has_moved && !is_failure);
	sender->is_moving = false;
	if (sender->outfiles)
		outfiles_closed(sender->outfiles);
	loop_timer_set(sender->connect_timer, delay_ms);
}

/* Takes over the addresses of the collectors. 1 when they are others now. */
static int learn(struct sender *sender, char *const *endpoints, size_t count)
{
	struct err err = {0};
	int rc = route_replace(&sender->route, endpoints, count, &err);
	if (rc < 0)
		log_error("sender.route", "cause=\"%s\"", err.text);
	if (rc == 1)
		log_info("sender.route", "office=%s endpoints=%zu first=%s", sender->options.office_code, count,
			 route_home(&sender->route));
	return rc;
}

/* Moves to the first choice unless it is there already. */
static void go_home(struct sender *sender, uint32_t spread_ms)
{
	sender->is_moving = strcmp(route_home(&sender->route), sender->connected_to) != 0;
	if (sender->is_moving)
		session_move(sender->session, (int64_t)random_below(random_system(), (uint64_t)spread_ms + 1), now_ms());
	else
		session_stay(sender->session); /* another list had sent it away */
}

static void on_endpoints(struct sender *sender, const ProtobufCMessage *message)
{
	const Zhibao__V1__Endpoints *told = (const Zhibao__V1__Endpoints *)message;
	learn(sender, told->endpoints, told->n_endpoints);
	go_home(sender, told->spread_ms);
}

static void on_bye(struct sender *sender, const ProtobufCMessage *message)
{
	const Zhibao__V1__Bye *bye = (const Zhibao__V1__Bye *)message;
	learn(sender, bye->endpoints, bye->n_endpoints);
}

static void link_opened(void *context, const Zhibao__V1__Welcome *welcome, bool is_v2)
{
	struct sender *sender = context;
	uplink_set_signer(sender->uplink, welcome);
	sender->reason[0] = '\0';
	sender->is_v2 = is_v2;
	if (learn(sender, welcome->endpoints, welcome->n_endpoints) == 1 && !sender->has_moved)
		go_home(sender, MOVE_SPREAD_MS);
	if (!is_v2 || !sender->inbox)
		return;
	inbox_opened(sender->inbox, now_ms());
	outfiles_opened(sender->outfiles);
	if (sender->options.key_path) {
		struct rotation rotation = rotation_of(sender);
		rotation_opened(&rotation);
	}
}

static void on_enrolled(struct sender *sender, const ProtobufCMessage *message)
{
	struct rotation rotation = rotation_of(sender);
	if (!sender->options.key_path ||
	    rotation_message(&rotation, (const Zhibao__V1__Enrolled *)message, &sender->options.keys) != 1)
		return;
	route_set_key(&sender->route, sender->options.keys.public_key);
	session_restart(sender->session, "已换用新密钥");
}

static void link_deliver(void *context, uint8_t type, const ProtobufCMessage *message)
{
	struct sender *sender = context;
	if (type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENROLLED)
		on_enrolled(sender, message);
	else if (type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PROPOSAL && sender->options.on_proposal)
		sender->options.on_proposal(sender->options.context, (const Zhibao__V1__Proposal *)message);
	else if (type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENDPOINTS)
		on_endpoints(sender, message);
	else if (type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE)
		on_bye(sender, message);
	else if (sender->inbox && !inbox_message(sender->inbox, type, message, now_ms()))
		outfiles_message(sender->outfiles, type, message, now_ms());
}

static void on_event(void *context, enum dealer_event event)
{
	struct sender *sender = context;
	if (event == DEALER_UP)
		session_up(sender->session, now_ms());
	else if (event == DEALER_DENIED)
		session_denied(sender->session, now_ms());
	else
		session_down(sender->session, now_ms());
}

static void on_message(void *context, const uint8_t *data, size_t len)
{
	struct sender *sender = context;
	session_message(sender->session, data, len, now_ms());
	if (session_is_unsettled(sender->session)) /* after the other messages that wait */
		loop_timer_set(sender->settle_timer, 0);
}

static void on_settle(void *context)
{
	struct sender *sender = context;
	session_settle(sender->session);
}

static void connect_now(void *context)
{
	struct sender *sender = context;
	struct err err = {0};
	struct dealer_options options = {
		.endpoint = route_current(&sender->route),
		.keys = &sender->options.keys,
		.on_event = on_event,
		.on_message = on_message,
		.context = sender,
	};
	memcpy(options.server_public_key, sender->options.server_public_key, KEY_BYTES);
	snprintf(sender->connected_to, sizeof(sender->connected_to), "%s", options.endpoint);
	if (dealer_open(&sender->dealer, sender->options.zmq_context, sender->options.loop, &options,
			&err) < 0) {
		log_warn("sender.connect", "cause=\"%s\"", err.text);
		session_down(sender->session, now_ms());
	}
}

static void on_tick(void *context)
{
	struct sender *sender = context;
	loop_timer_set(sender->tick_timer, TICK_MS);
	session_tick(sender->session, now_ms());
	if (sender->outfiles)
		outfiles_pump(sender->outfiles, now_ms());
	if (sender->inbox)
		inbox_tick(sender->inbox, now_ms());
}

static void on_acked(void *context)
{
	struct sender *sender = context;
	if (sender->options.on_acked)
		sender->options.on_acked(sender->options.context);
}

static int on_pack(void *context, const char *dir)
{
	struct sender *sender = context;
	return sender->options.on_pack ? sender->options.on_pack(sender->options.context, dir) : -1;
}

/* The parts that need a folder of their own. */
static int open_parts(struct sender *sender, struct err *err)
{
	const char *dir = sender->options.state_dir;
	if (!dir)
		return 0;
	snprintf(sender->packs_dir, sizeof(sender->packs_dir), "%s/packs", dir);
	snprintf(sender->files_dir, sizeof(sender->files_dir), "%s/files", dir);
	struct inbox_options inbox = {sender->options.outbox, sender->session, sender->packs_dir, random_system(), on_pack, sender};
	struct outfiles_options files = {sender->options.outbox, sender->session, sender->files_dir};
	if (inbox_new(&sender->inbox, &inbox, err) < 0 || outfiles_new(&sender->outfiles, &files, err) < 0)
		return -1;
	inbox_set_pack(sender->inbox, sender->options.programme);
	return 0;
}

static int open_session(struct sender *sender)
{
	const struct sender_options *options = &sender->options;
	struct session_options session = {
		.office_code = options->office_code,
		.programme = options->programme,
		.max_inflight_batches = options->max_inflight_batches,
		.backoff_base_ms = options->backoff_base_ms,
		.backoff_cap_ms = options->backoff_cap_ms,
		.ping_idle_ms = options->ping_idle_ms,
		.random = random_system(),
		.ledger = uplink_ledger(sender->uplink),
		.link = {sender, link_send, link_reconnect, link_opened, link_deliver},
	};
	return session_new(&sender->session, &session);
}

int sender_start(struct sender **out, const struct sender_options *options, struct err *err)
{
	*out = NULL;
	struct sender *sender = calloc(1, sizeof(*sender));
	if (!sender) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	sender->options = *options;
	strcpy(sender->reason, "尚未连接");
	if (route_init(&sender->route, options->endpoints, options->keys.public_key, err) < 0 ||
	    uplink_new(&sender->uplink, options->outbox, options->office_code) < 0 || open_session(sender) < 0 ||
	    open_parts(sender, err) < 0 ||
	    loop_timer_new(options->loop, on_tick, sender, &sender->tick_timer, err) < 0 ||
	    loop_timer_new(options->loop, on_settle, sender, &sender->settle_timer, err) < 0 ||
	    loop_timer_new(options->loop, connect_now, sender, &sender->connect_timer, err) < 0) {
		sender_stop(&sender);
		return -1;
	}
	uplink_on_acked(sender->uplink, on_acked, sender);
	loop_timer_set(sender->tick_timer, TICK_MS);
	loop_timer_set(sender->connect_timer, 0);
	*out = sender;
	return 0;
}

void sender_stop(struct sender **sender)
{
	if (!*sender)
		return;
	if ((*sender)->session)
		session_settle((*sender)->session);
	loop_timer_free((*sender)->options.loop, &(*sender)->tick_timer);
	loop_timer_free((*sender)->options.loop, &(*sender)->settle_timer);
	loop_timer_free((*sender)->options.loop, &(*sender)->connect_timer);
	dealer_close(&(*sender)->dealer);
	outfiles_free(&(*sender)->outfiles);
	inbox_free(&(*sender)->inbox);
	session_free(&(*sender)->session);
	uplink_free(&(*sender)->uplink);
	route_fini(&(*sender)->route);
	free(*sender);
	*sender = NULL;
}

void sender_grown(struct sender *sender)
{
	session_grown(sender->session, now_ms());
}

void sender_set_programme(struct sender *sender, const struct programme *programme)
{
	session_set_programme(sender->session, programme);
	if (sender->inbox)
		inbox_set_pack(sender->inbox, programme);
}

bool sender_is_open(const struct sender *sender)
{
	return session_is_open(sender->session);
}

const char *sender_reason(const struct sender *sender)
{
	return session_is_open(sender->session) ? "" : sender->reason;
}

const char *sender_endpoint(const struct sender *sender)
{
	return session_is_open(sender->session) ? sender->connected_to : route_current(&sender->route);
}

uint64_t sender_refusals(const struct sender *sender, unsigned code)
{
	return session_refusals(sender->session, code);
}

int sender_attach(struct sender *sender, const struct outfiles_entry *entry, struct err *err)
{
	if (!sender->outfiles) {
		err_set(err, ERR_INTERNAL, "no state folder");
		return -1;
	}
	if (outfiles_add(sender->outfiles, entry, err) < 0)
		return -1;
	outfiles_pump(sender->outfiles, now_ms());
	return 0;
}

int sender_propose(struct sender *sender, const Zhibao__V1__Propose *propose, struct err *err)
{
	if (sender_is_open(sender) && sender->is_v2 &&
	    session_send(sender->session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PROPOSE, &propose->base))
		return 0;
	err_set(err, ERR_RETRY, "E_OFFLINE 建议数由中心按已送达的记录得出，现在没有连接（%s），请联网后重试",
		sender_is_open(sender) ? "中心版本过低或线路忙" : sender->reason);
	return -1;
}

int sender_rotate(struct sender *sender, struct err *err)
{
	struct rotation rotation = rotation_of(sender);
	return rotation_begin(&rotation, err);
}
