/* SPDX-License-Identifier: Apache-2.0 */
#include "enrolment.h"

#include <string.h>
#include <zmq.h>

#include "clock.h"
#include "dealer.h"
#include "frame.h"
#include "loop.h"
#include "textlist.h"
#include "zhibao/v1/session.pb-c.h"

enum { ATTEMPT_MS = 8000, RETRY_MS = 300, ASK_MS = 30000, ADMIT_MS = 20000, DENIED_MS = 3000 };

enum outcome { OUTCOME_NONE, OUTCOME_ENROLLED, OUTCOME_REFUSED, OUTCOME_UP, OUTCOME_DENIED };

struct attempt {
	struct loop *loop;
	void *zmq_context;
	struct dealer *dealer;
	struct loop_timer *deadline;
	const struct enrol_file *file;
	const char *office_code, *label;
	const struct mq_keys *keys;
	bool is_enrolling; /* otherwise only: is the new key admitted? */
	enum outcome outcome;
};

static void finish(struct attempt *attempt, enum outcome outcome)
{
	if (attempt->outcome == OUTCOME_NONE) /* what comes first counts: a refusal is followed by the loss of the line */
		attempt->outcome = outcome;
	loop_stop(attempt->loop);
}

static void send_enrol(struct attempt *attempt)
{
	Zhibao__V1__Enrol enrol = ZHIBAO__V1__ENROL__INIT;
	struct frame frame = {FRAME_VERSION, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENROL, 0};
	uint8_t data[1024];
	enrol.office_code = (char *)(uintptr_t)attempt->office_code;
	enrol.label = (char *)(uintptr_t)attempt->label;
	enrol.public_key = (ProtobufCBinaryData){KEY_BYTES, (uint8_t *)(uintptr_t)attempt->keys->public_key};
	if (FRAME_BYTES + zhibao__v1__enrol__get_packed_size(&enrol) > sizeof(data)) {
		finish(attempt, OUTCOME_REFUSED);
		return;
	}
	frame_encode(&frame, data);
	size_t len = zhibao__v1__enrol__pack(&enrol, data + FRAME_BYTES);
	dealer_send(attempt->dealer, data, FRAME_BYTES + len);
}

static void on_event(void *context, enum dealer_event event)
{
	struct attempt *attempt = context;
	if (event == DEALER_UP && attempt->is_enrolling)
		send_enrol(attempt);
	else
		finish(attempt, event == DEALER_UP       ? OUTCOME_UP
				: event == DEALER_DENIED ? OUTCOME_DENIED
							 : OUTCOME_NONE);
}

static void on_message(void *context, const uint8_t *data, size_t len)
{
	struct attempt *attempt = context;
	struct frame frame;
	if (frame_decode(data, len, &frame) != FRAME_OK)
		return;
	if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK) {
		Zhibao__V1__Nack *nack = zhibao__v1__nack__unpack(NULL, len - FRAME_BYTES, data + FRAME_BYTES);
		bool is_final = nack && nack->code == ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED;
		if (nack)
			zhibao__v1__nack__free_unpacked(nack, NULL);
		finish(attempt, is_final ? OUTCOME_REFUSED : OUTCOME_NONE);
		return;
	}
	if (frame.type != ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENROLLED)
		return;
	Zhibao__V1__Enrolled *answer = zhibao__v1__enrolled__unpack(NULL, len - FRAME_BYTES, data + FRAME_BYTES);
	bool is_ours = answer && answer->public_key.len == KEY_BYTES &&
		       memcmp(answer->public_key.data, attempt->keys->public_key, KEY_BYTES) == 0;
	if (answer)
		zhibao__v1__enrolled__free_unpacked(answer, NULL);
	finish(attempt, is_ours ? OUTCOME_ENROLLED : OUTCOME_NONE);
}

static void on_deadline(void *context)
{
	finish(context, OUTCOME_NONE);
}

/* One connection to one collector, with the one-time key or the new one. */
static int try(struct attempt *attempt, const char *endpoint, bool is_enrolling, int64_t timeout_ms,
	       struct err *err)
{
	struct dealer_options options = {
		.endpoint = endpoint,
		.keys = is_enrolling ? &attempt->file->one_time : attempt->keys,
		.on_event = on_event,
		.on_message = on_message,
		.context = attempt,
	};
	memcpy(options.server_public_key, attempt->file->server_public_key, KEY_BYTES);
	attempt->is_enrolling = is_enrolling;
	attempt->outcome = OUTCOME_NONE;
	loop_timer_set(attempt->deadline, timeout_ms);
	if (dealer_open(&attempt->dealer, attempt->zmq_context, attempt->loop, &options, err) < 0)
		return -1;
	int rc = loop_run(attempt->loop, err);
	dealer_close(&attempt->dealer);
	loop_timer_clear(attempt->deadline);
	return rc;
}

static int pause_a_little(struct attempt *attempt, struct err *err)
{
	loop_timer_set(attempt->deadline, RETRY_MS);
	return loop_run(attempt->loop, err);
}

/* Collectors learn of a new key within a second or so. */
static int wait_until_admitted(struct attempt *attempt, const char *endpoint, struct err *err)
{
	for (int64_t waited = 0; waited < ADMIT_MS; waited += RETRY_MS) {
		if (try(attempt, endpoint, false, ATTEMPT_MS, err) < 0)
			return -1;
		if (attempt->outcome == OUTCOME_UP)
			return 0;
		if (pause_a_little(attempt, err) < 0)
			return -1;
	}
	return 0; /* enrolled all the same; the daemon will be admitted soon */
}

/* Rounds over all collectors until one enrols or refuses. One that is just starting, failing over or has not yet read
 * a file issued a moment ago answers later; the same key asked for twice is enrolled once. */
static int ask_until_answered(struct attempt *attempt, const struct text_list *endpoints, struct err *err)
{
	int64_t now_ms = clock_monotonic_ms(clock_system());
	int64_t until_ms = now_ms + ASK_MS, denied_until_ms = INT64_MAX;
	for (size_t i = 0; now_ms < until_ms; i = (i + 1) % endpoints->count) {
		if (try(attempt, endpoints->items[i], true, ATTEMPT_MS, err) < 0)
			return -1;
		enum outcome outcome = attempt->outcome;
		now_ms = clock_monotonic_ms(clock_system());
		if (outcome == OUTCOME_ENROLLED)
			return wait_until_admitted(attempt, endpoints->items[i], err);
		if (outcome == OUTCOME_DENIED && denied_until_ms == INT64_MAX)
			denied_until_ms = now_ms + DENIED_MS;
		if (outcome == OUTCOME_REFUSED || (outcome == OUTCOME_DENIED && now_ms >= denied_until_ms)) {
			err_set(err, ERR_DENIED, "E_ENROL_REFUSED 登记文件已用过、已过期或不是给本单位的，请向管理员重新索取");
			return -1;
		}
		if (pause_a_little(attempt, err) < 0)
			return -1;
	}
	err_set(err, ERR_RETRY, "E_ENROL_UNREACHABLE 连不上中心，请检查网络后重试，登记文件仍可使用");
	return -1;
}

int enrolment_run(const struct enrol_file *file, const char *office_code, const char *label,
		  const struct mq_keys *keys, struct err *err)
{
	struct attempt attempt = {.file = file, .office_code = office_code, .label = label, .keys = keys};
	struct text_list endpoints;
	int rc = -1;
	if (strcmp(file->office_code, office_code) != 0) {
		err_set(err, ERR_DENIED, "E_ENROL_OFFICE 登记文件是给单位 %s 的，本机配置为 %s", file->office_code,
			office_code);
		return -1;
	}
	if (text_list_split(&endpoints, file->endpoints, err) < 0)
		return -1;
	attempt.zmq_context = zmq_ctx_new();
	if (attempt.zmq_context && loop_new(&attempt.loop, err) == 0 &&
	    loop_timer_new(attempt.loop, on_deadline, &attempt, &attempt.deadline, err) == 0)
		rc = ask_until_answered(&attempt, &endpoints, err);
	loop_free(&attempt.loop);
	if (attempt.zmq_context)
		zmq_ctx_term(attempt.zmq_context);
	text_list_fini(&endpoints);
	return rc;
}
