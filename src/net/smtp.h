/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_SMTP_H
#define NET_SMTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cx.h"

/* Hands one message to a mail server (libcurl). */
struct smtp_server {
	const char *host;
	int port;
	const char *security;        /* "none" | "starttls" | "tls" */
	const char *user, *password; /* NULL: no AUTH */
	int timeout_s;
};
enum smtp_result {
	SMTP_SENT,
	SMTP_LATER,
	SMTP_REFUSED,
	SMTP_UNKNOWN
}; /* 2xx; 4xx or no connection; 5xx; lost after the final dot */
/* A refused login is SMTP_LATER: it says nothing about the letter. Lone CR or LF in bytes become
 * CRLF. */
/* Always OK unless our own input is wrong; the result and the server's last line say what happened.
 */
enum err smtp_send(struct cx *cx, const struct smtp_server *s, const char *from, const char *to,
    const void *bytes, size_t len, enum smtp_result *ret, char **ret_line) MUST_CHECK;

#endif
