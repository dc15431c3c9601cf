/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_LINK_IPC_H
#define APP_LINK_IPC_H

#include "flow/flow.h"

/*
 * A struct linker whose calls go to the link processes behind a socket. path is borrowed. Its calls
 * always return OK: a pool that cannot be reached is NOT_TRIED, an answer that does not come is
 * UNKNOWN.
 */
struct linker link_ipc(const char *path);

#endif
