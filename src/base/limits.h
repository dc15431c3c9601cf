/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* Every limit of the program with its reason. */

#define LIMIT_ARENA_BYTES \
	(64u << 20) /* one request or job; a 1,000-row slice of billing needs about 4 MiB */
#define LIMIT_ARENA_BLOCK_BYTES (16u << 10)
#define LIMIT_ARENA_KEEP_BYTES (512u << 10) /* kept between requests: a page needs about half */
#define LIMIT_BODY_BYTES (1u << 20)    /* largest form or JSON body; uploads have their own */
#define LIMIT_HEADER_BYTES (16u << 10) /* all request headers together */
#define LIMIT_URL_BYTES 4096           /* longest request target */
#define LIMIT_FORM_PAIRS 500           /* pairs in one form; the largest page has about 80 */
#define LIMIT_JSON_DEPTH 16            /* nesting of a JSON body; the API needs 5 */
#define LIMIT_FIELD_ROWS \
	200 /* rows of one list field in a body; an order has 50, a plan about 20 prices */
#define LIMIT_TEMPLATE_DEPTH 32                /* partials within partials */
#define LIMIT_TEMPLATE_OUTPUT_BYTES (8u << 20) /* a page of 50 rows has under 200 KB */
#define LIMIT_TEXT_CHARS 200                   /* a name, a company, a city */
#define LIMIT_NOTE_CHARS 20000                 /* a note, a letter template */
#define LIMIT_PAGE_ROWS 50                     /* rows on one page of a list */
#define LIMIT_API_ROWS 200                     /* rows the API gives at once */
#define LIMIT_CONNECTIONS 1024                 /* open HTTP connections per web process */
#define LIMIT_CONNECTIONS_PER_IP 64
#define LIMIT_HTTP_IDLE_S 30             /* keep-alive or a stalled sender */
#define LIMIT_LINK_CALL_S 30             /* a provider's answer */
#define LIMIT_LINK_PER_PROVIDER 2        /* calls to one provider under way at once */
#define LIMIT_EXEC_LINE_BYTES (1u << 20) /* one JSON line of an extension program */
#define LIMIT_REMOTE_BYTES (4u << 20)    /* a provider's answer, in bytes */
#define LIMIT_LETTER_BYTES \
	(16u << 20)       /* a mail with its attachments; most servers take 20 MB or more */
#define LIMIT_TX_TRIES 40 /* retries of one transaction; 64 rivals for one row need about 20 */
#define LIMIT_TX_MS 30000 /* no new try of a transaction after that: its caller waits */
#define LIMIT_SQL_PARAMS \
	64 /* parameters of a statement, columns of a batch; the widest table has under 40 */
#define LIMIT_JOB_TRIES 20       /* attempts before a job is parked */
#define LIMIT_JOB_LEASE_S 120    /* a holder silent that long is dead */
#define LIMIT_STAFF 500          /* staff members, roles: read at once, without paging */
#define LIMIT_CONTACTS 100       /* contacts of one client */
#define LIMIT_CLIENT_GROUPS 500  /* groups of clients: read at once, for a select */
#define LIMIT_RATES 2000         /* newest rate of each pair of currencies: the ECB has about 30 */
#define LIMIT_DUNNING_STEPS 1000 /* steps of all ladders together: read once per run */
#define LIMIT_SESSIONS 200       /* sessions or tokens of one person shown at once */
#define LIMIT_CATALOG_ROWS 1000  /* plans or groups read at once: the shop is one page */
#define LIMIT_CATALOG_PRICES 10000 /* active prices of all plans read at once */
#define LIMIT_ORDER_ITEMS 50       /* lines in one cart */
#define LIMIT_PAY_INVOICES 50      /* invoices paid at once: a page of them */
#define LIMIT_INVOICE_ITEMS 500
#define LIMIT_NAME_BYTES 64       /* names in a tree for templates: all are ours */
#define LIMIT_SEARCH_INVOICES 100000 /* newest ones searched by name; numbers have an index */
#define LIMIT_GROUP_SERVICES 100 /* services on one renewal: more is not read */
#define LIMIT_SLICE_SERVICES 1000 /* services billed in one transaction */
#define LIMIT_REPORT_BYTES \
	(8u << 20) /* an export made in memory; a growing text needs twice its size */

#endif
