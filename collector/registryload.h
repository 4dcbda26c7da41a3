/* SPDX-License-Identifier: Apache-2.0 */
/* registryload.h - the newest registers of the database in memory
 * Thread: the owner of the connection. */
#ifndef ZHIBAO_REGISTRYLOAD_H
#define ZHIBAO_REGISTRYLOAD_H

#include "pg.h"
#include "registry.h"

/* Leaves *registry as it is when register_version is still the newest; otherwise replaces it (freeing the old
 * one) and updates the number. An empty registry when no programme is loaded. */
int registry_refresh(struct pg *pg, struct registry **registry, int64_t *register_version,
		     struct err *err);

#endif
