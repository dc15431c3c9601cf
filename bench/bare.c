/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The yardstick of the web pages: libmicrohttpd with epoll in one process, as in Billhook, that
 * answers every request with the same bytes of the same length and does nothing else.
 *
 *   bench_bare PORT BYTES        until it is killed
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum MHD_Result answer(void *response, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *body, size_t *body_size, void **request)
{
	static int seen;
	if (*request == NULL) {
		*request = &seen; /* the head has come; the answer is due with the next call */
		return MHD_YES;
	}
	return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

int main(int argc, char **argv)
{
	int port = argc == 3 ? (int)strtol(argv[1], NULL, 10) : 0;
	long bytes = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	if (port < 1 || port > 65535 || bytes < 1 || bytes > 1 << 24) {
		fprintf(stderr, "usage: bench_bare PORT BYTES\n");
		return 2;
	}
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char *page = malloc((size_t)bytes);
	memset(page, 'x', (size_t)bytes);
	struct MHD_Response *response =
	    MHD_create_response_from_buffer((size_t)bytes, page, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
	struct MHD_Daemon *daemon =
	    MHD_start_daemon(MHD_USE_EPOLL, (uint16_t)port, NULL, NULL, answer, response,
	        MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_CONNECTION_LIMIT, 1024u, MHD_OPTION_END);
	if (daemon == NULL) {
		fprintf(stderr, "bench_bare: cannot listen on port %d\n", port);
		return 1;
	}
	while (MHD_run_wait(daemon, -1) == MHD_YES)
		;
	return 1;
}
