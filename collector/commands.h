/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - what zhibao-collector can be asked on the command line
 * Thread: the main thread; blocks. */
#ifndef ZHIBAO_COLLECTOR_COMMANDS_H
#define ZHIBAO_COLLECTOR_COMMANDS_H

/* Returns the exit code: 0, 64 usage, 65 data, 75 try again, 78 configuration. */
int commands_main(int argc, char **argv);

#endif
