/* SPDX-License-Identifier: Apache-2.0 */
#include "route.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

enum { WEIGHT_BYTES = 32 };

static void weigh(const struct route *route, const char *endpoint, uint8_t out[WEIGHT_BYTES])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, WEIGHT_BYTES);
	crypto_generichash_update(&state, route->public_key, KEY_BYTES);
	crypto_generichash_update(&state, (const uint8_t *)endpoint, strlen(endpoint));
	crypto_generichash_final(&state, out, WEIGHT_BYTES);
}

static void sort(struct route *route)
{
	for (size_t i = 1; i < route->endpoints.count; i++)
		for (size_t j = i; j > 0; j--) {
			uint8_t a[WEIGHT_BYTES], b[WEIGHT_BYTES];
			char **items = route->endpoints.items;
			weigh(route, items[j - 1], a);
			weigh(route, items[j], b);
			if (memcmp(a, b, WEIGHT_BYTES) >= 0)
				break;
			char *other = items[j];
			items[j] = items[j - 1];
			items[j - 1] = other;
		}
}

int route_init(struct route *route, const char *endpoints, const uint8_t public_key[KEY_BYTES], struct err *err)
{
	*route = (struct route){0};
	memcpy(route->public_key, public_key, KEY_BYTES);
	if (text_list_split(&route->endpoints, endpoints, err) < 0)
		return -1;
	if (route->endpoints.count == 0) {
		err_set(err, ERR_CONFIG, "CONF_BAD_VALUE collector.endpoints 没有给出接入地址");
		return -1;
	}
	sort(route);
	return 0;
}

void route_fini(struct route *route)
{
	text_list_fini(&route->endpoints);
}

const char *route_current(const struct route *route)
{
	return route->endpoints.items[route->at];
}

void route_next(struct route *route)
{
	route->at = (route->at + 1) % route->endpoints.count;
}

const char *route_home(const struct route *route)
{
	return route->endpoints.items[0];
}

void route_go_home(struct route *route)
{
	route->at = 0;
}

/* Sorts; the current one is looked up again, else the first one is. */
static void sort_around(struct route *route, const char *current)
{
	sort(route);
	route->at = 0;
	for (size_t i = 0; i < route->endpoints.count; i++)
		if (strcmp(route->endpoints.items[i], current) == 0)
			route->at = i;
}

void route_set_key(struct route *route, const uint8_t public_key[KEY_BYTES])
{
	memcpy(route->public_key, public_key, KEY_BYTES);
	sort_around(route, route_current(route));
}

static bool is_same_set(const struct route *route, char *const *endpoints, size_t count)
{
	if (count != route->endpoints.count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!text_list_has(&route->endpoints, endpoints[i]))
			return false;
	return true;
}

int route_replace(struct route *route, char *const *endpoints, size_t count, struct err *err)
{
	struct buf text = {0};
	struct text_list fresh;
	if (count == 0 || is_same_set(route, endpoints, count))
		return 0;
	for (size_t i = 0; i < count; i++) {
		buf_text(&text, i ? "," : "");
		buf_text(&text, endpoints[i]);
	}
	int rc = text_list_split(&fresh, buf_string(&text), err);
	buf_fini(&text);
	if (rc < 0 || fresh.count == 0) {
		if (rc == 0)
			text_list_fini(&fresh);
		return rc;
	}
	struct text_list old = route->endpoints;
	char *current = old.items[route->at];
	route->endpoints = fresh;
	sort_around(route, current);
	text_list_fini(&old);
	return 1;
}
