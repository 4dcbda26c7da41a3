/* SPDX-License-Identifier: Apache-2.0 */
/* zhibao-bench-peer - sends lines to a syslog server over loopback
 *   zhibao-bench-peer --port N --file LINES --rows N [--relp WINDOW]
 * Over plain TCP, one line after the other; or over RELP with so many unanswered at most, until each was answered. All is
 * framed before the clock starts. Prints "ready", waits for a line, sends, prints one line of JSON, waits for the end of its
 * input. */
#include <arpa/inet.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "figures.h"

static const char header[] = "<134>1 2024-05-06T00:00:00Z office zhibao - - - ";
static const char offer[] = "relp_version=0\nrelp_software=zhibao-bench\ncommands=syslog";

struct sender {
	const char *file;
	size_t port, rows, window; /* window 0: plain TCP */
	int fd;
	struct buf framed;
	size_t *ends; /* of each frame */
	size_t answered;
	char left[512]; /* of an answer not yet whole */
	size_t left_len;
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void put_frame(struct sender *sender, size_t no, const char *line)
{
	size_t len = strlen(line);
	if (sender->window)
		buf_format(&sender->framed, "%zu syslog %zu %s%s\n", no + 2, sizeof(header) - 1 + len, header, line);
	else
		buf_format(&sender->framed, "%s%s\n", header, line);
	sender->ends[no] = sender->framed.len;
}

static void read_lines(struct sender *sender)
{
	FILE *file = fopen(sender->file, "r");
	char *line = NULL;
	size_t size = 0, no = 0;
	sender->ends = calloc(sender->rows, sizeof(size_t));
	while (file && sender->ends && no < sender->rows && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		put_frame(sender, no++, line);
	}
	if (!file || no < sender->rows || sender->framed.is_failed) {
		fprintf(stderr, "%s: %zu lines\n", sender->file, no);
		exit(1);
	}
	free(line);
	fclose(file);
}

static void send_all(const struct sender *sender, const void *data, size_t len)
{
	const char *at = data;
	while (len > 0) {
		ssize_t sent = send(sender->fd, at, len, MSG_NOSIGNAL);
		if (sent < 0)
			fail("send");
		at += sent;
		len -= (size_t)sent;
	}
}

/* Counts whole answers: "NUMBER rsp LENGTH DATA\n"; anything but 200 ends the program. */
static void take_answers(struct sender *sender)
{
	for (;;) {
		size_t number, len;
		int head = 0;
		sender->left[sender->left_len] = '\0';
		if (sscanf(sender->left, "%zu rsp %zu%n", &number, &len, &head) != 2 || head == 0)
			return;
		size_t whole = (size_t)head + 1 + len + (len > 0);
		if (sender->left[head] != ' ' || sender->left_len < whole)
			return;
		if (memcmp(sender->left + head + 1, "200", 3) != 0) {
			fprintf(stderr, "refused: %s\n", sender->left);
			exit(1);
		}
		sender->answered++;
		sender->left_len -= whole;
		memmove(sender->left, sender->left + whole, sender->left_len);
	}
}

static void await_answers(struct sender *sender, size_t least)
{
	while (sender->answered < least) {
		ssize_t got = recv(sender->fd, sender->left + sender->left_len,
				   sizeof(sender->left) - 1 - sender->left_len, 0);
		if (got <= 0)
			fail("answers");
		sender->left_len += (size_t)got;
		take_answers(sender);
	}
}

static void dial(struct sender *sender)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)sender->port)};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sender->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (sender->fd < 0 || connect(sender->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		fail("connect");
	if (!sender->window)
		return;
	struct buf open = {0};
	buf_format(&open, "1 open %zu %s\n", sizeof(offer) - 1, offer);
	send_all(sender, open.data, open.len);
	buf_fini(&open);
	await_answers(sender, 1);
	sender->answered = 0;
}

static void run(struct sender *sender)
{
	const char *data = (const char *)sender->framed.data;
	if (!sender->window) {
		send_all(sender, data, sender->framed.len);
		return;
	}
	for (size_t sent = 0; sender->answered < sender->rows;) {
		size_t until = sender->answered + sender->window;
		until = until < sender->rows ? until : sender->rows;
		if (until > sent) {
			size_t from = sent ? sender->ends[sent - 1] : 0;
			send_all(sender, data + from, sender->ends[until - 1] - from);
			sent = until;
		}
		await_answers(sender, sender->answered + 1);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"port", required_argument, NULL, 'p'},
						{"file", required_argument, NULL, 'f'},
						{"rows", required_argument, NULL, 'n'},
						{"relp", required_argument, NULL, 'r'},
						{NULL, 0, NULL, 0}};
	struct sender sender = {0};
	int letter;
	while ((letter = getopt_long(argc, argv, "", options, NULL)) > 0) {
		if (letter == 'f')
			sender.file = optarg;
		else if (letter == '?')
			return 64;
		else
			*(letter == 'p' ? &sender.port : letter == 'n' ? &sender.rows : &sender.window) =
				figures_option("number", optarg);
	}
	if (!sender.file || !sender.port || !sender.rows)
		return fputs("usage: zhibao-bench-peer --port N --file LINES --rows N [--relp WINDOW]\n", stderr), 64;
	read_lines(&sender);
	dial(&sender);
	figures_wait_for_start();
	int64_t own_us = figures_own_cpu_us(), began_us = figures_now_us();
	run(&sender);
	printf("{\"rows\": %zu, \"sent_seconds\": %.6f, \"own_cpu_us\": %lld}\n", sender.rows,
	       (double)(figures_now_us() - began_us) / 1e6, (long long)(figures_own_cpu_us() - own_us));
	figures_wait_for_end();
	close(sender.fd);
	buf_fini(&sender.framed);
	free(sender.ends);
	return 0;
}
