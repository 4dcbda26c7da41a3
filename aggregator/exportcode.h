/* SPDX-License-Identifier: Apache-2.0 */
/* exportcode.h - codes of figures in other systems: no two figures have the same.
 * Thread: any. */
#ifndef EXPORTCODE_H
#define EXPORTCODE_H

#include "buf.h"

/* A code of SDMX: letters, digits, - and _ as they are, every other byte of the text as $XX. */
void export_code(struct buf *out, const char *text);

/* A code of a DHIS2 data element, 50 characters at most: ZB_, indicator, part, suffix (NUM, DEN) in
 * capitals. */
void export_element(struct buf *out, const char *indicator, const char *part, const char *suffix);

/* The unit of SDMX for the style and unit of the catalogue: PT for percent, a code of its own for
 * what is no number of things, else NUMBER. */
const char *export_unit(const char *style, const char *unit);

#endif
