#include "gateway/pairs.h"

#include "base/limits.h"

static bool
read_length(struct span *rest, size_t *out)
{
	const unsigned char *p = rest->p;
	size_t n = rest->n > 0 && p[0] >= 0x80 ? 4 : 1;

	*out = 0;
	if (rest->n < n)
		return false;
	*out = p[0] & 0x7fU;
	for (size_t i = 1; i < n; i++)
		*out = *out << 8 | p[i];
	*rest = span_skip(*rest, n);
	return true;
}

bool
pairs_next(struct span *rest, struct pair *out)
{
	struct span s = *rest;
	size_t name, value;

	*out = (struct pair){ 0 };
	if (!read_length(&s, &name) || !read_length(&s, &value))
		return false;
	if (name > s.n || value > s.n - name)
		return false;
	out->name = span_head(s, name);
	out->value = span_head(span_skip(s, name), value);
	*rest = span_skip(s, name + value);
	return true;
}

enum pairs_verdict
pairs_check(struct span pairs)
{
	struct pair pair;
	size_t n = 0;

	while (pairs_next(&pairs, &pair)) {
		if (span_has(pair.name, '=') || span_has(pair.name, '\0') ||
		    span_has(pair.value, '\0'))
			return PAIRS_BROKEN;
		if (++n > FCGI_VARIABLES_MAX)
			return PAIRS_TOO_MANY;
	}
	return pairs.n == 0 ? PAIRS_GOOD : PAIRS_BROKEN;
}
