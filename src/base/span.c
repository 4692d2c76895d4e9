#include "base/span.h"

#include <string.h>

static unsigned char
lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

bool
span_is_nocase(struct span s, const char *text)
{
	struct span t = span_of(text);

	if (s.n != t.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (lower(s.p[i]) != lower(t.p[i]))
			return false;
	return true;
}

bool
span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n && span_eq(span_head(s, prefix.n), prefix);
}

bool
span_ends(struct span s, struct span suffix)
{
	return s.n >= suffix.n && span_eq(span_skip(s, s.n - suffix.n), suffix);
}

bool
span_has(struct span s, unsigned char c)
{
	return s.n > 0 && memchr(s.p, c, s.n) != NULL;
}

int
span_cmp(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (order != 0 || a.n == b.n)
		return order;
	return a.n < b.n ? -1 : 1;
}

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t';
}

struct span
span_trim(struct span s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = span_skip(s, 1);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct span
span_strip(struct span s, const char *bytes)
{
	struct span gone = span_of(bytes);

	while (s.n > 0 && span_has(gone, s.p[0]))
		s = span_skip(s, 1);
	while (s.n > 0 && span_has(gone, s.p[s.n - 1]))
		s.n--;
	return s;
}

static struct span_cut
cut_at(struct span s, size_t i)
{
	return (struct span_cut){ span_head(s, i), span_skip(s, i + 1), true };
}

static struct span_cut
cut_nowhere(struct span s)
{
	return (struct span_cut){ s, span_skip(s, s.n), false };
}

struct span_cut
span_cut(struct span s, unsigned char sep)
{
	const unsigned char *at = s.n > 0 ? memchr(s.p, sep, s.n) : NULL;

	return at != NULL ? cut_at(s, (size_t)(at - s.p)) : cut_nowhere(s);
}

struct span_cut
span_cut_last(struct span s, unsigned char sep)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == sep)
			return cut_at(s, i - 1);
	return cut_nowhere(s);
}

bool
span_digits(struct span s, long long *out)
{
	long long value = 0;

	*out = 0;
	if (s.n == 0 || s.n > 18 || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		value = value * 10 + (s.p[i] - '0');
	}
	*out = value;
	return true;
}
