/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fsx.h"
#include "http.h"

static struct http_server *server;
static char folder[64];

static void echo(void *context, struct http_request *request, struct http_response *response)
{
	(void)context;
	const char *q = http_query(request, "q");
	buf_format(&response->body, "{\"name\":\"%s\",\"q\":\"%s\"}", http_path(request, "name"), q ? q : "-");
}

static const struct http_route routes[] = {{"/api/v1/echo/{name}", echo}};

static int setup(void **state)
{
	char path[128];
	(void)state;
	strcpy(folder, "/tmp/zhibao-web-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/index.html", folder);
	file_write(path, "<html>page</html>", 17, 0644, NULL);
	snprintf(path, sizeof(path), "%s/assets", folder);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/assets/a.js", folder);
	file_write(path, "plain", 5, 0644, NULL);
	snprintf(path, sizeof(path), "%s/assets/a.js.gz", folder);
	file_write(path, "zipped", 6, 0644, NULL);
	struct http_options options = {.address = "127.0.0.1",
				       .threads = 2,
				       .host_name = "ops.example",
				       .static_dir = folder,
				       .routes = routes,
				       .route_count = 1};
	return http_start(&server, &options, NULL);
}

static int teardown(void **state)
{
	char command[128];
	(void)state;
	http_stop(&server);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void ask(const char *request, char *answer, size_t size)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(http_port(server))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(send(fd, request, strlen(request), 0), (ssize_t)strlen(request));
	size_t used = 0;
	ssize_t got;
	while (used + 1 < size && (got = recv(fd, answer + used, size - used - 1, 0)) > 0)
		used += (size_t)got;
	answer[used] = '\0';
	close(fd);
}

static void test_requests(void **state)
{
#define TAIL " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
	static const struct {
		const char *request, *status, *contains;
	} cases[] = {
		{"GET /api/v1/echo/a?q=1" TAIL, "200", "\"name\":\"a\",\"q\":\"1\""},
		{"GET /api/v1/echo/a?q=%E5%AE%A3" TAIL, "200", "\"q\":\"宣\""},
		{"GET /api/v1/echo/a?q=%FF" TAIL, "400", "E_PARAM_BAD"},
		{"GET /api/v1/echo/a?q=1&q=2" TAIL, "400", "E_PARAM_BAD"},
		{"GET /api/v1/echo/a/b" TAIL, "404", "E_NOT_FOUND"},
		{"GET /api/v1/echo/" TAIL, "404", "E_NOT_FOUND"},
		{"GET /api/v2" TAIL, "404", "E_NOT_FOUND"},
		{"POST /api/v1/echo/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx",
		 "405", "Allow: GET, HEAD"},
		{"HEAD /api/v1/echo/a" TAIL, "200", "Content-Security-Policy: default-src 'self'"},
		{"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", "403", "E_HOST"},
		{"GET / HTTP/1.1\r\nHost: ops.example:80\r\nConnection: close\r\n\r\n", "200", "page"},
		{"GET /?x=1" TAIL, "200", "page"},
		{"GET /office/420000" TAIL, "200", "page"},
		{"GET /assets/a.js" TAIL, "200", "plain"},
		{"GET /assets/a.js HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n",
		 "200", "zipped"},
		{"GET /assets/none.js" TAIL, "404", "E_NOT_FOUND"},
		{"GET /assets/../../etc/passwd.txt" TAIL, "404", ""},
		{"GET /..%2f..%2fetc/passwd.txt" TAIL, "404", ""},
		{"GET //etc/passwd.txt" TAIL, "404", ""},
	};
	char answer[8192];
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ask(cases[i].request, answer, sizeof(answer));
		if (strncmp(answer + 9, cases[i].status, 3) != 0 || !strstr(answer, cases[i].contains))
			fail_msg("case %zu: %s", i, answer);
	}
	assert_true(http_stats(server).requests[4] >= 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_requests)};
	return cmocka_run_group_tests(tests, setup, teardown);
}
