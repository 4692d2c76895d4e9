#include "http/json_write.h"

#include <stdlib.h>

#include "base/text.h"

void
json_begin(struct json_out *j, struct sink *out)
{
	*j = (struct json_out){ .out = out };
}

static bool
in_object(const struct json_out *j)
{
	return j->depth > 0 && j->open[j->depth - 1] == '{';
}

/*
 * Before a value: in an object it needs a name, outside of everything there
 * is one value only.
 */
static void
start_value(struct json_out *j)
{
	if (in_object(j) ? !j->named : j->depth == 0 && j->comma)
		abort();
	if (!j->named && j->comma)
		sink_byte(j->out, ',');
	j->named = false;
	j->comma = true;
}

static void
escape(struct sink *out, unsigned code)
{
	unsigned char unit[2] = { (unsigned char)(code >> 8),
		(unsigned char)(code & 255) };

	sink_text(out, "\\u");
	sink_hex(out, (struct span){ unit, sizeof(unit) });
}

/* U+2028 and U+2029 end a line in JavaScript before ES2019. */
static bool
is_line_end(struct span s)
{
	return s.n >= 3 && s.p[0] == 0xe2 && s.p[1] == 0x80 &&
	       (s.p[2] == 0xa8 || s.p[2] == 0xa9);
}

/* Bytes that do not stand for themselves, or may not (U+2028 begins so). */
static const bool special[256] = { ['"'] = true,
	['&'] = true,
	['<'] = true,
	['>'] = true,
	['\\'] = true,
	[0xe2] = true };

/* How many bytes from here on stand for themselves. */
static size_t
plain_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 0x20 && !special[s.p[n]])
		n++;
	return n;
}

/* Bytes that are not UTF-8 are never sent: the sink is full then. */
static void
string(struct sink *out, struct span s)
{
	if (!text_utf8(s))
		out->full = true;
	sink_byte(out, '"');
	while (s.n > 0) {
		size_t n = plain_run(s);

		sink_span(out, span_head(s, n));
		s = span_skip(s, n);
		if (s.n == 0)
			break;
		n = 1;
		if (is_line_end(s)) {
			escape(out, 0x2000u | (s.p[2] & 0x3fu));
			n = 3;
		} else if (s.p[0] == 0xe2) {
			sink_byte(out, s.p[0]);
		} else if (s.p[0] == '"' || s.p[0] == '\\') {
			sink_byte(out, '\\');
			sink_byte(out, s.p[0]);
		} else {
			escape(out, s.p[0]);
		}
		s = span_skip(s, n);
	}
	sink_byte(out, '"');
}

static void
start_name(struct json_out *j)
{
	if (!in_object(j) || j->named)
		abort();
	if (j->comma)
		sink_byte(j->out, ',');
	j->named = true;
}

void
json_name_span(struct json_out *j, struct span name)
{
	start_name(j);
	string(j->out, name);
	sink_byte(j->out, ':');
}

/* Our own names need no escape. */
void
json_name(struct json_out *j, const char *name)
{
	start_name(j);
	sink_byte(j->out, '"');
	sink_text(j->out, name);
	sink_text(j->out, "\":");
}

void
json_open(struct json_out *j, unsigned char bracket)
{
	if ((bracket != '{' && bracket != '[') || j->depth == sizeof(j->open))
		abort();
	start_value(j);
	sink_byte(j->out, bracket);
	j->open[j->depth++] = bracket;
	j->comma = false;
}

void
json_close(struct json_out *j)
{
	if (j->depth == 0 || j->named)
		abort();
	sink_byte(j->out, in_object(j) ? '}' : ']');
	j->depth--;
	j->comma = true;
}

void
json_text(struct json_out *j, struct span text)
{
	start_value(j);
	string(j->out, text);
}

void
json_number(struct json_out *j, long long value)
{
	start_value(j);
	sink_int(j->out, value);
}

void
json_bool(struct json_out *j, bool value)
{
	start_value(j);
	sink_text(j->out, value ? "true" : "false");
}

void
json_nothing(struct json_out *j)
{
	start_value(j);
	sink_text(j->out, "null");
}

void
json_named_text(struct json_out *j, const char *name, struct span text)
{
	json_name(j, name);
	json_text(j, text);
}

void
json_named_number(struct json_out *j, const char *name, long long value)
{
	json_name(j, name);
	json_number(j, value);
}

void
json_named_bool(struct json_out *j, const char *name, bool value)
{
	json_name(j, name);
	json_bool(j, value);
}
