#include "test.h"

#include "base/limits.h"
#include "base/text.h"
#include "guard.h"

static bool
at_page_end(bool (*test)(struct span), struct span s)
{
	struct span copy = guarded(s);
	bool answer = test(copy);

	guard_free(copy);
	return answer;
}

#define UTF8(s) at_page_end(text_utf8, SPAN_LIT(s))
#define CONTROL(s) at_page_end(text_has_control, SPAN_LIT(s))
#define SEGMENT(s) at_page_end(text_segment, SPAN_LIT(s))
#define TOKEN(s) at_page_end(text_token, SPAN_LIT(s))

/* RFC 3629 section 3: the bytes of a code point; 0 when it has none. */
static size_t
encode(unsigned long code, unsigned char out[4])
{
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	for (size_t i = n; i-- > 1; code >>= 6)
		out[i] = (unsigned char)(0x80 | (code & 0x3f));
	out[0] = (unsigned char)(n == 1 ? code : (0xf00U >> n & 0xff) | code);
	return n;
}

TEST(utf8_takes_every_code_point)
{
	for (unsigned long code = 0; code <= 0x10ffff; code++) {
		unsigned char text[4];
		size_t n = encode(code, text);

		if (n == 0)
			continue;
		if (!text_utf8((struct span){ text, n }))
			fail_msg("U+%04lX is refused", code);
	}
}

/* A second, slow reader: all that one or two code points are written as. */
TEST(utf8_of_every_two_bytes)
{
	static bool right[65536];

	for (unsigned i = 0; i < 0x80 * 0x80; i++)
		right[i / 0x80 << 8 | i % 0x80] = true;
	for (unsigned long code = 0x80; code < 0x800; code++) {
		unsigned char text[4];

		assert_int_equal(encode(code, text), 2);
		right[text[0] << 8 | text[1]] = true;
	}
	for (unsigned i = 0; i < 65536; i++) {
		unsigned char text[] = { (unsigned char)(i >> 8),
			(unsigned char)i };

		if (text_utf8((struct span){ text, 2 }) != right[i])
			fail_msg("%04x", i);
	}
}

/* Every three bytes that begin a longer character: lead and second byte. */
TEST(utf8_of_every_second_byte)
{
	unsigned accepted = 0;

	for (unsigned i = 0xe000; i < 0x10000; i++) {
		unsigned char text[4] = { (unsigned char)(i >> 8),
			(unsigned char)i, 0x80, 0x80 };

		accepted += text_utf8((struct span){ text, 3 });
		accepted += text_utf8((struct span){ text, 4 }) ? 0x10000 : 0;
	}
	/* E0 has 32 of the 64, ED 32, F0 48, F4 16. */
	assert_int_equal(accepted & 0xffff, 14 * 64 + 2 * 32);
	assert_int_equal(accepted >> 16, 3 * 64 + 48 + 16);
}

TEST(utf8_edges)
{
	assert_true(UTF8(""));
	assert_true(UTF8("a"));
	assert_true(UTF8("a\0b"));
	assert_true(UTF8("\xc2\x80"));
	assert_true(UTF8("\xdf\xbf"));
	assert_true(UTF8("\xe0\xa0\x80"));
	assert_true(UTF8("\xed\x9f\xbf"));
	assert_true(UTF8("\xee\x80\x80"));
	assert_true(UTF8("\xef\xbf\xbf"));
	assert_true(UTF8("\xf0\x90\x80\x80"));
	assert_true(UTF8("\xf4\x8f\xbf\xbf"));
	assert_true(UTF8("gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x88!"));
}

TEST(utf8_refuses)
{
	static const struct span bad[] = {
		/* overlong */
		SPAN_INIT("\xc0\x80"),
		SPAN_INIT("\xc1\xbf"),
		SPAN_INIT("\xe0\x80\x80"),
		SPAN_INIT("\xe0\x9f\xbf"),
		SPAN_INIT("\xf0\x80\x80\x80"),
		SPAN_INIT("\xf0\x8f\xbf\xbf"),
		/* surrogates, also as a pair (CESU-8) */
		SPAN_INIT("\xed\xa0\x80"),
		SPAN_INIT("\xed\xbf\xbf"),
		SPAN_INIT("\xed\xa0\xbd\xed\xb0\x88"),
		/* over U+10FFFF, and the longer forms of RFC 2279 */
		SPAN_INIT("\xf4\x90\x80\x80"),
		SPAN_INIT("\xf5\x80\x80\x80"),
		SPAN_INIT("\xf7\xbf\xbf\xbf"),
		SPAN_INIT("\xf8\x88\x80\x80\x80"),
		SPAN_INIT("\xfc\x84\x80\x80\x80\x80"),
		SPAN_INIT("\xfe"),
		SPAN_INIT("\xff"),
		/* no first byte */
		SPAN_INIT("\x80"),
		SPAN_INIT("\xbf"),
		SPAN_INIT("a\xbf"),
		SPAN_INIT("\xc3\xbc\xbc"),
		/* another byte in the middle */
		SPAN_INIT("\xc3z"),
		SPAN_INIT("\xe2\x82z"),
		SPAN_INIT("\xe2z\x82"),
		SPAN_INIT("\xf0\x9f\x90z"),
		SPAN_INIT("\xf0\x9fz\x90"),
		SPAN_INIT("\xe2\x82\xc3"),
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (at_page_end(text_utf8, bad[i]))
			fail_msg("number %zu is accepted", i);
}

TEST(utf8_cut_short)
{
	static const struct span whole[] = {
		SPAN_INIT("\xc3\xbc"),
		SPAN_INIT("\xe2\x82\xac"),
		SPAN_INIT("\xf0\x9f\x90\x88"),
	};

	for (size_t i = 0; i < 3; i++) {
		assert_true(at_page_end(text_utf8, whole[i]));
		for (size_t n = 1; n < whole[i].n; n++)
			assert_false(
			    at_page_end(text_utf8, span_head(whole[i], n)));
	}
}

TEST(control_characters)
{
	for (unsigned c = 0; c < 0x80; c++) {
		unsigned char text[] = { 'a', (unsigned char)c, 'b' };

		assert_int_equal(text_has_control((struct span){ text, 3 }),
		    c < 0x20 || c == 0x7f);
	}
	for (unsigned c = 0x80; c <= 0xbf; c++) {
		unsigned char text[] = { 0xc2, (unsigned char)c };

		assert_int_equal(
		    text_has_control((struct span){ text, 2 }), c <= 0x9f);
		text[0] = 0xc3;
		assert_false(text_has_control((struct span){ text, 2 }));
	}
	assert_false(CONTROL(""));
	assert_false(CONTROL("\xc2"));
	assert_false(CONTROL("\xe2\x82\x82"));
	assert_true(CONTROL("a\n"));
	assert_true(CONTROL("\0"));
	assert_true(CONTROL("a\xc2\x85"));
	assert_true(CONTROL("\x1b[0m"));
}

static bool
is_word(unsigned c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

TEST(segment_and_token_bytes)
{
	for (unsigned c = 0; c < 256; c++) {
		bool in_segment = is_word(c) || c == '_' || c == '-';
		bool in_token =
		    is_word(c) ||
		    (c != 0 && strchr("!#$%&'*+-.^_`|~", (int)c) != NULL);

		for (size_t at = 0; at < 3; at++) {
			unsigned char text[] = { 'a', 'b', 'c' };
			struct span s = { text, 3 };

			text[at] = (unsigned char)c;
			assert_int_equal(text_segment(s), in_segment);
			assert_int_equal(text_token(s), in_token);
		}
	}
}

TEST(segment_size)
{
	unsigned char text[SEGMENT_MAX + 1];

	memset(text, 'x', sizeof(text));
	assert_false(SEGMENT(""));
	assert_true(SEGMENT("x"));
	assert_true(text_segment((struct span){ text, SEGMENT_MAX - 1 }));
	assert_true(text_segment((struct span){ text, SEGMENT_MAX }));
	assert_false(text_segment((struct span){ text, SEGMENT_MAX + 1 }));
	assert_false(TOKEN(""));
	assert_true(TOKEN("x"));
	assert_true(text_token((struct span){ text, SEGMENT_MAX + 1 }));
	assert_false(text_segment((struct span){ NULL, 0 }));
	assert_false(text_token((struct span){ NULL, 0 }));
}

static const char *
nearest(const char *typed)
{
	static const char *const names[] = { "public_id", "folder", "tags",
		"type", "set", "ip", "notification_url" };
	struct span copy = guarded(span_of(typed));
	const char *found = text_nearest(copy, names, 7);

	guard_free(copy);
	return found;
}

TEST(nearest_is_found)
{
	assert_string_equal(nearest("public_id"), "public_id");
	assert_string_equal(nearest("publicid"), "public_id"); /* dropped */
	assert_string_equal(nearest("publiic_id"), "public_id");
	assert_string_equal(nearest("public-id"), "public_id");
	assert_string_equal(nearest("pbulic_id"), "public_id"); /* swapped */
	assert_string_equal(nearest("tgas"), "tags");
	assert_string_equal(nearest("se"), "set");
	assert_string_equal(nearest("sett"), "set");
	assert_string_equal(nearest("ip"), "ip");
}

/* At most a third of the letters, and at most three. */
TEST(nearest_is_near)
{
	assert_string_equal(nearest("foldxx"), "folder");
	assert_null(nearest("folxxx"));
	assert_string_equal(nearest("public_xxx"), "public_id");
	assert_null(nearest("public_xxxx"));
	assert_string_equal(nearest("notificationurlxx"), "notification_url");
	assert_null(nearest("notificationurlxxx"));
	assert_null(nearest("txxs"));
	assert_null(nearest("iq"));
	assert_null(nearest("i"));
	assert_null(nearest("x"));
	assert_null(nearest(""));
}

TEST(nearest_of_several)
{
	static const char *const names[] = { "table", "cable", "cables" };

	assert_ptr_equal(text_nearest(SPAN_LIT("fable"), names, 3), names[0]);
	assert_ptr_equal(
	    text_nearest(SPAN_LIT("fable"), names + 1, 2), names[1]);
	assert_ptr_equal(text_nearest(SPAN_LIT("cablex"), names, 3), names[1]);
	assert_ptr_equal(text_nearest(SPAN_LIT("cables"), names, 3), names[2]);
	assert_null(text_nearest(SPAN_LIT("table"), names, 0));
}

TEST(nearest_of_long_names)
{
	char name[NAME_MAX_BYTES + 2];
	const char *const names[] = { name };
	struct span typed;

	memset(name, 'n', sizeof(name));
	name[NAME_MAX_BYTES + 1] = '\0';
	typed = (struct span){ (unsigned char *)name, NAME_MAX_BYTES };
	assert_null(text_nearest(typed, names, 1));
	name[NAME_MAX_BYTES] = '\0';
	assert_ptr_equal(text_nearest(typed, names, 1), name);
	name[NAME_MAX_BYTES - 1] = '\0';
	assert_ptr_equal(text_nearest(typed, names, 1), name);
	typed.n = NAME_MAX_BYTES + 1;
	assert_null(text_nearest(typed, names, 1));
}

TEST(ampersands)
{
	static const char *const with[] = { "&", "a&", "&a", "%26", "a%26b",
		"%%26", "%2%26" };
	static const char *const without[] = { "", "%", "%2", "26", "%2 6",
		"%2%6", "%27", "\xef\xbc\x86" };

	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++)
		assert_true(text_has_ampersand(span_of(with[i])));
	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		assert_false(text_has_ampersand(span_of(without[i])));
	/* Not beyond its end. */
	assert_false(text_has_ampersand(span_head(SPAN_LIT("%26"), 2)));
	assert_false(text_has_ampersand((struct span){ NULL, 0 }));
}
