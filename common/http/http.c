/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "httpstream.h"
#include "log.h"
#include "staticfile.h"
#include "utf8.h"

enum { MAX_PARTS = 8, MAX_QUERY = 16 };

struct http_server {
	struct MHD_Daemon *daemon;
	struct http_streams *streams;
	struct http_options options;
	char host_name[256];
	_Atomic uint64_t requests[6];
};

struct pair {
	const char *name;
	const char *value;
};

struct http_request {
	struct pair path[MAX_PARTS];
	size_t path_count;
	struct pair query[MAX_QUERY];
	size_t query_count;
	bool is_bad; /* a parameter twice, too many, or not text */
	char buffer[1024];
};

static const char *find(const struct pair *pairs, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(pairs[i].name, name) == 0)
			return pairs[i].value;
	return NULL;
}

const char *http_query(const struct http_request *request, const char *name)
{
	return find(request->query, request->query_count, name);
}

const char *http_path(const struct http_request *request, const char *name)
{
	return find(request->path, request->path_count, name);
}

int http_each_query(const struct http_request *request, int (*visit)(void *context, const char *name),
		    void *context)
{
	int rc = 0;
	for (size_t i = 0; i < request->query_count && rc == 0; i++)
		rc = visit(context, request->query[i].name);
	return rc;
}

void http_fail(struct http_response *response, int status, const char *code, const char *message)
{
	response->status = status;
	response->content_type = "application/json";
	buf_reset(&response->body);
	buf_format(&response->body, "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}", code, message);
}

static enum MHD_Result take_query(void *context, enum MHD_ValueKind kind, const char *name,
				  const char *value)
{
	struct http_request *request = context;
	(void)kind;
	if (!value)
		value = "";
	if (request->query_count == MAX_QUERY || http_query(request, name) ||
	    !utf8_is_valid(value, strlen(value)) || text_has_control(value, strlen(value))) {
		request->is_bad = true;
		return MHD_NO;
	}
	request->query[request->query_count++] = (struct pair){name, value};
	return MHD_YES;
}

/* Matches path against pattern segment by segment; {name} takes one. */
static bool match(const char *pattern, const char *path, struct http_request *request)
{
	char *to = request->buffer;
	char *end = request->buffer + sizeof(request->buffer);
	request->path_count = 0;
	while (*pattern && *path) {
		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		size_t name_len = strcspn(++pattern, "}");
		size_t value_len = strcspn(path, "/");
		if (value_len == 0 || request->path_count == MAX_PARTS ||
		    name_len + value_len + 2 > (size_t)(end - to))
			return false;
		struct pair *pair = &request->path[request->path_count++];
		pair->name = to;
		memcpy(to, pattern, name_len);
		to[name_len] = '\0';
		to += name_len + 1;
		pair->value = to;
		memcpy(to, path, value_len);
		to[value_len] = '\0';
		to += value_len + 1;
		pattern += name_len + 1;
		path += value_len;
	}
	return *pattern == '\0' && *path == '\0';
}

static bool is_loopback_name(const struct http_server *server, const char *host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	size_t len = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
	for (size_t i = 0; i < 3; i++)
		if (strlen(names[i]) == len && strncasecmp(host, names[i], len) == 0)
			return true;
	return server->host_name[0] && strlen(server->host_name) == len &&
	       strncasecmp(host, server->host_name, len) == 0;
}

static void add_headers(struct MHD_Response *response, const char *content_type)
{
	/* Inline styles are allowed because the component library writes style attributes. */
	static const struct pair always[] = {
		{"Content-Security-Policy",
		 "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
		 "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "no-referrer"},
	};
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		MHD_add_response_header(response, always[i].name, always[i].value);
	MHD_add_response_header(response, "Content-Type", content_type);
}

static bool is_plain(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-._~", c));
}

/* The name as RFC 5987 writes it, after a plain one for programs that cannot read it. */
static void add_disposition(struct MHD_Response *response, const struct buf *name)
{
	struct buf text = {0};
	buf_text(&text, "attachment; filename=\"");
	for (size_t i = 0; i < name->len; i++)
		buf_append(&text, is_plain((unsigned char)name->data[i]) ? &name->data[i] : "_", 1);
	buf_text(&text, "\"; filename*=UTF-8''");
	for (size_t i = 0; i < name->len; i++)
		if (is_plain((unsigned char)name->data[i]))
			buf_append(&text, &name->data[i], 1);
		else
			buf_format(&text, "%%%02X", (unsigned char)name->data[i]);
	MHD_add_response_header(response, "Content-Disposition", text.is_failed ? "attachment" : buf_string(&text));
	buf_fini(&text);
}

static enum MHD_Result send_file(struct http_server *server, struct MHD_Connection *connection,
				 const char *path)
{
	const char *accepts =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept-Encoding");
	struct static_file file;
	if (!server->options.static_dir[0] ||
	    static_file_open(server->options.static_dir, path, accepts && strstr(accepts, "gzip"),
			     &file) < 0)
		return MHD_NO;
	struct MHD_Response *response = MHD_create_response_from_fd64(file.size, file.fd);
	add_headers(response, file.content_type);
	if (file.is_gzip)
		MHD_add_response_header(response, "Content-Encoding", "gzip");
	MHD_add_response_header(response, "Vary", "Accept-Encoding");
	MHD_add_response_header(response, "Cache-Control",
				file.is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
	enum MHD_Result rc = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	atomic_fetch_add(&server->requests[2], 1);
	return rc;
}

static enum MHD_Result send_response(struct http_server *server, struct MHD_Connection *connection,
				     struct http_response *answer)
{
	if (answer->body.is_failed)
		http_fail(answer, 500, "E_MEMORY", "内存不足");
	struct MHD_Response *response =
		answer->stream.read ? http_stream_response(server->streams, connection, &answer->stream)
				    : MHD_create_response_from_buffer(
					      answer->body.len, answer->body.data ? answer->body.data : NULL,
					      MHD_RESPMEM_MUST_COPY);
	buf_fini(&answer->body);
	if (!response) {
		buf_fini(&answer->file_name);
		return MHD_NO;
	}
	if (answer->file_name.len > 0)
		add_disposition(response, &answer->file_name);
	buf_fini(&answer->file_name);
	add_headers(response, answer->content_type);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	if (answer->status == 405)
		MHD_add_response_header(response, "Allow", "GET, HEAD");
	enum MHD_Result rc = MHD_queue_response(connection, (unsigned)answer->status, response);
	MHD_destroy_response(response);
	atomic_fetch_add(&server->requests[answer->status / 100 % 6], 1);
	return rc;
}

static enum MHD_Result dispatch(struct http_server *server, struct MHD_Connection *connection,
				const char *method, const char *path)
{
	struct http_request request = {0};
	struct http_response response = {.status = 200, .content_type = "application/json"};
	const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
	if (!host || !is_loopback_name(server, host)) {
		http_fail(&response, 403, "E_HOST", "不接受这个主机名");
		return send_response(server, connection, &response);
	}
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		http_fail(&response, 405, "E_METHOD", "只支持 GET");
		return send_response(server, connection, &response);
	}
	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_query, &request);
	for (size_t i = 0; i < server->options.route_count; i++) {
		const struct http_route *route = &server->options.routes[i];
		if (!match(route->pattern, path, &request))
			continue;
		if (request.is_bad)
			http_fail(&response, 400, "E_PARAM_BAD", "查询参数重复或无法读取");
		else
			route->handler(server->options.context, &request, &response);
		return send_response(server, connection, &response);
	}
	if (strncmp(path, "/api/", 5) != 0 && send_file(server, connection, path) == MHD_YES)
		return MHD_YES;
	http_fail(&response, 404, "E_NOT_FOUND", "没有这个地址");
	return send_response(server, connection, &response);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *size, void **state)
{
	static int is_started;
	(void)version;
	(void)data;
	if (!*state) { /* first call: headers only */
		*state = &is_started;
		return MHD_YES;
	}
	if (*size > 0) { /* a body has no use here; read it away */
		*size = 0;
		return MHD_YES;
	}
	return dispatch(context, connection, method, url);
}

int http_start(struct http_server **out, const struct http_options *options, struct err *err)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(options->port)};
	*out = NULL;
	if (inet_pton(AF_INET, options->address, &address.sin_addr) != 1) {
		err_set(err, ERR_CONFIG, "HTTP 地址 %s 不是 IPv4 地址", options->address);
		return -1;
	}
	struct http_server *server = calloc(1, sizeof(*server));
	if (server)
		server->streams = http_streams_new();
	if (!server || !server->streams) {
		err_set(err, ERR_NOMEM, "内存不足");
		free(server);
		return -1;
	}
	server->options = *options;
	snprintf(server->host_name, sizeof(server->host_name), "%s", options->host_name);
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_PEDANTIC_CHECKS | MHD_ALLOW_SUSPEND_RESUME;
	server->daemon = MHD_start_daemon(
		flags, options->port, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR, &address,
		MHD_OPTION_THREAD_POOL_SIZE, options->threads, MHD_OPTION_CONNECTION_LIMIT, 256U,
		MHD_OPTION_CONNECTION_TIMEOUT, 60U, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)64 * 1024, MHD_OPTION_END);
	if (!server->daemon) {
		err_set(err, ERR_IO, "HTTP 无法监听 %s:%u", options->address, options->port);
		http_streams_free(&server->streams);
		free(server);
		return -1;
	}
	*out = server;
	return 0;
}

void http_stop(struct http_server **server)
{
	if (!*server)
		return;
	http_streams_stop((*server)->streams);
	MHD_stop_daemon((*server)->daemon);
	http_streams_free(&(*server)->streams);
	free(*server);
	*server = NULL;
}

uint16_t http_port(const struct http_server *server)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
	return info ? info->port : server->options.port;
}

struct http_stats http_stats(const struct http_server *server)
{
	struct http_stats stats;
	for (size_t i = 0; i < 6; i++)
		stats.requests[i] = atomic_load(&server->requests[i]);
	return stats;
}
