/* SPDX-License-Identifier: Apache-2.0 */
/* rota.h - which writer works for an office
 * While anything of an office is under way, what comes after goes to the same writer: its transactions never wait for each other
 * and its jobs keep their order. One that has nothing under way goes to the writer with the fewest bytes, so that no writer is left with
 * a backlog beside one that has none.
 * Thread: one owner. */
#ifndef ZHIBAO_ROTA_H
#define ZHIBAO_ROTA_H

#include <stddef.h>

struct rota;

int rota_new(struct rota **out, size_t writers); /* -1 when memory is out */
void rota_free(struct rota **rota);
/* Where the next job of the office would go, and the bytes under way there. */
size_t rota_writer(const struct rota *rota, const char *office_code);
size_t rota_bytes(const struct rota *rota, const char *office_code);
/* A job of so many bytes goes to *writer_out, and is answered; -1 when memory is out: nothing is changed. */
int rota_begin(struct rota *rota, const char *office_code, size_t bytes, size_t *writer_out);
void rota_end(struct rota *rota, const char *office_code, size_t bytes);

#endif
