/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_SANDBOX_H
#define APP_SANDBOX_H

/*
 * `billhook sandbox --listen ADDR --secret S [--smtp ADDR]`: the outside world for demos and tests
 * in one process: a payment gateway with a hosted page, a control panel, the sites it hosts, a mail
 * server. Needs no database; all state is in memory and gone at the end. argv[0] is the
 * subcommand's own name. Returns the exit code: 0 after SIGTERM or SIGINT, 1 when an address is
 * taken, 2 usage. Prints one line per room with its address to stdout once it listens (port 0 picks
 * a free one).
 */
int sandbox_main(int argc, char **argv);

#endif
