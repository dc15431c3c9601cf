/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HTTP_OWN_H
#define NET_HTTP_OWN_H

#include <stdbool.h>
#include <stddef.h>

/* Between the files of the HTTP server; nobody else includes it. */

/* text: origin form or absolute form. path needs strlen(target)+1 bytes. False: answer 400. */
bool http_target_parse(const char *target, char *path, const char **ret_query);
/* The last entry of X-Forwarded-For when it is an address. */
bool http_forwarded_ip(const char *list, char *ret_ip, size_t size);

/* A compressor kept for reuse: setting one up costs more than packing a page. */
struct http_gzip;
struct http_gzip *http_gzip_new(void);
void http_gzip_free(struct http_gzip *g); /* NULL is fine */
/* Valid until the next call; NULL when it would not be smaller. */
const void *http_gzip_pack(struct http_gzip *g, const void *bytes, size_t len, size_t *ret_len);
bool http_gzip_accepted(const char *accept_encoding); /* NULL: no */
bool http_gzip_pays(const char *type, size_t len);

#define HTTP_ETAG_SIZE 40
void http_etag(const void *bytes, size_t len, bool gzip, char ret[HTTP_ETAG_SIZE]);
bool http_etag_match(const char *if_none_match, const char *etag); /* NULL: no */

#endif
