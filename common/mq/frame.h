/* SPDX-License-Identifier: Apache-2.0 */
/* frame.h - the 16-byte envelope before every message: {magic u16, version u8, type u8, flags u16,
 * reserved u16, session_gen u64}, little-endian
 * Thread: any. */
#ifndef ZHIBAO_FRAME_H
#define ZHIBAO_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum { FRAME_BYTES = 16, FRAME_MAGIC = 0x425A };
/* The protocol spoken, and the one before, which is still served. */
enum { FRAME_VERSION = 2, FRAME_VERSION_MIN = 1 };
/* A batch is closed at the soft limit; nothing beyond the hard limit is read. */
enum { FRAME_SOFT_BYTES = 64 * 1024, FRAME_HARD_BYTES = 256 * 1024, FRAME_MAX_BYTES = 384 * 1024 };

struct frame {
	uint8_t version; /* of the session; FRAME_VERSION_MIN before Welcome */
	uint8_t type; /* MessageType of session.proto */
	uint64_t session_gen;
};

enum frame_result { FRAME_OK, FRAME_BAD, FRAME_OTHER_VERSION };

void frame_encode(const struct frame *frame, uint8_t out[FRAME_BYTES]);
/* Reads the head of data; the body follows at data + FRAME_BYTES. */
enum frame_result frame_decode(const uint8_t *data, size_t len, struct frame *out);

#endif
