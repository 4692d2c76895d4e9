#include "http/json_scan.h"

#include "base/enc.h"

bool
json_scan_byte(struct span *rest, unsigned char c)
{
	if (rest->n == 0 || rest->p[0] != c)
		return false;
	*rest = span_skip(*rest, 1);
	return true;
}

void
json_scan_space(struct span *rest)
{
	while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t' ||
				  rest->p[0] == '\n' || rest->p[0] == '\r'))
		*rest = span_skip(*rest, 1);
}

struct span
json_scanned(struct span from, struct span rest)
{
	return span_head(from, from.n - rest.n);
}

/* 4HEXDIG */
static bool
scan_hex4(struct span *rest, unsigned *out)
{
	unsigned value = 0;

	*out = 0;
	if (rest->n < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		int digit = hex_digit(rest->p[i]);

		if (digit < 0)
			return false;
		value = value << 4 | (unsigned)digit;
	}
	*rest = span_skip(*rest, 4);
	*out = value;
	return true;
}

/*
 * What stands behind "\u": one code unit, or a high surrogate, "\u" and a low
 * one (RFC 8259 7). U+0000 is refused because it would cut a C string short;
 * a surrogate alone has no UTF-8.
 */
static bool
scan_unicode(struct span *rest, unsigned *out)
{
	unsigned low;

	if (!scan_hex4(rest, out) || *out == 0)
		return false;
	if (*out < 0xd800 || *out > 0xdfff)
		return true;
	if (*out > 0xdbff || !json_scan_byte(rest, '\\') ||
	    !json_scan_byte(rest, 'u') || !scan_hex4(rest, &low) ||
	    low < 0xdc00 || low > 0xdfff)
		return false;
	*out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* RFC 3629 3. */
static size_t
put_utf8(unsigned c, unsigned char out[static 4])
{
	static const unsigned char lead[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i > 1; i--) {
		out[i - 1] = (unsigned char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (unsigned char)(lead[n] | c);
	return n;
}

/* What stands behind a backslash. */
static bool
scan_escape(struct span *rest, unsigned *out)
{
	static const char names[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";

	if (json_scan_byte(rest, 'u'))
		return scan_unicode(rest, out);
	for (size_t i = 0; i < sizeof(names) - 1; i++)
		if (json_scan_byte(rest, (unsigned char)names[i])) {
			*out = (unsigned char)means[i];
			return true;
		}
	return false;
}

/* char = %x20-21 / %x23-5B / %x5D-FF / "\" escape */
static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

size_t
json_scan_char(struct span *rest, unsigned char out[static 4])
{
	struct span ahead = *rest;
	unsigned c;

	if (rest->n > 0 && is_plain(rest->p[0])) {
		out[0] = rest->p[0];
		*rest = span_skip(*rest, 1);
		return 1;
	}
	if (!json_scan_byte(&ahead, '\\') || !scan_escape(&ahead, &c))
		return 0;
	*rest = ahead;
	return put_utf8(c, out);
}

/* string = DQUOTE *char DQUOTE */
bool
json_scan_string(struct span *rest)
{
	unsigned char c[4];

	if (!json_scan_byte(rest, '"'))
		return false;
	do {
		size_t n = 0;

		while (n < rest->n && is_plain(rest->p[n]))
			n++;
		*rest = span_skip(*rest, n);
	} while (json_scan_char(rest, c) > 0);
	return json_scan_byte(rest, '"');
}

/* 1*DIGIT */
static bool
scan_digits(struct span *rest)
{
	size_t n = 0;

	while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9')
		n++;
	*rest = span_skip(*rest, n);
	return n > 0;
}

/*
 * number = [ "-" ] ( "0" / %x31-39 *DIGIT ) [ "." 1*DIGIT ]
 *          [ ( "e" / "E" ) [ "+" / "-" ] 1*DIGIT ]
 */
static bool
scan_number(struct span *rest)
{
	(void)json_scan_byte(rest, '-');
	if (!json_scan_byte(rest, '0') && !scan_digits(rest))
		return false;
	if (json_scan_byte(rest, '.') && !scan_digits(rest))
		return false;
	if (!json_scan_byte(rest, 'e') && !json_scan_byte(rest, 'E'))
		return true;
	if (!json_scan_byte(rest, '+'))
		(void)json_scan_byte(rest, '-');
	return scan_digits(rest);
}

static bool
scan_word(struct span *rest, struct span word)
{
	if (!span_starts(*rest, word))
		return false;
	*rest = span_skip(*rest, word.n);
	return true;
}

/*
 * object = "{" [ member *( "," member ) ] "}"  member = string ":" value
 * array  = "[" [ value *( "," value ) ] "]"
 * What stands behind the opening bracket.
 */
static bool
scan_items(struct span *rest, unsigned char closing, unsigned depth)
{
	json_scan_space(rest);
	if (json_scan_byte(rest, closing))
		return true;
	do {
		json_scan_space(rest);
		if (closing == '}') {
			if (!json_scan_string(rest))
				return false;
			json_scan_space(rest);
			if (!json_scan_byte(rest, ':'))
				return false;
			json_scan_space(rest);
		}
		if (!json_scan_value(rest, depth))
			return false;
		json_scan_space(rest);
	} while (json_scan_byte(rest, ','));
	return json_scan_byte(rest, closing);
}

/* Recursion ends with depth, which is at most TOKEN_DEPTH_MAX. */
bool
json_scan_value(struct span *rest, unsigned depth)
{
	switch (rest->n > 0 ? rest->p[0] : '\0') {
	case '{':
		*rest = span_skip(*rest, 1);
		return depth > 0 && scan_items(rest, '}', depth - 1);
	case '[':
		*rest = span_skip(*rest, 1);
		return depth > 0 && scan_items(rest, ']', depth - 1);
	case '"':
		return json_scan_string(rest);
	case 't':
		return scan_word(rest, SPAN_LIT("true"));
	case 'f':
		return scan_word(rest, SPAN_LIT("false"));
	case 'n':
		return scan_word(rest, SPAN_LIT("null"));
	default:
		return scan_number(rest);
	}
}
