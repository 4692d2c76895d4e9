#include "policy/transformation.h"

#include "base/limits.h"

/*
 * What a URL's path holds as it is (RFC 3986 3.3, without "%" and "&"; WHATWG
 * URL, path percent-encode set). A browser escapes "^" only in newer versions,
 * so that it is left out.
 */
static bool
is_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       span_has(SPAN_LIT("-._~!$'()*+;=:@|"), c);
}

/* parameter = ( 1*3LOWER "_" / "$" ) *char */
static bool
is_parameter(struct span s)
{
	size_t letters = 0;

	for (size_t i = 0; i < s.n; i++)
		if (!is_char(s.p[i]))
			return false;
	if (s.n > 0 && s.p[0] == '$')
		return s.n > 1;
	while (letters < s.n && s.p[letters] >= 'a' && s.p[letters] <= 'z')
		letters++;
	return letters >= 1 && letters <= 3 && letters + 1 < s.n &&
	       s.p[letters] == '_';
}

static bool
is_component(struct span s)
{
	struct span_cut cut = { .tail = s, .found = true };

	while (cut.found) {
		cut = span_cut(cut.tail, ',');
		if (!is_parameter(cut.head))
			return false;
	}
	return true;
}

bool
transformation_valid(struct span text, struct sink *why)
{
	struct span_cut cut = { .tail = text, .found = true };
	bool right = text.n > 0 && text.n <= TRANSFORMATION_MAX;

	while (right && cut.found) {
		cut = span_cut(cut.tail, '/');
		right = is_component(cut.head);
	}
	if (!right && why != NULL)
		sink_say(why,
		    "a transformation that can be signed is written as in "
		    "\"w_200,c_fill/e_sepia\", in letters, digits and "
		    "-._~!$'()*+;=:@| (no \"%%\", on which SDKs disagree), "
		    "with at most %d bytes",
		    (long long)TRANSFORMATION_MAX);
	return right;
}
