/* SPDX-License-Identifier: Apache-2.0 */
#include "fsx.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sys/stat.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int file_read(const char *path, size_t max_bytes, struct buf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err_set(err, ERR_IO, "无法打开文件 %s：%s", path, strerror(errno));
		return -1;
	}
	int rc = -1;
	size_t total = 0;
	for (;;) {
		char chunk[16384];
		ssize_t got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err_set(err, ERR_IO, "读取文件 %s 失败：%s", path, strerror(errno));
			break;
		}
		if (got == 0) {
			rc = 0;
			break;
		}
		total += (size_t)got;
		if (total > max_bytes) {
			err_set(err, ERR_DATA, "文件 %s 超过 %zu 字节", path, max_bytes);
			break;
		}
		buf_append(out, chunk, (size_t)got);
	}
	close(fd);
	if (rc == 0 && out->is_failed) {
		err_set(err, ERR_NOMEM, "内存不足");
		rc = -1;
	}
	return rc;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t wrote = write(fd, data, len);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		data += wrote;
		len -= (size_t)wrote;
	}
	return fsync(fd);
}

static int sync_folder_of(const char *path)
{
	char copy[PATH_MAX];
	snprintf(copy, sizeof(copy), "%s", path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int rc = fsync(fd);
	close(fd);
	return rc;
}

int file_write(const char *path, const void *data, size_t len, mode_t mode, struct err *err)
{
	char temporary[PATH_MAX];
	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.new", path) >= sizeof(temporary)) {
		err_set(err, ERR_IO, "路径过长：%s", path);
		return -1;
	}
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	int failed = fd < 0 || fchmod(fd, mode) < 0 || write_all(fd, data, len) < 0;
	if (fd >= 0 && close(fd) < 0)
		failed = 1;
	if (failed || rename(temporary, path) < 0 || sync_folder_of(path) < 0) {
		err_set(err, ERR_IO, "写入文件 %s 失败：%s", path, strerror(errno));
		unlink(temporary);
		return -1;
	}
	return 0;
}
