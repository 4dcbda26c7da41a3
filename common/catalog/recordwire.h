/* SPDX-License-Identifier: Apache-2.0 */
/* recordwire.h - bytes of a peer into messages, within a budget
 * protobuf-c cuts text at a NUL, takes any bytes for text and allocates what the peer asks for; here texts are judged as
 * they are read, and memory comes from an arena with a bound.
 * Thread: pure functions over the caller's arena. */
#ifndef ZHIBAO_RECORDWIRE_H
#define ZHIBAO_RECORDWIRE_H

#include "arena.h"
#include "problem.h"
#include "zhibao/v1/record.pb-c.h"

/* An encoded record must fit into a batch of its own, and that into a frame. */
enum { RECORD_MAX_BYTES = 240 * 1024 };
enum { WIRE_DEPTH_MAX = 8, WIRE_EXPANSION = 16, WIRE_FLOOR_BYTES = 16384 };

/* NULL, and E_WIRE_BAD, E_TEXT_NUL, E_TEXT_ENCODING or E_WIRE_DEPTH in problems, when data is not a sound message of the
 * descriptor. Unknown fields are passed over. The message lives in the arena; its bytes (not its texts) are borrowed from
 * data. */
ProtobufCMessage *wire_unpack(const ProtobufCMessageDescriptor *descriptor, struct arena *arena,
			      const uint8_t *data, size_t len, struct problems *problems);

#endif
