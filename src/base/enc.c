#include "base/enc.h"

/* A digit's value plus one, for both alphabets at once; 0 for no digit. */
static const unsigned char digit64[256] = {
	/* clang-format off */
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
	40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
	['+'] = 63, ['/'] = 64,
	['-'] = 63, ['_'] = 64,
	/* clang-format on */
};

static const char url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz0123456789-_";

int
hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* hex = *(2HEXDIG) */
bool
hex_decode(struct span text, unsigned char *out, size_t cap, size_t *n)
{
	*n = 0;
	if (text.n % 2 != 0 || text.n / 2 > cap)
		return false;
	for (size_t i = 0; i < text.n; i += 2) {
		int high = hex_digit(text.p[i]);
		int low = hex_digit(text.p[i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i / 2] = (unsigned char)(high * 16 + low);
	}
	*n = text.n / 2;
	return true;
}

/*
 * base64 = *(4digit) [ 2digit / 3digit ]
 *
 * The last digit's spare bits are zero. Of either alphabet: the caller has
 * seen to it that only one is in use.
 */
static bool
decode64(struct span text, unsigned char *out, size_t cap, size_t *n)
{
	size_t rest = text.n % 4, size = 0;
	unsigned bits = 0, held = 0;

	if (rest == 1 || text.n / 4 * 3 + (rest > 0 ? rest - 1 : 0) > cap)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char value = digit64[text.p[i]];

		if (value == 0)
			return false;
		bits = (bits << 6 | (value - 1U)) & 0xffff;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[size++] = (unsigned char)(bits >> held);
		}
	}
	if ((bits & ((1U << held) - 1)) != 0)
		return false;
	*n = size;
	return true;
}

static bool
has_either(struct span s, unsigned char a, unsigned char b)
{
	return span_has(s, a) || span_has(s, b);
}

bool
base64url_decode(struct span text, unsigned char *out, size_t cap, size_t *n)
{
	*n = 0;
	return !has_either(text, '+', '/') && decode64(text, out, cap, n);
}

/* padded = base64 [ "=" / "==" ], and then its size is a multiple of four. */
static struct span
without_padding(struct span text)
{
	size_t most = text.n > 0 && text.n % 4 == 0 ? 2 : 0;

	for (size_t i = 0; i < most && text.p[text.n - 1] == '='; i++)
		text.n--;
	return text;
}

bool
base64_decode(struct span text, unsigned char *out, size_t cap, size_t *n)
{
	*n = 0;
	if (has_either(text, '+', '/') && has_either(text, '-', '_'))
		return false;
	return decode64(without_padding(text), out, cap, n);
}

bool
base64_padded_decode(
    struct span text, unsigned char *out, size_t cap, size_t *n)
{
	*n = 0;
	return text.n % 4 == 0 && !has_either(text, '-', '_') &&
	       decode64(without_padding(text), out, cap, n);
}

int
percent_byte(struct span s)
{
	int high = s.n > 2 && s.p[0] == '%' ? hex_digit(s.p[1]) : -1;
	int low = high >= 0 ? hex_digit(s.p[2]) : -1;

	return low >= 0 ? high << 4 | low : -1;
}

bool
percent_decode(struct span text, unsigned char *out, size_t cap, size_t *n)
{
	size_t done = 0;

	*n = 0;
	for (size_t i = 0; i < text.n; i++, done++) {
		int byte = text.p[i];

		if (byte == '%') {
			byte = percent_byte(span_skip(text, i));
			i += 2;
		}
		if (byte < 0 || done == cap)
			return false;
		out[done] = (unsigned char)byte;
	}
	*n = done;
	return true;
}

static void
encode64(struct span bytes, const char *digits, struct sink *out)
{
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		bits = (bits << 8 | bytes.p[i]) & 0xffff;
		for (held += 8; held >= 6;) {
			held -= 6;
			sink_byte(
			    out, (unsigned char)digits[bits >> held & 63]);
		}
	}
	if (held > 0)
		sink_byte(out, (unsigned char)digits[bits << (6 - held) & 63]);
}

void
base64url_encode(struct span bytes, struct sink *out)
{
	encode64(bytes, url_digits, out);
}

void
base64_encode(struct span bytes, bool padded, struct sink *out)
{
	encode64(bytes,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	    out);
	for (size_t n = bytes.n; padded && n % 3 != 0; n++)
		sink_byte(out, '=');
}

void
percent_encode(struct span text, struct sink *out)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = text.p[i], letter = c | 0x20;

		if ((letter >= 'a' && letter <= 'z') ||
		    (c >= '0' && c <= '9') ||
		    (c != 0 && memchr("-_.!~*'()", c, 9) != NULL)) {
			sink_byte(out, c);
			continue;
		}
		sink_byte(out, '%');
		sink_byte(out, (unsigned char)"0123456789ABCDEF"[c >> 4]);
		sink_byte(out, (unsigned char)"0123456789ABCDEF"[c & 15]);
	}
}
