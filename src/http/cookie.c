#include "http/cookie.h"

#include "base/limits.h"

/*
 * cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E
 *
 * Not even a comma: Apache joins two Cookie headers with one.
 */
static bool
is_octet(unsigned char c)
{
	return c >= 0x21 && c <= 0x7e && c != '"' && c != ',' && c != ';' &&
	       c != '\\';
}

bool
cookie_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!is_octet(name.p[i]) || name.p[i] == '=')
			return false;
	return name.n > 0;
}

struct span
cookie_unprefixed(struct span name)
{
	static const struct span prefixes[] = { SPAN_INIT("__Secure-"),
		SPAN_INIT("__Host-") };

	for (size_t i = 0; i < 2; i++)
		if (span_starts(name, prefixes[i]))
			return span_skip(name, prefixes[i].n);
	return name;
}

/* cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE ) */
static enum cookie_found
read_value(struct span text, struct span *value)
{
	if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
		text = span_head(span_skip(text, 1), text.n - 2);
	if (text.n > COOKIE_MAX)
		return COOKIE_BAD;
	for (size_t i = 0; i < text.n; i++)
		if (!is_octet(text.p[i]))
			return COOKIE_BAD;
	*value = text;
	return COOKIE_ONE;
}

/*
 * cookie-string = cookie-pair *( ";" *WSP cookie-pair )
 * cookie-pair   = cookie-name "=" cookie-value
 *
 * Other pairs are skipped whatever they hold: they are other programs'. A
 * blank between our name and "=" is never ours to forgive, but some readers
 * trim it and would see the name twice, so it counts.
 */
enum cookie_found
cookie_find(struct span header, struct span name, struct span *value)
{
	enum cookie_found found = COOKIE_NONE;

	*value = (struct span){ NULL, 0 };
	while (header.n > 0) {
		struct span_cut pair = span_cut(header, ';');
		struct span_cut kv = span_cut(span_trim(pair.head), '=');

		header = pair.tail;
		if (!kv.found || name.n == 0 ||
		    !span_eq(span_trim(kv.head), name))
			continue;
		if (found != COOKIE_NONE) {
			*value = (struct span){ NULL, 0 };
			return COOKIE_MANY;
		}
		found = kv.head.n == name.n ? read_value(kv.tail, value)
					    : COOKIE_BAD;
	}
	return found;
}
