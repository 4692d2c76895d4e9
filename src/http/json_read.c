#include "http/json_read.h"

#include "base/limits.h"
#include "base/text.h"
#include "http/json_scan.h"

#define SECONDS_MAX 999999999999999LL /* so that sums stay far from the end */
#define EXPONENT_DIGITS_MAX 3         /* as C and Java write 1.7e+009 */

bool
json_object_valid(struct span text, unsigned depth_max)
{
	struct span rest = text;

	if (depth_max > TOKEN_DEPTH_MAX || !text_utf8(text))
		return false;
	json_scan_space(&rest);
	if (rest.n == 0 || rest.p[0] != '{' ||
	    !json_scan_value(&rest, depth_max))
		return false;
	json_scan_space(&rest);
	return rest.n == 0;
}

static enum json_kind
kind_of(unsigned char first)
{
	switch (first) {
	case '"':
		return JSON_KIND_STRING;
	case '{':
		return JSON_KIND_OBJECT;
	case '[':
		return JSON_KIND_ARRAY;
	case 't':
		return JSON_KIND_TRUE;
	case 'f':
		return JSON_KIND_FALSE;
	case 'n':
		return JSON_KIND_NULL;
	default:
		return JSON_KIND_NUMBER;
	}
}

static struct json_value
absent(void)
{
	return (struct json_value){ JSON_ABSENT, { NULL, 0 } };
}

/* A walk through the items of an object or an array, each looked at once. */
struct walk {
	struct span rest;
	bool named;
	bool more;
};

static struct walk
walk_start(struct json_value v)
{
	struct walk w = { v.text, v.kind == JSON_KIND_OBJECT, false };

	if (v.kind == JSON_KIND_OBJECT || v.kind == JSON_KIND_ARRAY) {
		json_scan_space(&w.rest);
		w.more = json_scan_byte(&w.rest, w.named ? '{' : '[');
	}
	return w;
}

/* string ":", with the space around them. */
static bool
walk_name(struct walk *w, struct json_value *name)
{
	struct span from = w->rest;

	if (!json_scan_string(&w->rest))
		return false;
	name->kind = JSON_KIND_STRING;
	name->text = json_scanned(from, w->rest);
	json_scan_space(&w->rest);
	if (!json_scan_byte(&w->rest, ':'))
		return false;
	json_scan_space(&w->rest);
	return true;
}

/* False at the end. name is left alone in an array. */
static bool
walk_next(struct walk *w, struct json_value *name, struct json_value *value)
{
	struct span from;

	if (!w->more)
		return false;
	w->more = false;
	json_scan_space(&w->rest);
	if (w->named && !walk_name(w, name))
		return false;
	from = w->rest;
	if (!json_scan_value(&w->rest, TOKEN_DEPTH_MAX))
		return false;
	value->text = json_scanned(from, w->rest);
	value->kind = kind_of(from.p[0]);
	json_scan_space(&w->rest);
	w->more = json_scan_byte(&w->rest, ',');
	return true;
}

/* The value of a name, or that it stands there twice. */
static void
note(struct json_value *found, struct json_value value)
{
	if (found->kind == JSON_ABSENT)
		*found = value;
	else
		*found = (struct json_value){ JSON_TWICE, { NULL, 0 } };
}

void
json_members(struct json_value object, const struct span *names, size_t n,
    struct json_value *found)
{
	struct json_value key = absent(), value;
	struct walk w;

	for (size_t i = 0; i < n; i++)
		found[i] = absent();
	if (object.kind != JSON_KIND_OBJECT)
		return;
	w = walk_start(object);
	while (walk_next(&w, &key, &value))
		for (size_t i = 0; i < n; i++)
			if (json_string_is(key, names[i]))
				note(&found[i], value);
}

bool
json_names_apart(struct json_value object)
{
	struct span seen[JSON_NAMES_MAX];
	struct json_value key = absent(), value;
	struct walk w;
	size_t n = 0;

	if (object.kind != JSON_KIND_OBJECT)
		return false;
	w = walk_start(object);
	while (walk_next(&w, &key, &value)) {
		if (n == JSON_NAMES_MAX || span_has(key.text, '\\'))
			return false;
		for (size_t i = 0; i < n; i++)
			if (span_eq(seen[i], key.text))
				return false;
		seen[n++] = key.text;
	}
	return true;
}

struct json_value
json_member(struct json_value object, struct span name)
{
	struct json_value found;

	json_members(object, &name, 1, &found);
	return found;
}

struct json_value
json_element(struct json_value array, size_t index)
{
	struct json_value name = absent(), value;
	struct walk w;

	if (array.kind != JSON_KIND_ARRAY)
		return absent();
	w = walk_start(array);
	while (walk_next(&w, &name, &value))
		if (index-- == 0)
			return value;
	return absent();
}

bool
json_has_string(struct json_value v, struct span s)
{
	struct json_value name = absent(), value;
	bool found = false;
	struct walk w;

	if (v.kind != JSON_KIND_ARRAY)
		return json_string_is(v, s);
	w = walk_start(v);
	while (walk_next(&w, &name, &value)) {
		if (value.kind != JSON_KIND_STRING)
			return false;
		found = json_string_is(value, s) || found;
	}
	return found;
}

/* What stands behind a string's opening quote. */
static bool
inside(struct json_value v, struct span *rest)
{
	*rest = v.text;
	return v.kind == JSON_KIND_STRING && json_scan_byte(rest, '"');
}

bool
json_read_text(struct json_value v, struct arena *arena, struct span *out)
{
	struct span rest;
	unsigned char *p, c[4];
	size_t n = 0, more;

	*out = (struct span){ NULL, 0 };
	if (!inside(v, &rest))
		return false;
	/* No escape is shorter than the UTF-8 that it stands for. */
	p = arena_bytes(arena, rest.n);
	if (p == NULL)
		return false;
	while ((more = json_scan_char(&rest, c)) > 0)
		for (size_t i = 0; i < more; i++)
			p[n++] = c[i];
	if (!json_scan_byte(&rest, '"') || rest.n > 0)
		return false;
	*out = (struct span){ p, n };
	return true;
}

bool
json_string_is(struct json_value v, struct span s)
{
	unsigned char c[4];
	struct span rest;
	size_t n;

	if (!inside(v, &rest))
		return false;
	/* Without an escape each byte stands for itself. */
	if (rest.n == s.n + 1 && !span_has(rest, '\\'))
		return rest.p[s.n] == '"' && span_eq(span_head(rest, s.n), s) &&
		       !span_has(s, '"');
	while ((n = json_scan_char(&rest, c)) > 0) {
		if (!span_starts(s, (struct span){ c, n }))
			return false;
		s = span_skip(s, n);
	}
	return s.n == 0 && json_scan_byte(&rest, '"') && rest.n == 0;
}

bool
json_read_integer(struct json_value v, long long *out)
{
	struct span digits = v.text;
	bool negative;

	*out = 0;
	if (v.kind != JSON_KIND_NUMBER)
		return false;
	negative = json_scan_byte(&digits, '-');
	if (!span_digits(digits, out))
		return false;
	if (negative)
		*out = -*out;
	return !negative || *out < 0;
}

/* How far the exponent, cut off the end of a JSON number, moves its point. */
static bool
take_exponent(struct span *number, long long *shift)
{
	struct span rest;
	bool negative;
	size_t n = 0;

	*shift = 0;
	while (n < number->n && (number->p[n] | 0x20) != 'e')
		n++;
	rest = span_skip(*number, n);
	*number = span_head(*number, n);
	if (!json_scan_byte(&rest, 'e') && !json_scan_byte(&rest, 'E'))
		return true;
	negative = json_scan_byte(&rest, '-');
	(void)json_scan_byte(&rest, '+');
	for (size_t i = 0; i < rest.n && i <= EXPONENT_DIGITS_MAX; i++)
		*shift = *shift * 10 + (rest.p[i] - '0');
	if (negative)
		*shift = -*shift;
	return rest.n <= EXPONENT_DIGITS_MAX;
}

bool
json_read_seconds(struct json_value v, long long *out)
{
	struct span rest = v.text;
	long long left, seconds = 0;
	bool negative;

	*out = 0;
	if (v.kind != JSON_KIND_NUMBER || !json_scan_value(&rest, 0) ||
	    rest.n > 0)
		return false;
	rest = v.text;
	negative = json_scan_byte(&rest, '-');
	if (!take_exponent(&rest, &left))
		return false;
	left += (long long)span_cut(rest, '.').head.n;
	for (size_t i = 0; left > 0; i++) {
		unsigned char digit = i < rest.n ? rest.p[i] : '0';

		if (digit == '.')
			continue;
		if (seconds > SECONDS_MAX / 10)
			return false;
		seconds = seconds * 10 + (digit - '0');
		left--;
	}
	*out = negative ? -seconds : seconds;
	return true;
}
