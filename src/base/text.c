#include "base/text.h"

#include <stdint.h>
#include <string.h>

#include "base/limits.h"

/*
 * RFC 3629 section 4, where tail = %x80-BF:
 *
 *   char = %x00-7F
 *        / %xC2-DF tail
 *        / %xE0 %xA0-BF tail / %xED %x80-9F tail
 *        / (%xE1-EC / %xEE-EF) 2tail
 *        / %xF0 %x90-BF 2tail / %xF4 %x80-8F 2tail / %xF1-F3 3tail
 *
 * Only the second byte's range depends on the first byte. Returns the bytes of
 * the character that s, which is not empty, begins with; 0 for none.
 */
static size_t
char_size(struct span s)
{
	unsigned char c = s.p[0];
	unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	size_t n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4 || s.n < n || s.p[1] < low || s.p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s.p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Are the first eight bytes ASCII? */
static bool
ascii_8(const unsigned char *p)
{
	uint64_t eight;

	memcpy(&eight, p, sizeof(eight));
	return (eight & UINT64_C(0x8080808080808080)) == 0;
}

size_t
text_utf8_size(struct span s)
{
	struct span rest = s;
	size_t n = 1;

	while (rest.n > 0 && n > 0) {
		if (rest.p[0] < 0x80)
			n = rest.n >= 8 && ascii_8(rest.p) ? 8 : 1;
		else
			n = char_size(rest);
		rest = span_skip(rest, n);
	}
	return s.n - rest.n;
}

bool
text_utf8(struct span s)
{
	return text_utf8_size(s) == s.n;
}

bool
text_has_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (c >= 0x20 && c < 0x7f)
			continue;
		if (c < 0x20 || c == 0x7f)
			return true;
		/* U+0080-U+009F */
		if (c == 0xc2 && i + 1 < s.n && s.p[i + 1] >= 0x80 &&
		    s.p[i + 1] <= 0x9f)
			return true;
	}
	return false;
}

bool
text_has_ampersand(struct span s)
{
	for (; s.n > 0; s = span_skip(s, 1))
		if (*s.p == '&' || span_starts(s, SPAN_LIT("%26")))
			return true;
	return false;
}

static bool
is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* One or more letters, digits or bytes of others? */
static bool
all_of(struct span s, struct span others)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && !span_has(others, s.p[i]))
			return false;
	return s.n > 0;
}

bool
text_segment(struct span s)
{
	return s.n <= SEGMENT_MAX && all_of(s, SPAN_LIT("_-"));
}

bool
text_token(struct span s)
{
	return all_of(s, SPAN_LIT("!#$%&'*+-.^_`|~"));
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
most(size_t a, size_t b)
{
	return a > b ? a : b;
}

/*
 * The optimal string alignment distance: Levenshtein's, where two neighbours
 * swapped count as one slip. Both at most NAME_MAX_BYTES long.
 */
static size_t
slips(struct span a, struct span b)
{
	size_t rows[3][NAME_MAX_BYTES + 1] = { { 0 } };
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b.n; j++)
		above[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			row[j] = above[j - 1] + (a.p[i - 1] != b.p[j - 1]);
			row[j] = least(row[j], least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			    a.p[i - 2] == b.p[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = above;
		above = row;
		row = oldest;
	}
	return above[b.n];
}

const char *
text_nearest(struct span typed, const char *const *names, size_t n)
{
	const char *nearest = NULL;
	size_t fewest = 4;

	for (size_t i = 0; i < n; i++) {
		struct span name = span_of(names[i]);
		size_t longer = most(typed.n, name.n), count;

		/* Each letter too many is a slip, so most need no look. */
		if (longer > NAME_MAX_BYTES ||
		    longer - least(typed.n, name.n) >= fewest)
			continue;
		count = slips(typed, name);
		if (count < fewest && count <= longer / 3) {
			nearest = names[i];
			fewest = count;
		}
	}
	return nearest;
}
