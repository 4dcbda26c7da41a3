/* SPDX-License-Identifier: Apache-2.0 */
#include "harden.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void harden_process(void)
{
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
