/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "buf.h"

static int send_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t wrote = send(fd, data, len, MSG_NOSIGNAL);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		data += wrote;
		len -= (size_t)wrote;
	}
	return 0;
}

static json_t *receive_line(int fd)
{
	struct buf line = {0};
	char chunk[65536];
	json_t *answer = NULL;
	for (;;) {
		ssize_t got = recv(fd, chunk, sizeof(chunk), 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		buf_append(&line, chunk, (size_t)got);
		if (chunk[got - 1] == '\n') {
			answer = json_loadb(line.data, line.len, 0, NULL);
			break;
		}
	}
	buf_fini(&line);
	return answer;
}

json_t *client_ask(const char *socket_path, const json_t *request, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char *text = NULL;
	json_t *answer = NULL;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	strncpy(address.sun_path, socket_path, sizeof(address.sun_path) - 1);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		err_set(err, ERR_RETRY, "E_AGENT_DOWN 后台程序没有运行（%s：%s），请先启动 zhibao-agent run",
			socket_path, strerror(errno));
		goto out;
	}
	text = json_dumps(request, JSON_COMPACT);
	if (text && send_all(fd, text, strlen(text)) == 0 && send_all(fd, "\n", 1) == 0)
		answer = receive_line(fd);
	if (!answer)
		err_set(err, ERR_RETRY, "E_AGENT_LOST 与后台程序的通信中断，请用 list 查看是否已存入");
out:
	free(text);
	if (fd >= 0)
		close(fd);
	return answer;
}
