#include "test.h"

#include <stdio.h>

#include "base/enc.h"
#include "guard.h"

typedef bool decoder(struct span, unsigned char *, size_t, size_t *);

/*
 * Does the text decode to these bytes, into room for exactly as many, and not
 * into one byte less?
 */
static bool
decodes(decoder *decode, struct span text, struct span bytes)
{
	struct span copy = guarded(text);
	unsigned char *out = malloc(bytes.n + 1);
	size_t n = 99;
	bool ok;

	assert_non_null(out);
	memset(out, 0xa5, bytes.n + 1);
	ok = decode(copy, out, bytes.n, &n) &&
	     span_eq((struct span){ out, n }, bytes) && out[bytes.n] == 0xa5;
	memset(out, 0xa5, bytes.n + 1);
	if (ok && bytes.n > 0) {
		assert_false(decode(copy, out, bytes.n - 1, &n));
		assert_int_equal(n, 0);
		assert_int_equal(out[bytes.n - 1], 0xa5);
		if (decode != percent_decode)
			assert_int_equal(out[0], 0xa5);
	}
	guard_free(copy);
	free(out);
	return ok;
}

static bool
refuses(decoder *decode, struct span text)
{
	struct span copy = guarded(text);
	unsigned char out[1024];
	size_t n = 99;
	bool ok = decode(copy, out, sizeof(out), &n);

	guard_free(copy);
	return !ok && n == 0;
}

#define DECODES(f, text, bytes) decodes(f, SPAN_LIT(text), SPAN_LIT(bytes))
#define REFUSES(f, text) refuses(f, SPAN_LIT(text))

TEST(hex_digits)
{
	for (unsigned c = 0; c < 256; c++) {
		const char *lower = "0123456789abcdef";
		const char *upper = "0123456789ABCDEF";
		int value = -1;

		for (int i = 0; i < 16; i++)
			if (lower[i] == (int)c || upper[i] == (int)c)
				value = i;
		assert_int_equal(hex_digit((unsigned char)c), value);
	}
}

TEST(hex_of_every_byte)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c;
		char text[3];

		snprintf(text, sizeof(text), "%02x", c);
		assert_true(decodes(
		    hex_decode, span_of(text), (struct span){ &byte, 1 }));
		snprintf(text, sizeof(text), "%02X", c);
		assert_true(decodes(
		    hex_decode, span_of(text), (struct span){ &byte, 1 }));
	}
}

TEST(hex_sizes)
{
	assert_true(DECODES(hex_decode, "", ""));
	assert_true(DECODES(hex_decode, "0a", "\n"));
	assert_true(DECODES(hex_decode, "dEadBEef", "\xde\xad\xbe\xef"));
	assert_true(REFUSES(hex_decode, "0"));
	assert_true(REFUSES(hex_decode, "0a0"));
	assert_true(REFUSES(hex_decode, "0x0a"));
	assert_true(REFUSES(hex_decode, "0a\n"));
	assert_true(REFUSES(hex_decode, "0a 1"));
}

/* Every byte at every position: refused unless it is a digit. */
TEST(hex_refuses_other_bytes)
{
	for (size_t at = 0; at < 4; at++)
		for (unsigned c = 0; c < 256; c++) {
			unsigned char text[] = { '0', '1', '2', '3' }, out[2];
			size_t n = 99;
			bool ok;

			text[at] = (unsigned char)c;
			ok = hex_decode((struct span){ text, 4 }, out, 2, &n);
			assert_int_equal(ok, hex_digit(text[at]) >= 0);
			assert_int_equal(n, ok ? 2 : 0);
		}
}

/* RFC 4648 section 10, without and with padding. */
TEST(base64_examples)
{
	static const char *const examples[][3] = {
		{ "", "", "" },
		{ "f", "Zg", "Zg==" },
		{ "fo", "Zm8", "Zm8=" },
		{ "foo", "Zm9v", "Zm9v" },
		{ "foob", "Zm9vYg", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	};

	for (size_t i = 0; i < 7; i++) {
		struct span bytes = span_of(examples[i][0]);
		struct span bare = span_of(examples[i][1]);
		struct span padded = span_of(examples[i][2]);

		assert_true(decodes(base64url_decode, bare, bytes));
		assert_true(decodes(base64_decode, bare, bytes));
		assert_true(decodes(base64_decode, padded, bytes));
		assert_int_equal(
		    refuses(base64url_decode, padded), padded.n != bare.n);
	}
}

static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			  "0123456789-_";

/* The value of a digit of the URL alphabet, -1 for anything else. */
static int
url_value(unsigned c)
{
	const char *at = c == 0 ? NULL : strchr(url, (int)c);

	return at == NULL ? -1 : (int)(at - url);
}

/* All pairs of bytes: the 4 spare bits leave one spelling for each byte. */
TEST(base64url_of_every_two)
{
	unsigned seen[256] = { 0 };

	for (unsigned i = 0; i < 65536; i++) {
		unsigned char text[2] = { (unsigned char)(i >> 8),
			(unsigned char)i };
		int high = url_value(text[0]), low = url_value(text[1]);
		bool right = high >= 0 && low >= 0 && low % 16 == 0;
		unsigned char out = 0;
		size_t n = 99;

		assert_int_equal(
		    base64url_decode((struct span){ text, 2 }, &out, 1, &n),
		    right);
		assert_int_equal(n, right ? 1 : 0);
		if (right) {
			assert_int_equal(out, high * 4 + low / 16);
			seen[out]++;
		}
	}
	for (unsigned c = 0; c < 256; c++)
		assert_int_equal(seen[c], 1);
}

/* The same for the last of three: 2 spare bits. */
TEST(base64url_spare_bits_of_three)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char text[] = { 'A', 'A', (unsigned char)c }, out[2];
		int value = url_value(c);
		size_t n;

		assert_int_equal(
		    base64url_decode((struct span){ text, 3 }, out, 2, &n),
		    value >= 0 && value % 4 == 0);
	}
	assert_true(DECODES(base64url_decode, "AAE", "\0\1"));
	assert_true(REFUSES(base64url_decode, "AAF"));
	assert_true(REFUSES(base64_decode, "AAF="));
	assert_true(REFUSES(base64_decode, "AB=="));
}

/* Every byte at each position of a group, and of the group before the end. */
TEST(base64_refuses_other_bytes)
{
	for (size_t at = 0; at < 8; at++)
		for (unsigned c = 0; c < 256; c++) {
			unsigned char text[] = "AAAAAAAA", out[6];
			struct span s = { text, 8 };
			bool digit = url_value(c) >= 0;
			bool standard = c == '+' || c == '/';
			bool padding = c == '=' && at == 7;
			size_t n;

			text[at] = (unsigned char)c;
			assert_int_equal(
			    base64url_decode(s, out, 6, &n), digit);
			assert_int_equal(n, digit ? 6 : 0);
			assert_int_equal(base64_decode(s, out, 6, &n),
			    digit || standard || padding);
			assert_int_equal(n, digit || standard ? 6
					    : padding         ? 5
							      : 0);
		}
}

TEST(base64_sizes)
{
	unsigned char text[41], bytes[31] = { 0 };

	memset(text, 'A', sizeof(text));
	for (size_t n = 0; n <= sizeof(text); n++) {
		struct span s = { text, n };
		struct span zeros = { bytes, n * 6 / 8 };

		assert_int_equal(
		    decodes(base64url_decode, s, zeros), n % 4 != 1);
		assert_int_equal(decodes(base64_decode, s, zeros), n % 4 != 1);
	}
}

TEST(base64_alphabets)
{
	assert_true(DECODES(base64_decode, "+/+/", "\xfb\xff\xbf"));
	assert_true(DECODES(base64_decode, "-_-_", "\xfb\xff\xbf"));
	assert_true(DECODES(base64url_decode, "-_-_", "\xfb\xff\xbf"));
	assert_true(REFUSES(base64url_decode, "+_-_"));
	assert_true(REFUSES(base64url_decode, "-_-/"));
	assert_true(REFUSES(base64_decode, "+_+_"));
	assert_true(REFUSES(base64_decode, "-/AA"));
	assert_true(REFUSES(base64_decode, "AA+-"));
	assert_true(REFUSES(base64_decode, "_A/A"));
}

TEST(base64_padding)
{
	assert_true(DECODES(base64_decode, "AAA=", "\0\0"));
	assert_true(DECODES(base64_decode, "-_8=", "\xfb\xff"));
	assert_true(REFUSES(base64_decode, "="));
	assert_true(REFUSES(base64_decode, "=="));
	assert_true(REFUSES(base64_decode, "===="));
	assert_true(REFUSES(base64_decode, "A==="));
	assert_true(REFUSES(base64_decode, "AA="));
	assert_true(REFUSES(base64_decode, "AAA=="));
	assert_true(REFUSES(base64_decode, "AAAA="));
	assert_true(REFUSES(base64_decode, "AAAA===="));
	assert_true(REFUSES(base64_decode, "AA==AAAA"));
	assert_true(REFUSES(base64_decode, "AA=A"));
	assert_true(REFUSES(base64_decode, "AA==\n"));
	assert_true(REFUSES(base64_decode, "A A="));
}

TEST(base64_round_trip)
{
	unsigned char bytes[200];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * i * 7 + i * 131 + 89);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		struct span s = { bytes, n };
		unsigned char mem[300];
		struct sink out;

		sink_init(&out, mem, (n * 8 + 5) / 6);
		base64url_encode(s, &out);
		assert_false(out.full);
		assert_int_equal(out.n, out.cap);
		assert_true(decodes(base64url_decode, sink_view(&out), s));
		assert_true(decodes(base64_decode, sink_view(&out), s));
		if (n == 0)
			continue;
		sink_init(&out, mem, (n * 8 + 5) / 6 - 1);
		base64url_encode(s, &out);
		assert_true(out.full);
	}
}

TEST(base64url_encodes_every_digit)
{
	for (unsigned c = 0; c < 64; c++) {
		unsigned char byte = (unsigned char)(c << 2), mem[2];
		struct sink out;

		sink_init(&out, mem, 2);
		base64url_encode((struct span){ &byte, 1 }, &out);
		assert_int_equal(out.n, 2);
		assert_int_equal(mem[0], url[c]);
		assert_int_equal(mem[1], 'A');
	}
}

/* Standard alphabet, whole groups of four, and nothing else. */
TEST(base64_padded)
{
	assert_true(DECODES(base64_padded_decode, "", ""));
	assert_true(DECODES(base64_padded_decode, "Zg==", "f"));
	assert_true(DECODES(base64_padded_decode, "Zm8=", "fo"));
	assert_true(DECODES(base64_padded_decode, "Zm9v", "foo"));
	assert_true(DECODES(base64_padded_decode, "Zm9vYg==", "foob"));
	assert_true(DECODES(base64_padded_decode, "+/+/", "\xfb\xff\xbf"));
	assert_true(DECODES(base64_padded_decode, "+/8=", "\xfb\xff"));
	assert_true(REFUSES(base64_padded_decode, "Zg"));
	assert_true(REFUSES(base64_padded_decode, "Zg="));
	assert_true(REFUSES(base64_padded_decode, "Zg==="));
	assert_true(REFUSES(base64_padded_decode, "Zm8"));
	assert_true(REFUSES(base64_padded_decode, "Zm9v="));
	assert_true(REFUSES(base64_padded_decode, "Zm9v===="));
	assert_true(REFUSES(base64_padded_decode, "===="));
	assert_true(REFUSES(base64_padded_decode, "Z==="));
	assert_true(REFUSES(base64_padded_decode, "Zg==Zg=="));
	assert_true(REFUSES(base64_padded_decode, "Zm=v"));
	assert_true(REFUSES(base64_padded_decode, "Zh=="));
	assert_true(REFUSES(base64_padded_decode, "Zm9="));
	assert_true(REFUSES(base64_padded_decode, "-_-_"));
	assert_true(REFUSES(base64_padded_decode, "+/+_"));
	assert_true(REFUSES(base64_padded_decode, "-_8="));
	assert_true(REFUSES(base64_padded_decode, "Zm9v\n"));
	assert_true(REFUSES(base64_padded_decode, "Zm9v\n\n\n\n"));
	assert_true(REFUSES(base64_padded_decode, " m9v"));
}

/* What this encoder writes into just enough room, and into one byte less. */
static void
encodes(bool padded, struct span bytes, struct span text)
{
	unsigned char mem[512];
	struct sink out;

	assert_in_range(text.n, 0, sizeof(mem));
	sink_init(&out, mem, text.n);
	base64_encode(bytes, padded, &out);
	assert_false(out.full);
	assert_true(span_eq(sink_view(&out), text));
	if (text.n == 0)
		return;
	sink_init(&out, mem, text.n - 1);
	base64_encode(bytes, padded, &out);
	assert_true(out.full);
}

/* RFC 4648 section 10, and the two digits that the alphabets differ in. */
TEST(base64_encodes_examples)
{
	static const char *const examples[][3] = {
		{ "", "", "" },
		{ "f", "Zg==", "Zg" },
		{ "fo", "Zm8=", "Zm8" },
		{ "foo", "Zm9v", "Zm9v" },
		{ "foob", "Zm9vYg==", "Zm9vYg" },
		{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
		{ "\xfb\xff\xbf", "+/+/", "+/+/" },
		{ "\xfb\xff", "+/8=", "+/8" },
		{ "\xff", "/w==", "/w" },
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct span bytes = guarded(span_of(examples[i][0]));

		encodes(true, bytes, span_of(examples[i][1]));
		encodes(false, bytes, span_of(examples[i][2]));
		guard_free(bytes);
	}
}

TEST(base64_padded_round_trip)
{
	unsigned char bytes[200];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * i * 7 + i * 131 + 89);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		struct span s = { bytes, n };
		unsigned char mem[300];
		struct sink out;

		sink_init(&out, mem, (n + 2) / 3 * 4);
		base64_encode(s, true, &out);
		assert_false(out.full);
		assert_int_equal(out.n, out.cap);
		assert_true(decodes(base64_padded_decode, sink_view(&out), s));
		assert_true(decodes(base64_decode, sink_view(&out), s));
		sink_init(&out, mem, (n * 8 + 5) / 6);
		base64_encode(s, false, &out);
		assert_false(out.full);
		assert_int_equal(out.n, out.cap);
		assert_true(decodes(base64_decode, sink_view(&out), s));
		assert_int_equal(
		    refuses(base64_padded_decode, sink_view(&out)), n % 3 != 0);
	}
}

TEST(percent_signs)
{
	assert_int_equal(percent_byte(SPAN_LIT("%c3x")), 0xc3);
	assert_int_equal(percent_byte(SPAN_LIT("%00")), 0);
	assert_int_equal(percent_byte(SPAN_LIT("%0")), -1);
	assert_int_equal(percent_byte(SPAN_LIT("x00")), -1);
	assert_int_equal(percent_byte(SPAN_LIT("%0g")), -1);
	assert_int_equal(percent_byte(SPAN_LIT("%g0")), -1);
	assert_int_equal(percent_byte((struct span){ NULL, 0 }), -1);
	assert_true(DECODES(percent_decode, "", ""));
	assert_true(DECODES(percent_decode, "abc", "abc"));
	assert_true(DECODES(percent_decode, "%61b%63", "abc"));
	assert_true(DECODES(percent_decode, "%c3%BC", "\xc3\xbc"));
	assert_true(DECODES(percent_decode, "a%00b", "a\0b"));
	assert_true(DECODES(percent_decode, "%ff\xff", "\xff\xff"));
	assert_true(DECODES(percent_decode, "%2541", "%41"));
	assert_true(DECODES(percent_decode, "%25%32%35", "%25"));
	assert_true(DECODES(percent_decode, "a+b", "a+b"));
	assert_true(DECODES(percent_decode, "%2B+", "++"));
	assert_true(REFUSES(percent_decode, "%"));
	assert_true(REFUSES(percent_decode, "a%"));
	assert_true(REFUSES(percent_decode, "%4"));
	assert_true(REFUSES(percent_decode, "%%"));
	assert_true(REFUSES(percent_decode, "%%41"));
	assert_true(REFUSES(percent_decode, "%4%31"));
	assert_true(REFUSES(percent_decode, "%41%"));
	assert_true(REFUSES(percent_decode, "%u0041"));
	assert_true(REFUSES(percent_decode, "%-1"));
	assert_true(REFUSES(percent_decode, "% 1"));
	assert_true(REFUSES(percent_decode, "%4\0"));
}

/* Both digits of each byte, in both cases, and everything that is none. */
TEST(percent_signs_of_every_two)
{
	for (unsigned i = 0; i < 65536; i++) {
		unsigned char text[] = { '%', (unsigned char)(i >> 8),
			(unsigned char)i };
		int high = hex_digit(text[1]), low = hex_digit(text[2]);
		bool right = high >= 0 && low >= 0;
		unsigned char out = 0;
		size_t n = 99;

		assert_int_equal(
		    percent_decode((struct span){ text, 3 }, &out, 1, &n),
		    right);
		assert_int_equal(n, right ? 1 : 0);
		if (right)
			assert_int_equal(out, high * 16 + low);
	}
}

/* As encodeURIComponent() does it, and back again. */
TEST(percent_encodes_every_byte)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789"
				    "-_.!~*'()";

	for (unsigned c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c, mem[3];
		bool itself = c > 0 && strchr(plain, (int)c) != NULL;
		struct span bytes = { &byte, 1 };
		struct sink out;
		char want[4];

		snprintf(want, sizeof(want), itself ? "%c" : "%%%02X", c);
		sink_init(&out, mem, strlen(want));
		percent_encode(bytes, &out);
		assert_true(span_is(sink_view(&out), want));
		assert_true(decodes(percent_decode, sink_view(&out), bytes));
		sink_init(&out, mem, strlen(want) - 1);
		percent_encode(bytes, &out);
		assert_true(out.full);
	}
}

TEST(percent_encodes_texts)
{
	struct span text = guarded(SPAN_LIT("s:a b+\xc3\xbc=%41\0;"));
	unsigned char mem[64];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	percent_encode(text, &out);
	assert_true(
	    span_is(sink_view(&out), "s%3Aa%20b%2B%C3%BC%3D%2541%00%3B"));
	assert_true(decodes(percent_decode, sink_view(&out), text));
	sink_init(&out, mem, sizeof(mem));
	percent_encode(SPAN_LIT(""), &out);
	assert_int_equal(out.n, 0);
	assert_false(out.full);
	guard_free(text);
}
