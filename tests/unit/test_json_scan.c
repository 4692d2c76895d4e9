#include "test.h"

#include <stdio.h>

#include "base/limits.h"
#include "guard.h"
#include "http/json_scan.h"

/* The whole of text, and nothing less, is what scan() takes. */
static bool
takes_all(bool (*scan)(struct span *), struct span text)
{
	struct span s = guarded(text), rest = s;
	bool all = scan(&rest) && rest.n == 0;

	guard_free(s);
	return all;
}

static bool
value_32(struct span *rest)
{
	return json_scan_value(rest, TOKEN_DEPTH_MAX);
}

TEST(byte_takes_one_byte)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char two[] = { (unsigned char)c, 'x' };
		struct span rest = { two, 2 }, none = { two, 0 };

		assert_int_equal(json_scan_byte(&rest, '{'), c == '{');
		assert_int_equal(rest.n, c == '{' ? 1 : 2);
		assert_false(json_scan_byte(&none, (unsigned char)c));
	}
}

TEST(space_is_four_bytes)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char two[] = { (unsigned char)c, (unsigned char)c };
		struct span s = guarded((struct span){ two, 2 }), rest = s;
		bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';

		json_scan_space(&rest);
		assert_int_equal(rest.n, space ? 0 : 2);
		guard_free(s);
	}
}

TEST(plain_characters_are_themselves)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char one[] = { (unsigned char)c }, out[4];
		struct span s = guarded((struct span){ one, 1 }), rest = s;
		bool plain = c >= 0x20 && c != '"' && c != '\\';

		assert_int_equal(json_scan_char(&rest, out), plain ? 1 : 0);
		assert_int_equal(rest.n, plain ? 0 : 1);
		if (plain)
			assert_int_equal(out[0], c);
		guard_free(s);
	}
}

TEST(escapes_are_eight_and_u)
{
	const char names[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";

	for (unsigned c = 0; c < 256; c++) {
		unsigned char two[] = { '\\', (unsigned char)c }, out[4];
		struct span s = guarded((struct span){ two, 2 }), rest = s;
		const char *at = c > 0 ? strchr(names, (int)c) : NULL;

		assert_int_equal(json_scan_char(&rest, out), at ? 1 : 0);
		assert_int_equal(rest.n, at ? 0 : 2);
		if (at != NULL)
			assert_int_equal(out[0], means[at - names]);
		guard_free(s);
	}
}

/* RFC 3629 3, written another way than the code under test. */
static size_t
utf8_of(unsigned c, unsigned char out[static 4])
{
	if (c < 0x80) {
		out[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (unsigned char)(0xc0 + c / 64);
		out[1] = (unsigned char)(0x80 + c % 64);
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (unsigned char)(0xe0 + c / 4096);
		out[1] = (unsigned char)(0x80 + c / 64 % 64);
		out[2] = (unsigned char)(0x80 + c % 64);
		return 3;
	}
	out[0] = (unsigned char)(0xf0 + c / 262144);
	out[1] = (unsigned char)(0x80 + c / 4096 % 64);
	out[2] = (unsigned char)(0x80 + c / 64 % 64);
	out[3] = (unsigned char)(0x80 + c % 64);
	return 4;
}

static void
check_escape(const char *text, unsigned c, bool good)
{
	struct span rest = span_of(text);
	size_t all = rest.n;
	unsigned char out[4], want[4];
	size_t n = json_scan_char(&rest, out);

	if (!good) {
		assert_int_equal(n, 0);
		assert_int_equal(rest.n, all);
		return;
	}
	assert_int_equal(n, utf8_of(c, want));
	assert_memory_equal(out, want, n);
	assert_int_equal(rest.n, 0);
}

TEST(every_code_unit)
{
	char text[16];

	for (unsigned c = 0; c < 0x10000; c++) {
		bool good = c != 0 && (c < 0xd800 || c > 0xdfff);

		(void)snprintf(text, sizeof(text), "\\u%04x", c);
		check_escape(text, c, good);
		(void)snprintf(text, sizeof(text), "\\u%04X", c);
		check_escape(text, c, good);
	}
}

TEST(surrogates_come_in_pairs)
{
	static const struct {
		const char *text;
		unsigned c; /* 0: refused */
	} cases[] = {
		{ "\\ud800\\udc00", 0x10000 },
		{ "\\udbff\\udfff", 0x10ffff },
		{ "\\ud83d\\ude00", 0x1f600 },
		{ "\\uD83D\\uDE00", 0x1f600 },
		{ "\\ud800\\udbff", 0 },
		{ "\\ud800\\ue000", 0 },
		{ "\\ud7ff\\udc00", 0 },
		{ "\\udc00\\udc00", 0 },
		{ "\\udc00\\ud800", 0 },
		{ "\\ud83d\\Ude00", 0 },
		{ "\\ud83d/ude00", 0 },
		{ "\\ud83d\\ude0g", 0 },
		{ "\\ud83dxude00", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char out[4];
		struct span rest = span_of(cases[i].text);

		if (strcmp(cases[i].text, "\\ud7ff\\udc00") == 0) {
			/* U+D7FF is a character; what follows is none. */
			assert_int_equal(json_scan_char(&rest, out), 3);
			assert_int_equal(json_scan_char(&rest, out), 0);
			continue;
		}
		check_escape(cases[i].text, cases[i].c, cases[i].c != 0);
	}
}

TEST(every_truncation_of_an_escape)
{
	struct span whole = SPAN_LIT("\\ud83d\\ude00");

	for (size_t n = 0; n < whole.n; n++) {
		struct span s = guarded(span_head(whole, n)), rest = s;
		unsigned char out[4];

		assert_int_equal(json_scan_char(&rest, out), 0);
		assert_int_equal(rest.n, n);
		guard_free(s);
	}
}

TEST(every_byte_in_a_hex_digit)
{
	for (unsigned c = 0; c < 256; c++)
		for (size_t i = 2; i < 6; i++) {
			unsigned char text[] = "\\u1111", out[4];
			struct span rest = { text, 6 };
			bool hex = (c >= '0' && c <= '9') ||
				   (c >= 'a' && c <= 'f') ||
				   (c >= 'A' && c <= 'F');

			text[i] = (unsigned char)c;
			assert_int_equal(json_scan_char(&rest, out) > 0, hex);
		}
}

TEST(strings)
{
	static const char *const good[] = { "\"\"", "\"a\"", "\"\\\"\"",
		"\"\\\\\"", "\"\\u0041\"", "\"{}[],:\"", "\"\x7f\"",
		"\"\xc3\xa4\"" };
	static const char *const bad[] = { "", "\"", "a", "\"a", "a\"",
		"\"\\\"", "\"\\\\\"\"", "\"\\u004\"", "\"\\x41\"", "\"\n\"",
		"\"\t\"", "\"\x1f\"", "'a'", " \"a\"", "\"a\" " };
	struct span nul = SPAN_LIT("\"a\0b\"");

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(takes_all(json_scan_string, span_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(takes_all(json_scan_string, span_of(bad[i])));
	assert_false(takes_all(json_scan_string, nul));
}

TEST(values)
{
	static const char *const good[] = { "0", "-0", "1", "-1", "10", "0.0",
		"1.05", "1e5", "1E5", "1e+5", "1e-05", "-1.5e10", "true",
		"false", "null", "\"\"", "[]", "[ ]", "{}", "{ }", "[1]",
		"[1,2]", "[ 1 , 2 ]", "[\n1\r,\t2]", "{\"a\":1}",
		"{ \"a\" : 1 , \"b\" : 2 }", "[[],{}]",
		"{\"\":{\"a\":[1,{\"b\":null}]}}" };
	static const char *const bad[] = { "", "-", "+1", "01", "-01", "1.",
		".5", "1.e5", "1e", "1e+", "1e5.5", "0x10", "1_0", "--1", "1 ",
		"NaN", "Infinity", "-Infinity", "True", "TRUE", "tru", "truee",
		"nul", "nulll", "fals", "'a'", "a", "[", "]", "[1", "[1,]",
		"[,1]", "[1,,2]", "[1 2]", "[1;2]", "[1}", "{", "}", "{\"a\"}",
		"{\"a\":}", "{\"a\":1,}", "{,\"a\":1}", "{\"a\" 1}",
		"{\"a\":1 \"b\":2}", "{a:1}", "{1:1}", "{\"a\":1]", "{null:1}",
		"{\"a\"::1}", "[1]//", "/**/1", "[\f1]", "[\v1]",
		"\xef\xbb\xbf{}" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(takes_all(value_32, span_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(takes_all(value_32, span_of(bad[i])));
}

TEST(every_truncation_of_a_value)
{
	struct span whole = SPAN_LIT("{\"a\":[true,null,-1.5e3,\"\\u00e4\\n\"],"
				     "\"b\":{\"c\":{}}}");

	assert_true(takes_all(value_32, whole));
	for (size_t n = 0; n < whole.n; n++)
		assert_false(takes_all(value_32, span_head(whole, n)));
}

/* n times open, a middle, n times close. */
static bool
nested(const char *open, const char *middle, const char *close, unsigned n,
    unsigned depth)
{
	char text[4096] = "";
	struct span rest;

	for (unsigned i = 0; i < n; i++)
		strcat(text, open);
	strcat(text, middle);
	for (unsigned i = 0; i < n; i++)
		strcat(text, close);
	rest = span_of(text);
	return json_scan_value(&rest, depth) && rest.n == 0;
}

TEST(depth_is_limited)
{
	assert_true(nested("[", "1", "]", 0, 0));
	assert_false(nested("[", "1", "]", 1, 0));
	assert_false(nested("{\"a\":", "1", "}", 1, 0));
	for (unsigned depth = 1; depth <= TOKEN_DEPTH_MAX; depth++) {
		assert_true(nested("[", "1", "]", depth - 1, depth));
		assert_true(nested("[", "1", "]", depth, depth));
		assert_false(nested("[", "1", "]", depth + 1, depth));
		assert_true(nested("{\"a\":", "1", "}", depth, depth));
		assert_false(nested("{\"a\":", "1", "}", depth + 1, depth));
		assert_true(nested("[", "{}", "]", depth - 1, depth));
		assert_false(nested("[", "{}", "]", depth, depth));
	}
	assert_false(nested("[", "", "]", 1000, TOKEN_DEPTH_MAX));
	assert_true(nested("[[],", "[]", "]", 2, 3));
}

TEST(scanned_is_what_was_taken)
{
	struct span from = SPAN_LIT("true, false"), rest = from;

	assert_true(json_scan_value(&rest, 1));
	assert_true(span_is(json_scanned(from, rest), "true"));
	assert_true(span_is(rest, ", false"));
	assert_int_equal(json_scanned(rest, rest).n, 0);
}
