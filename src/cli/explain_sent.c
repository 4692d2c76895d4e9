#include "base/enc.h"
#include "cli/explain.h"
#include "cli/explain_text.h"
#include "http/json.h"

/* public_ids[] and public_ids[0] are elements of public_ids. */
static bool
is_element(struct span *name)
{
	struct span_cut cut = span_cut(*name, '[');

	*name = cut.head;
	return cut.found;
}

/* Elements of one list are joined with "," as they come. */
static bool
add(struct pieces *fields, struct span name, struct span value,
    struct arena *arena, struct sent *out)
{
	bool element = is_element(&name);
	size_t at = explain_find(fields, name);
	struct span *old;
	unsigned char *p;

	if (span_is(name, "signature"))
		out->signature = value;
	else if (span_is(name, "api_key"))
		out->api_key = value;
	if (value.n == 0 || explain_extra(&(struct signed_param){
				name, value }) == CAUSE_EXCLUDED)
		return true;
	if (at == fields->n) {
		if (at == PARAMS_MAX)
			return false;
		explain_insert(fields, (struct signed_param){ name, value });
		return true;
	}
	old = &fields->p[at].value;
	p = element ? arena_bytes(arena, old->n + 1 + value.n) : NULL;
	if (p == NULL)
		return false;
	memcpy(p, old->p, old->n);
	p[old->n] = ',';
	memcpy(p + old->n + 1, value.p, value.n);
	*old = (struct span){ p, old->n + 1 + value.n };
	return true;
}

/* As version 2 writes it. */
static bool
make(const struct pieces *fields, struct arena *arena, struct sent *out)
{
	unsigned char *p = arena_bytes(arena, EXPLAIN_STRING_MAX);
	struct sink sink;

	if (p == NULL || fields->n == 0)
		return false;
	sink_init(&sink, p, EXPLAIN_STRING_MAX);
	string_to_sign(fields->p, fields->n, &sink);
	out->string = sink_view(&sink);
	out->made = true;
	return !sink.full;
}

/* A value's text: of a number and so on as it stands there. */
static bool
text_of(struct json_value v, struct arena *arena, struct span *out)
{
	*out = (struct span){ NULL, 0 };
	if (v.kind == JSON_KIND_STRING)
		return json_read_text(v, arena, out);
	if (v.kind == JSON_KIND_NUMBER || v.kind == JSON_KIND_TRUE ||
	    v.kind == JSON_KIND_FALSE)
		*out = v.text;
	return v.kind != JSON_KIND_OBJECT;
}

static bool
add_json(struct pieces *fields, struct span name, struct json_value v,
    struct arena *arena, struct sent *out)
{
	struct span element, text;
	unsigned char *p;

	if (v.kind != JSON_KIND_ARRAY)
		return text_of(v, arena, &text) &&
		       add(fields, name, text, arena, out);
	p = arena_bytes(arena, name.n + 2);
	if (p == NULL)
		return false;
	memcpy(p, name.p, name.n);
	memcpy(p + name.n, "[]", 2);
	element = (struct span){ p, name.n + 2 };
	for (size_t i = 0; i < LIST_MAX; i++) {
		struct json_value e = json_element(v, i);

		if (e.kind == JSON_ABSENT)
			return true;
		if (e.kind == JSON_KIND_ARRAY || !text_of(e, arena, &text) ||
		    !add(fields, element, text, arena, out))
			return false;
	}
	return false;
}

/* Of an object that json_object_valid() accepted. */
static bool
read_object(struct json_value object, struct pieces *fields,
    struct arena *arena, struct sent *out)
{
	struct json_walk w = json_walk(object);
	struct json_value key, v;
	struct span name;

	while (json_next(&w, &key, &v))
		if (!json_read_text(key, arena, &name) ||
		    !add_json(fields, name, v, arena, out))
			return false;
	return true;
}

static bool
read_json(struct span text, struct arena *arena, struct sent *out)
{
	static const char *const wrappers[] = { "fields", "paramsToSign",
		"params_to_sign" };
	struct json_value all = { JSON_KIND_OBJECT, text }, inner, object = all;
	struct pieces fields = { .n = 0 };

	if (!json_object_valid(text, JSON_DEPTH_MAX))
		return false;
	for (size_t i = 0; i < 3; i++) {
		inner = json_member(all, span_of(wrappers[i]));
		if (inner.kind == JSON_KIND_OBJECT)
			object = inner;
	}
	return read_object(object, &fields, arena, out) &&
	       make(&fields, arena, out);
}

/* application/x-www-form-urlencoded; a part that is not stays as it is. */
static struct span
decode(struct span text, struct arena *arena)
{
	unsigned char *p = arena_bytes(arena, text.n);
	size_t n = 0;

	if (p == NULL)
		return text;
	for (size_t i = 0; i < text.n; i++) {
		int byte = percent_byte(span_skip(text, i));

		if (byte >= 0) {
			p[n++] = (unsigned char)byte;
			i += 2;
		} else {
			p[n++] = text.p[i] == '+' ? ' ' : text.p[i];
		}
	}
	return (struct span){ p, n };
}

static bool
read_form(struct span text, struct arena *arena, struct sent *out)
{
	struct span_cut cut = { .tail = text, .found = true }, pair;
	struct pieces fields = { .n = 0 };

	while (cut.found) {
		cut = span_cut(cut.tail, '&');
		pair = span_cut(cut.head, '=');
		if (cut.head.n > 0 && !add(&fields, decode(pair.head, arena),
					  decode(pair.tail, arena), arena, out))
			return false;
	}
	return make(&fields, arena, out);
}

/* Does it carry what is sent beside a string to sign? */
static bool
is_form(struct span text)
{
	struct span_cut cut = { .tail = text, .found = true };

	while (cut.found) {
		cut = span_cut(cut.tail, '&');
		if (span_starts(cut.head, SPAN_LIT("api_key=")) ||
		    span_starts(cut.head, SPAN_LIT("signature=")))
			return true;
	}
	return false;
}

bool
explain_sent(struct span text, struct arena *arena, struct sent *out)
{
	struct span trimmed = explain_strip(text);
	struct span_cut query = span_cut(trimmed, '?');

	*out = (struct sent){ .made = false };
	if (trimmed.n == 0 || text.n > EXPLAIN_PASTED_MAX)
		return false;
	if (trimmed.p[0] == '{')
		return read_json(trimmed, arena, out);
	if (query.found &&
	    (query.head.n == 0 || span_starts(trimmed, SPAN_LIT("https://")) ||
		span_starts(trimmed, SPAN_LIT("http://"))))
		return read_form(span_cut(query.tail, '#').head, arena, out);
	if (is_form(trimmed))
		return read_form(trimmed, arena, out);
	out->string = text;
	return text.n <= EXPLAIN_STRING_MAX;
}
