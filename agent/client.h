/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - a command's side of the control socket
 * Thread: the command's; blocks. */
#ifndef ZHIBAO_CLIENT_H
#define ZHIBAO_CLIENT_H

#include <jansson.h>

#include "err.h"

/* Sends one request and returns the answer, owned; NULL with ERR_RETRY when no daemon answers. */
json_t *client_ask(const char *socket_path, const json_t *request, struct err *err);

#endif
