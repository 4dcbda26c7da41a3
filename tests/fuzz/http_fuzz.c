/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP request as libmicrohttpd hands it over: ours are the host check, the query, the path patterns and the static
 * files. The server's calls into libmicrohttpd that need a connection are replaced; its code for percent signs is real.
 * Input: lines - method, path with query, host, Accept-Encoding. */
#include "fuzz.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MHD_lookup_connection_value fake_lookup
#define MHD_get_connection_values fake_values
#define MHD_queue_response fake_queue

struct request {
	char *method, *path, *query, *host, *accepts;
};
static struct request current;
static unsigned answered_status;
static ino_t secret_inode;

static const char *fake_lookup(struct MHD_Connection *connection, enum MHD_ValueKind kind, const char *name)
{
	(void)connection;
	(void)kind;
	return strcmp(name, "Host") == 0 ? current.host : current.accepts;
}

/* a=1&b: names and values with percent signs undone, as libmicrohttpd does it; a name alone has no value. */
static int fake_values(struct MHD_Connection *connection, enum MHD_ValueKind kind, MHD_KeyValueIterator visit,
		       void *context)
{
	(void)connection;
	int count = 0;
	for (char *at = current.query; at && *at;) {
		char *next = strchr(at, '&');
		if (next)
			*next++ = '\0';
		char *value = strchr(at, '=');
		if (value) {
			*value++ = '\0';
			MHD_http_unescape(value);
		}
		MHD_http_unescape(at);
		count++;
		if (visit(context, kind, at, value) != MHD_YES)
			break;
		at = next;
	}
	return count;
}

static enum MHD_Result fake_queue(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
	(void)connection;
	must(response);
	answered_status = status;
	return MHD_YES;
}

static struct MHD_Response *fake_response_from_fd(uint64_t size, int fd)
{
	struct stat info;
	must(fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && (uint64_t)info.st_size == size);
	must(info.st_ino != secret_inode); /* never out of its folder */
	return MHD_create_response_from_fd64(size, fd);
}

#define MHD_create_response_from_fd64 fake_response_from_fd
#include "http.c"

static void echo(void *context, struct http_request *request, struct http_response *response);
static const struct http_route routes[] = {
	{"/api/v1/echo/{name}", echo}, {"/api/v1/{a}/{b}/{c}", echo}, {"/api/v1/plain", echo}, {"/{a}/x/{b}", echo}};
static struct http_server server = {
	.options = {.routes = routes, .route_count = sizeof(routes) / sizeof(routes[0])}, .host_name = "ops.example"};

static int visit(void *context, const char *name)
{
	must(http_query(context, name));
	return 0;
}

static void echo(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const names[] = {"name", "a", "b", "c", "q"};
	(void)context;
	http_each_query(request, visit, request);
	for (size_t i = 0; i < 5; i++) {
		const char *value = http_query(request, names[i]), *part = http_path(request, names[i]);
		if (value)
			must(utf8_is_valid(value, strlen(value)) && !text_has_control(value, strlen(value)));
		if (part)
			must(*part && !strchr(part, '/'));
		buf_text(&response->body, part ? part : "");
	}
}

void fuzz_setup(void)
{
	static char dir[512];
	struct stat info;
	snprintf(dir, sizeof(dir), "%s/page", fuzz_dir());
	must(mkdir(dir, 0700) == 0);
	must(stat(fuzz_file("secret.txt", "secret", 6), &info) == 0);
	secret_inode = info.st_ino;
	fuzz_file("page/index.html", "<html>", 6);
	fuzz_file("page/a.js", "plain", 5);
	fuzz_file("page/a.js.gz", "zipped", 6);
	char link[600], target[600];
	snprintf(link, sizeof(link), "%s/link.txt", dir);
	snprintf(target, sizeof(target), "%s/secret.txt", fuzz_dir());
	must(symlink(target, link) == 0);
	server.options.static_dir = dir;
}

ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
	static const char *const texts[] = {
		"GET\n/api/v1/echo/a?q=1&name=%E5%AE%A3\nlocalhost\n\n",
		"GET\n/api/v1/a/b/c?a&b=&c=%FF\n127.0.0.1:80\ngzip\n",
		"HEAD\n/a.js\n[::1]:80\ngzip, deflate\n",
		"GET\n/../secret.txt\nlocalhost\n\n",
		"GET\n/%2e%2e/secret.txt\nops.example\n\n",
		"GET\n/link.txt\nlocalhost\n\n",
		"GET\n//x/../a.js\nlocalhost\n\n",
		"POST\n/api/v1/plain\nevil.example\n\n",
		"GET\n/office/420000?a=1&a=2\n[::1\n\n",
		"GET\n/b/x/c?a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&o=1&p=1&q=1\nLOCALHOST\n\n",
	};
	return fuzz_text_seed(texts, sizeof(texts) / sizeof(texts[0]), index, out, size);
}

static char *take_line(char **at)
{
	char *line = *at, *end = strchr(line, '\n');
	if (end)
		*end++ = '\0';
	*at = end ? end : line + strlen(line);
	return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1), *at = text;
	must(text);
	memcpy(text, data, len);
	text[len] = '\0';
	current.method = take_line(&at);
	current.path = take_line(&at);
	current.host = take_line(&at);
	current.accepts = take_line(&at);
	if (!*current.host)
		current.host = NULL;
	current.query = strchr(current.path, '?');
	if (current.query)
		*current.query++ = '\0';
	MHD_http_unescape(current.path);
	answered_status = 0;
	void *state = NULL;
	size_t size = 0;
	must(on_request(&server, NULL, current.path, current.method, "HTTP/1.1", NULL, &size, &state) == MHD_YES);
	must(on_request(&server, NULL, current.path, current.method, "HTTP/1.1", NULL, &size, &state) == MHD_YES);
	must(answered_status >= 200 && answered_status < 500);
	free(text);
	return 0;
}
