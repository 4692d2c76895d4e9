#include "cli/explain_text.h"

#include "base/enc.h"
#include "cli/explain.h"

bool
explain_seek(struct span s, size_t from, const char *needle, size_t *at)
{
	struct span want = span_of(needle), rest;
	const unsigned char *p;

	while (from < s.n) {
		rest = span_skip(s, from);
		p = memchr(rest.p, want.p[0], rest.n);
		if (p == NULL)
			return false;
		from = (size_t)(p - s.p);
		*at = from;
		if (span_starts(span_skip(s, from), want))
			return true;
		from++;
	}
	return false;
}

struct span
explain_strip(struct span s)
{
	return span_strip(s, " \t\r\n");
}

struct span
explain_unbackslash(struct span s, struct arena *arena)
{
	unsigned char *p = arena_bytes(arena, s.n);
	size_t n = 0;

	if (p == NULL)
		return (struct span){ NULL, 0 };
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n &&
		    (s.p[i + 1] == '\\' || s.p[i + 1] == '"'))
			i++;
		p[n++] = s.p[i];
	}
	return (struct span){ p, n };
}

/* &#38; and &#x26;: the bytes it takes, 0 for another. */
static size_t
numeric(struct span s, unsigned char *out)
{
	size_t i = 2, digits = 0;
	int base = 10, value = 0, digit;

	if (s.n > 2 && (s.p[2] == 'x' || s.p[2] == 'X')) {
		base = 16;
		i++;
	}
	for (; i < s.n && s.p[i] != ';' && digits < 4; i++, digits++) {
		digit = hex_digit(s.p[i]);
		if (digit < 0 || digit >= base)
			return 0;
		value = value * base + digit;
	}
	if (digits == 0 || i >= s.n || s.p[i] != ';' || value < 1 ||
	    value > 127)
		return 0;
	*out = (unsigned char)value;
	return i + 1;
}

/* entity at the beginning of s: the bytes it takes, 0 for none. */
static size_t
entity(struct span s, unsigned char *out)
{
	static const struct {
		const char *name;
		unsigned char is;
	} names[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
		{ "&quot;", '"' }, { "&apos;", '\'' } };

	if (s.n > 1 && s.p[1] == '#')
		return numeric(s, out);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_starts(s, span_of(names[i].name))) {
			*out = names[i].is;
			return strlen(names[i].name);
		}
	return 0;
}

struct span
explain_unescape_html(struct span s, struct arena *arena)
{
	unsigned char *p, c = 0;
	size_t n = 0, taken;

	if (!span_has(s, '&'))
		return s;
	p = arena_bytes(arena, s.n);
	if (p == NULL)
		return s;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '&') {
			p[n++] = s.p[i];
			continue;
		}
		taken = entity(span_skip(s, i), &c);
		if (taken == 0)
			return s;
		p[n++] = c;
		i += taken - 1;
	}
	return (struct span){ p, n };
}

void
explain_clean(struct span text, struct sink *out)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = text.p[i];

		if (c == '\\')
			sink_text(out, "\\\\");
		else if (c == '\n')
			sink_text(out, "\\n");
		else if (c == '\r')
			sink_text(out, "\\r");
		else if (c == '\t')
			sink_text(out, "\\t");
		else if (c >= 0x20 && c < 0x7f)
			sink_byte(out, c);
		else {
			sink_text(out, "\\x");
			sink_hex(out, span_head(span_skip(text, i), 1));
		}
	}
}
