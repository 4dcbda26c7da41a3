/* SPDX-License-Identifier: Apache-2.0 */
#include "staticfile.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *suffix, *content_type;
} types[] = {
	{".html", "text/html; charset=utf-8"},
	{".js", "text/javascript; charset=utf-8"},
	{".css", "text/css; charset=utf-8"},
	{".json", "application/json"},
	{".geojson", "application/geo+json"},
	{".svg", "image/svg+xml"},
	{".png", "image/png"},
	{".ico", "image/x-icon"},
	{".woff2", "font/woff2"},
	{".txt", "text/plain; charset=utf-8"},
};

static const char *type_of(const char *path)
{
	const char *dot = strrchr(path, '.');
	for (size_t i = 0; dot && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(dot, types[i].suffix) == 0)
			return types[i].content_type;
	return NULL;
}

/* The kernel refuses every way out of the folder. */
static int open_beneath(int dir_fd, const char *path)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
	return (int)syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));
}

int static_file_open(const char *dir, const char *path, bool accepts_gzip, struct static_file *out)
{
	char name[512], gzip_name[520];
	struct stat info;
	const char *last = strrchr(path, '/');
	bool is_page = !last || !strchr(last, '.');
	if ((size_t)snprintf(name, sizeof(name), "%s", is_page ? "index.html" : path + 1) >=
	    sizeof(name))
		return -1;
	*out = (struct static_file){.fd = -1, .content_type = type_of(name)};
	if (!out->content_type)
		return -1;
	int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return -1;
	snprintf(gzip_name, sizeof(gzip_name), "%s.gz", name);
	if (accepts_gzip)
		out->fd = open_beneath(dir_fd, gzip_name);
	out->is_gzip = out->fd >= 0;
	if (out->fd < 0)
		out->fd = open_beneath(dir_fd, name);
	close(dir_fd);
	if (out->fd < 0)
		return -1;
	if (fstat(out->fd, &info) < 0 || !S_ISREG(info.st_mode)) {
		close(out->fd);
		return -1;
	}
	out->size = (uint64_t)info.st_size;
	out->is_immutable = strncmp(name, "assets/", 7) == 0;
	return 0;
}
