/* SPDX-License-Identifier: Apache-2.0 */
/* slowsync - for LD_PRELOAD: a disk whose sync takes SLOWSYNC_US microseconds longer (8,000 when
 * not set) */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void pause_a_while(void)
{
	static long delay_us = -1;
	if (delay_us < 0) {
		const char *text = getenv("SLOWSYNC_US");
		delay_us = text ? strtol(text, NULL, 10) : 8000;
	}
	struct timespec delay = {delay_us / 1000000, delay_us % 1000000 * 1000};
	nanosleep(&delay, NULL);
}

int fsync(int fd)
{
	pause_a_while();
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	pause_a_while();
	return (int)syscall(SYS_fdatasync, fd);
}
