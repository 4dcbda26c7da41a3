/* SPDX-License-Identifier: Apache-2.0 */
#include "frame.h"

#include <string.h>

void frame_encode(const struct frame *frame, uint8_t out[FRAME_BYTES])
{
	memset(out, 0, FRAME_BYTES);
	out[0] = FRAME_MAGIC & 0xFF;
	out[1] = FRAME_MAGIC >> 8;
	out[2] = frame->version;
	out[3] = frame->type;
	for (int i = 0; i < 8; i++)
		out[8 + i] = (uint8_t)(frame->session_gen >> (8 * i));
}

enum frame_result frame_decode(const uint8_t *data, size_t len, struct frame *out)
{
	if (len < FRAME_BYTES || data[0] != (FRAME_MAGIC & 0xFF) || data[1] != FRAME_MAGIC >> 8)
		return FRAME_BAD;
	out->version = data[2];
	out->type = data[3];
	out->session_gen = 0;
	for (int i = 7; i >= 0; i--)
		out->session_gen = out->session_gen << 8 | data[8 + i];
	if (data[2] < FRAME_VERSION_MIN || data[2] > FRAME_VERSION)
		return FRAME_OTHER_VERSION;
	/* No flag is defined yet and the reserved field is for later versions. */
	return data[4] || data[5] || data[6] || data[7] ? FRAME_BAD : FRAME_OK;
}
