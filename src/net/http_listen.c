/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens listening TCP sockets from the address texts of the command line. Serving them is
 * http_server.c's business.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "net/http.h"

#define BACKLOG 1024 /* connections the kernel holds while every handler is busy */

/* "127.0.0.1:80", "[::1]:80", ":80" (every address) to host and port. */
static bool split(const char *address, char *host, size_t host_size, char *port, size_t port_size)
{
	const char *colon = strrchr(address, ':');
	if (colon == NULL)
		return false;
	const char *start = address;
	size_t len = (size_t)(colon - address);
	if (*address == '[') {
		if (len < 3 || colon[-1] != ']')
			return false;
		start++;
		len -= 2;
	} else if (memchr(address, ':', len) != NULL) {
		return false;
	}
	int64_t n;
	if (len >= host_size || !str_int(colon + 1, &n) || n < 0 || n > 65535)
		return false;
	memcpy(host, start, len);
	host[len] = 0;
	snprintf(port, port_size, "%d", (int)n);
	return true;
}

static int bound_port(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at = {.v6 = {0}};
	socklen_t len = sizeof at;
	if (getsockname(fd, &at.any, &len) != 0)
		return 0;
	return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}

static int open_socket(const struct addrinfo *ai)
{
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	int on = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

enum err http_listen(struct cx *cx, const char *address, int *ret_fd, int *ret_port)
{
	char host[256], port[8];
	if (!split(address, host, sizeof host, port, sizeof port))
		return fail(cx, ERR_INVALID, "http.address",
		    "\"%s\" is not an address: write host:port, for example 127.0.0.1:8080",
		    address);
	struct addrinfo hint = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *found;
	int rc = getaddrinfo(host[0] == 0 ? NULL : host, port, &hint, &found);
	if (rc != 0)
		return fail(cx, ERR_INVALID, "http.address", "%s: %s", address, gai_strerror(rc));
	int fd = open_socket(found);
	int why = errno;
	freeaddrinfo(found);
	if (fd < 0)
		return fail(cx, ERR_CONFLICT, "http.listen", "cannot listen on %s: %s", address,
		    strerror(why));
	*ret_fd = fd;
	*ret_port = bound_port(fd);
	return OK;
}
