/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API's document, made from the route table and the field tables: what is not there cannot be
 * described, and what is there cannot be forgotten.
 */
#include <string.h>

#include "base/str.h"
#include "fmt/form.h"
#include "web/handlers.h"
#include "web/own.h"

#define PREFIX "/api/v1"

/* "/invoices/:id" -> "/invoices/{id}", and its parameters. */
static const char *path_of(struct cx *cx, const char *path, json_t *params)
{
	struct buf b;
	size_t n;
	char **steps = str_split(cx->arena, path, '/', &n);
	buf_init(&b, cx->arena);
	for (size_t i = 1; i < n; i++) {
		bool param = steps[i][0] == ':';
		const char *name = steps[i] + param;
		buf_printf(&b, param ? "/{%s}" : "/%s", name);
		if (param)
			json_array_append_new(params,
			    json_pack("{s:s, s:s, s:b, s:{s:s}}", "name", name, "in", "path",
			        "required", 1, "schema", "type",
			        strcmp(name, "id") == 0 ? "integer" : "string"));
	}
	return buf_text(&b);
}

static json_t *responses(const struct route *r)
{
	bool pdf = str_ends(r->path, "/pdf");
	json_t *good = json_pack("{s:s, s:{s:{s:{s:s}}}}", "description", "Done", "content",
	    pdf ? "application/pdf" : "application/json", "schema", "type",
	    pdf ? "string" : "object");
	json_t *bad = json_pack("{s:s, s:{s:{s:{s:s}}}}", "description", "Refused", "content",
	    "application/problem+json", "schema", "$ref", "#/components/schemas/problem");
	return json_pack("{s:o, s:o}", "2XX", good, "default", bad);
}

static json_t *id_of(struct cx *cx, const struct route *r)
{
	char *id = arena_printf(cx->arena, "%s%s", r->method == WEB_FORM ? "post" : "get",
	    r->path + strlen(PREFIX));
	for (char *c = id; *c != 0; c++)
		if (strchr("/:-.", *c) != NULL)
			*c = '_';
	return json_string(id);
}

static json_t *operation(struct cx *cx, const struct route *r, json_t *params)
{
	json_t *o = json_pack("{s:s, s:o, s:o, s:o}", "summary", str_or(r->about, ""),
	    "operationId", id_of(cx, r), "parameters", params, "responses", responses(r));
	if (!str_empty(r->permission))
		json_object_set_new(o, "x-permission", json_string(r->permission));
	if (r->method != WEB_FORM)
		return o;
	json_array_append_new(params,
	    json_pack("{s:s, s:s, s:{s:s, s:i}, s:s}", "name", "Idempotency-Key", "in", "header",
	        "schema", "type", "string", "maxLength", 200, "description",
	        "The same key and body again give the first answer."));
	json_t *schema =
	    r->input != NULL ? field_schema(r->input) : json_pack("{s:s}", "type", "object");
	json_object_set_new(o, "requestBody",
	    json_pack("{s:{s:{s:o}}}", "content", "application/json", "schema", schema));
	return o;
}

static json_t *paths(struct cx *cx)
{
	json_t *all = json_object();
	const struct route *r;
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		if (r->area != AREA_API)
			continue;
		json_t *params = json_array();
		const char *path = path_of(cx, r->path + strlen(PREFIX), params);
		json_t *item = json_object_get(all, path);
		if (item == NULL) {
			item = json_object();
			json_object_set_new(all, path, item);
		}
		json_object_set_new(item, r->method == WEB_FORM ? "post" : "get",
		    operation(cx, r, params));
	}
	return all;
}

static json_t *problem_schema(void)
{
	return json_pack(
	    "{s:s, s:{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s, s:{s:s}}, s:{s:s}}}",
	    "type", "object", "properties", "type", "type", "string", "title", "type", "string",
	    "status", "type", "integer", "key", "type", "string", "detail", "type", "string",
	    "fields", "type", "array", "items", "type", "object", "trace", "type", "string");
}

enum err api_openapi(struct cx *cx, struct page *p)
{
	page_set(p, "openapi", json_string("3.1.0"));
	page_set(p, "info",
	    json_pack("{s:s, s:s, s:s}", "title", "Billhook", "version", "1", "description",
	        "Money is an integer in minor units beside its currency,"
	        " days are YYYY-MM-DD, instants RFC 3339 in UTC. "
	        "Lists answer {data, next}; give next as ?after=."));
	page_set(p, "servers", json_pack("[{s:s}]", "url", page_url(cx, p, PREFIX)));
	page_set(p, "paths", paths(cx));
	page_set(p, "components",
	    json_pack("{s:{s:o}, s:{s:{s:s, s:s}}}", "schemas", "problem", problem_schema(),
	        "securitySchemes", "token", "type", "http", "scheme", "bearer"));
	page_set(p, "security", json_pack("[{s:[]}]", "token"));
	p->cache = "public, max-age=300";
	return OK;
}
