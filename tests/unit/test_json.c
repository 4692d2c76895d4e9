#include "test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/sink.h"
#include "guard.h"
#include "http/json.h"

static bool
valid(struct span text)
{
	struct span s = guarded(text);
	bool ok = json_object_valid(s, TOKEN_DEPTH_MAX);

	guard_free(s);
	return ok;
}

static struct json_value
value_of(enum json_kind kind, const char *text)
{
	return (struct json_value){ kind, span_of(text) };
}

static struct json_value
object(const char *text)
{
	assert_true(valid(span_of(text)));
	return value_of(JSON_KIND_OBJECT, text);
}

static struct json_value
array(const char *text)
{
	return value_of(JSON_KIND_ARRAY, text);
}

static struct json_value
string(const char *text)
{
	return value_of(JSON_KIND_STRING, text);
}

static struct json_value
number(const char *text)
{
	return value_of(JSON_KIND_NUMBER, text);
}

static void
check_value(struct json_value v, enum json_kind kind, const char *text)
{
	assert_int_equal(v.kind, kind);
	if (!span_is(v.text, text))
		fail_msg("not %s", text);
}

/* The whole of text, and nothing less, is taken as one value. */
static bool
takes_all(struct span text, unsigned depth, struct json_value *v)
{
	struct span s = guarded(text), rest = s;
	bool all = json_take(&rest, depth, v) && rest.n == 0;

	if (all)
		assert_int_equal(v->text.n, text.n);
	guard_free(s);
	return all;
}

static bool
is_value(struct span text)
{
	struct json_value v;

	return takes_all(text, TOKEN_DEPTH_MAX, &v);
}

static bool
is_string(struct span text)
{
	struct json_value v;

	return takes_all(text, 0, &v) && v.kind == JSON_KIND_STRING;
}

/* What stands between two quotes, unescaped: how much; -1 where it is wrong. */
static int
unescape(struct span inner, unsigned char *out)
{
	unsigned char mem[64], room[64];
	struct json_value v;
	struct arena arena;
	struct sink quoted;
	struct span text;
	bool right;

	sink_init(&quoted, mem, sizeof(mem));
	sink_say(&quoted, "\"%v\"", inner);
	v = (struct json_value){ JSON_KIND_STRING, sink_view(&quoted) };
	arena_init(&arena, room, sizeof(room));
	right = json_read_text(v, &arena, &text);
	assert_int_equal(right, is_string(v.text));
	if (!right)
		return -1;
	assert_true(json_string_is(v, text));
	memcpy(out, text.p, text.n);
	return (int)text.n;
}

TEST(space_is_four_bytes)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char text[] = { (unsigned char)c, '{',
			(unsigned char)c, '}', (unsigned char)c };
		bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';

		assert_int_equal(valid((struct span){ text, 5 }), space);
	}
}

TEST(plain_characters_are_themselves)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char one[] = { (unsigned char)c }, out[64];
		bool plain = c >= 0x20 && c != '"' && c != '\\';

		assert_int_equal(
		    unescape((struct span){ one, 1 }, out), plain ? 1 : -1);
		if (plain)
			assert_int_equal(out[0], c);
	}
}

TEST(escapes_are_eight_and_u)
{
	const char names[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";

	for (unsigned c = 0; c < 256; c++) {
		unsigned char two[] = { '\\', (unsigned char)c }, out[64];
		const char *at = c > 0 ? strchr(names, (int)c) : NULL;

		assert_int_equal(
		    unescape((struct span){ two, 2 }, out), at ? 1 : -1);
		if (at != NULL)
			assert_int_equal(out[0], means[at - names]);
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
	unsigned char out[64], want[4];
	int n = unescape(span_of(text), out);

	assert_int_equal(n, good ? (int)utf8_of(c, want) : -1);
	if (good)
		assert_memory_equal(out, want, (size_t)n);
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

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_escape(cases[i].text, cases[i].c, cases[i].c != 0);
}

TEST(every_truncation_of_an_escape)
{
	struct span whole = SPAN_LIT("\\ud83d\\ude00");
	unsigned char out[64];

	assert_int_equal(unescape(whole, out), 4);
	for (size_t n = 1; n < whole.n; n++)
		assert_int_equal(unescape(span_head(whole, n), out), -1);
}

TEST(every_byte_in_a_hex_digit)
{
	for (unsigned c = 0; c < 256; c++)
		for (size_t i = 2; i < 6; i++) {
			unsigned char text[] = "\\u1111", out[64];
			bool hex = (c >= '0' && c <= '9') ||
				   (c >= 'a' && c <= 'f') ||
				   (c >= 'A' && c <= 'F');

			text[i] = (unsigned char)c;
			assert_int_equal(
			    unescape((struct span){ text, 6 }, out) > 0, hex);
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
		assert_true(is_string(span_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(is_string(span_of(bad[i])));
	assert_false(is_string(nul));
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
		assert_true(is_value(span_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(is_value(span_of(bad[i])));
}

TEST(every_truncation_of_a_value)
{
	struct span whole = SPAN_LIT("{\"a\":[true,null,-1.5e3,\"\\u00e4\\n\"],"
				     "\"b\":{\"c\":{}}}");

	assert_true(is_value(whole));
	for (size_t n = 0; n < whole.n; n++)
		assert_false(is_value(span_head(whole, n)));
}

/* n times open, a middle, n times close. */
static bool
nested(const char *open, const char *middle, const char *close, unsigned n,
    unsigned depth)
{
	char text[4096] = "";
	struct json_value v;

	for (unsigned i = 0; i < n; i++)
		strcat(text, open);
	strcat(text, middle);
	for (unsigned i = 0; i < n; i++)
		strcat(text, close);
	return takes_all(span_of(text), depth, &v);
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

TEST(a_value_is_taken_off_the_front)
{
	struct span rest = SPAN_LIT("true, false");
	struct json_value v;

	assert_true(json_take(&rest, 1, &v));
	assert_int_equal(v.kind, JSON_KIND_TRUE);
	assert_true(span_is(v.text, "true"));
	assert_true(span_is(rest, ", false"));
	assert_false(json_take(&rest, 1, &v));
	assert_int_equal(v.kind, JSON_ABSENT);
}

/* A body is refused where jansson, with the same rules, refuses it. */
static void
same_body(struct span text)
{
	unsigned char *copy = malloc(text.n + (text.n == 0));
	struct json_body body;
	json_error_t error;
	json_t *theirs = json_loadb(
	    (const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &error);
	enum json_error_code code =
	    theirs == NULL ? json_error_code(&error) : json_error_unknown;

	assert_non_null(copy);
	memcpy(copy, text.p, text.n);
	body = json_body_read((struct span){ copy, text.n });
	free(copy);
	json_decref(theirs);
	/* It nests deeper, takes -0, and looks at fractions more closely. */
	if (body.fault == JSON_DEEP || body.fault == JSON_CROWDED ||
	    body.fault == JSON_ZERO || code == json_error_numeric_overflow)
		return;
	if ((body.fault == JSON_RIGHT) != (theirs != NULL) ||
	    (body.fault == JSON_DUPLICATE) !=
		(code == json_error_duplicate_key) ||
	    (theirs == NULL &&
		(body.line != error.line || body.column != error.column)))
		fail_msg("%.*s: %d at %lld, %lld; theirs is %s at %d, %d",
		    (int)text.n, (const char *)text.p, (int)body.fault,
		    body.line, body.column,
		    theirs != NULL ? "right" : error.text, error.line,
		    error.column);
}

static const char sample[] =
    "{\"n\":-1.5e2,\n\"s\":\"\\u00e4\xc3\xa4\\n\",\"l\":[1,[]],"
    " \"t\":{\"u\":null},\r\n\"\\ud83d\\ude00\":[true, false, \"\"],"
    "\"a\":9223372036854775807,\"b\":-9223372036854775808}";

TEST(bodies_end_where_another_reader_ends)
{
	static const char *const odd[] = { "", " ", "\n", "7", "\"a\"", "true",
		"[", "{", "{\"a\"", "{\"a\":1", "{\"a\":1,", "{\"a\":\n\n}",
		"[1,]", "[tru]", "[truee]", "[1 2]", "{\"a\":1}x", "[] []",
		"{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
		"{\"\xc3\xa4\":1,\"\\u00e4\":2}",
		"{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}",
		"{\"a\":1,\"ab\":2,\"\\u0061c\":3}", "[\"\\ud83d\"]",
		"[\"\\u0000\"]", "{\"\\u0000\":1}", "[\"\\x\"]", "[\"a\nb\"]",
		"[\"\x1f\"]", "\xef\xbb\xbf{}", "[\xc3\xa4]", "[\"\xc3\"]",
		"[\"\xff\"]", "{\xff", "[01]", "[1.]", "[1e]", "[1e+]", "[-]",
		"[.5]", "[9223372036854775807]", "[-9223372036854775808]",
		"[10000000000000000000000.5]", "{1:2}", "{\"a\" 1}", "{\"a\":]",
		"[}", "{]", "[,]" };

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		same_body(span_of(odd[i]));
	for (size_t n = 0; n < sizeof(sample); n++)
		same_body((struct span){ (const unsigned char *)sample, n });
	assert_int_equal(json_body_read(span_of(sample)).fault, JSON_RIGHT);
}

TEST(bodies_with_every_byte_at_every_place)
{
	char text[sizeof(sample)];

	for (size_t i = 0; i < sizeof(sample) - 1; i++)
		/* (A NUL behind a number it does not see.) */
		for (int c = 1; c < 256; c++) {
			memcpy(text, sample, sizeof(text));
			text[i] = (char)c;
			same_body(span_of(text));
		}
}

/* Pieces of JSON in any order. */
TEST(bodies_of_any_pieces)
{
	static const char *const pieces[] = { "{", "}", "[", "]", ":", ",",
		"\"a\"", "\"\\u0061\"", "\"b", "\"", "1", "-2", "0", ".5", "e3",
		"true", "nul", " ", "\n", "\xc3\xa4", "\xc3", "\\", "{}",
		"\"a\":1,", "\"\":[", "99999999999999999999" };
	char text[128];

	srand(1);
	for (int i = 0; i < 200000 / THINNED(20); i++) {
		int n = rand() % 12;

		text[0] = '\0';
		for (int k = 0; k < n; k++)
			strcat(
			    text, pieces[(size_t)rand() %
					 (sizeof(pieces) / sizeof(pieces[0]))]);
		same_body(span_of(text));
	}
}

TEST(numbers_of_bodies_have_64_bits)
{
	assert_int_equal(
	    json_body_read(SPAN_LIT("[9223372036854775807]")).fault,
	    JSON_RIGHT);
	assert_int_equal(
	    json_body_read(SPAN_LIT("[9223372036854775808]")).fault,
	    JSON_MALFORMED);
	assert_int_equal(
	    json_body_read(SPAN_LIT("[-9223372036854775808]")).fault,
	    JSON_RIGHT);
	assert_int_equal(
	    json_body_read(SPAN_LIT("[-9223372036854775809]")).fault,
	    JSON_MALFORMED);
	assert_int_equal(json_body_read(SPAN_LIT("[-0]")).fault, JSON_ZERO);
	assert_true(valid(SPAN_LIT("{\"a\":99999999999999999999}")));
}

TEST(one_object_is_valid)
{
	static const char *const good[] = { "{}", " {} ", "\t\r\n{ }\n",
		"{\"sub\":\"42\"}", "{\"a\":[1,2.5,true,false,null,{}]}",
		"{\"a\":1,\"a\":2}", "{\"a\":\"\\u00e4\\ud83d\\ude00\"}",
		"{\"\xc3\xa4\":\"\xf0\x9f\x98\x80\"}", "{\"a\":\"\\n\"}" };
	static const char *const bad[] = { "", " ", "[]", "\"a\"", "1", "null",
		"true", "{", "}", "{}}", "{}{}", "{} x", "{},", "{\"a\":1,}",
		"\xef\xbb\xbf{}", "{\"a\":\"\x01\"}", "{\"a\":\"\n\"}",
		"{\"a\":\"\\ud83d\"}", "{\"a\":\"\\u0000\"}",
		"{\"a\":\"\xc3\"}", "{\"a\":\"\xc0\x80\"}",
		"{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\xf4\x90\x80\x80\"}",
		"{\"a\":01}", "{\"a\":0x1}", "{\"a\":NaN}", "{/**/}",
		"{\"a\":1}\f" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(valid(span_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (valid(span_of(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_false(valid(SPAN_LIT("{}\0")));
	assert_false(valid(SPAN_LIT("\0{}")));
	assert_false(valid(SPAN_LIT("{\"a\":\"b\0c\"}")));
}

TEST(depth_counts_the_object)
{
	assert_true(json_object_valid(SPAN_LIT("{\"a\":[[]]}"), 3));
	assert_false(json_object_valid(SPAN_LIT("{\"a\":[[]]}"), 2));
	assert_true(json_object_valid(SPAN_LIT("{}"), 1));
	assert_false(json_object_valid(SPAN_LIT("{}"), 0));
	assert_true(json_object_valid(SPAN_LIT("{}"), TOKEN_DEPTH_MAX));
	assert_false(json_object_valid(SPAN_LIT("{}"), TOKEN_DEPTH_MAX + 1));
}

/* The same verdict, and the same value of "s", as jansson. */
static void
agree(struct span text)
{
	json_error_t error;
	json_t *theirs = json_loadb(
	    (const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &error);
	struct json_value ours = { JSON_KIND_OBJECT, text }, s;
	json_t *their_s = json_object_get(theirs, "s");
	bool twice = theirs == NULL &&
		     json_error_code(&error) == json_error_duplicate_key;

	assert_int_equal(json_is_object(theirs), valid(text) && !twice);
	if (json_is_object(theirs)) {
		s = json_member(ours, SPAN_LIT("s"));
		assert_int_equal(s.kind != JSON_ABSENT, their_s != NULL);
		assert_int_equal(
		    s.kind == JSON_KIND_STRING, json_is_string(their_s));
		if (json_is_string(their_s))
			assert_true(json_string_is(
			    s, (struct span){ (const unsigned char *)
						  json_string_value(their_s),
				   json_string_length(their_s) }));
	}
	json_decref(theirs);
}

TEST(same_as_jansson_for_every_byte_at_every_place)
{
	char text[] = "{\"n\":-1.5e2,\"s\":\"\\u00e4\xc3\xa4\\n\",\"l\":[1,[]],"
		      "\"t\":{\"u\":null} }";
	struct span s = { (unsigned char *)text, sizeof(text) - 1 };

	for (size_t i = 0; i < s.n; i++) {
		char was = text[i];

		for (int c = 0; c < 256; c++) {
			text[i] = (char)c;
			agree(s);
		}
		text[i] = was;
		agree(span_head(s, i));
		agree(span_skip(s, i));
	}
	agree(s);
}

TEST(members_are_found_by_name)
{
	struct json_value o =
	    object(" { \"a\" : 1 , \"b\":\"x\",\"c\":{\"a\":2},\"d\":[3],"
		   "\"e\":true,\"f\":false,\"g\":null,\"\":9,\"A\":8,"
		   "\"k\\u0065y\":7,\"x\\\"y\":6,\"z\":\"\\\"y\\\":5\" } ");

	check_value(json_member(o, SPAN_LIT("a")), JSON_KIND_NUMBER, "1");
	check_value(json_member(o, SPAN_LIT("b")), JSON_KIND_STRING, "\"x\"");
	check_value(
	    json_member(o, SPAN_LIT("c")), JSON_KIND_OBJECT, "{\"a\":2}");
	check_value(json_member(o, SPAN_LIT("d")), JSON_KIND_ARRAY, "[3]");
	check_value(json_member(o, SPAN_LIT("e")), JSON_KIND_TRUE, "true");
	check_value(json_member(o, SPAN_LIT("f")), JSON_KIND_FALSE, "false");
	check_value(json_member(o, SPAN_LIT("g")), JSON_KIND_NULL, "null");
	check_value(json_member(o, SPAN_LIT("")), JSON_KIND_NUMBER, "9");
	check_value(json_member(o, SPAN_LIT("A")), JSON_KIND_NUMBER, "8");
	check_value(json_member(o, SPAN_LIT("key")), JSON_KIND_NUMBER, "7");
	check_value(json_member(o, SPAN_LIT("x\"y")), JSON_KIND_NUMBER, "6");
	check_value(json_member(o, SPAN_LIT("y")), JSON_ABSENT, "");
	check_value(json_member(o, SPAN_LIT("B")), JSON_ABSENT, "");
	check_value(json_member(o, SPAN_LIT("aa")), JSON_ABSENT, "");
	check_value(json_member(o, SPAN_LIT("k\\u0065y")), JSON_ABSENT, "");
}

TEST(a_name_twice_is_told)
{
	check_value(
	    json_member(object("{\"a\":1,\"b\":2,\"a\":1}"), SPAN_LIT("a")),
	    JSON_TWICE, "");
	check_value(
	    json_member(object("{\"a\":1,\"\\u0061\":1}"), SPAN_LIT("a")),
	    JSON_TWICE, "");
	check_value(
	    json_member(object("{\"a\":1,\"\\u0062\":1}"), SPAN_LIT("a")),
	    JSON_KIND_NUMBER, "1");
	check_value(
	    json_member(object("{\"a\":{\"b\":1},\"b\":2}"), SPAN_LIT("b")),
	    JSON_KIND_NUMBER, "2");
}

TEST(only_an_object_has_members)
{
	struct span a = SPAN_LIT("a");

	check_value(json_member(object("{}"), a), JSON_ABSENT, "");
	check_value(json_member(array("[\"a\"]"), a), JSON_ABSENT, "");
	check_value(json_member(string("\"a\""), a), JSON_ABSENT, "");
	check_value(json_member(value_of(JSON_ABSENT, ""), a), JSON_ABSENT, "");
	check_value(json_member(value_of(JSON_TWICE, ""), a), JSON_ABSENT, "");
	check_value(json_member((struct json_value){ 0 }, a), JSON_ABSENT, "");
}

TEST(elements_count_from_zero)
{
	struct json_value a = array("[ 1, [2,3] ,\"]\", {\"a\":[4]}]");

	check_value(json_element(a, 0), JSON_KIND_NUMBER, "1");
	check_value(json_element(a, 1), JSON_KIND_ARRAY, "[2,3]");
	check_value(json_element(a, 2), JSON_KIND_STRING, "\"]\"");
	check_value(json_element(a, 3), JSON_KIND_OBJECT, "{\"a\":[4]}");
	check_value(json_element(a, 4), JSON_ABSENT, "");
	check_value(json_element(a, SIZE_MAX), JSON_ABSENT, "");
	check_value(json_element(array("[]"), 0), JSON_ABSENT, "");
	check_value(json_element(object("{\"a\":1}"), 0), JSON_ABSENT, "");
	check_value(json_element(string("\"a\""), 0), JSON_ABSENT, "");
}

TEST(a_string_or_a_list_has_it)
{
	struct span a = SPAN_LIT("a");

	assert_true(json_has_string(string("\"a\""), a));
	assert_false(json_has_string(string("\"b\""), a));
	assert_true(json_has_string(array("[\"a\"]"), a));
	assert_true(json_has_string(array("[\"b\",\"\\u0061\"]"), a));
	assert_true(json_has_string(array("[\"a\",\"b\",\"a\"]"), a));
	assert_false(json_has_string(array("[\"b\"]"), a));
	assert_false(json_has_string(array("[]"), a));
	assert_false(json_has_string(array("[\"ab\",\"\"]"), a));
	assert_false(json_has_string(array("[[\"a\"]]"), a));
	assert_false(json_has_string(array("[\"a\",1]"), a));
	assert_false(json_has_string(array("[1,\"a\"]"), a));
	assert_false(json_has_string(object("{\"a\":\"a\"}"), a));
	assert_false(json_has_string(number("1"), SPAN_LIT("1")));
	assert_false(json_has_string((struct json_value){ 0 }, SPAN_LIT("")));
}

TEST(strings_are_unescaped)
{
	unsigned char mem[256];
	struct arena arena;
	struct span out;

	arena_init(&arena, mem, sizeof(mem));
	assert_true(json_read_text(
	    string("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\""),
	    &arena, &out));
	assert_true(span_is(out, "a\"\\/\b\f\n\r\t\xc3\xa4\xf0\x9f\x98\x80"));
	assert_true(json_read_text(string("\"\""), &arena, &out));
	assert_int_equal(out.n, 0);
	assert_false(json_read_text(number("1"), &arena, &out));
	assert_null(out.p);
	assert_false(json_read_text((struct json_value){ 0 }, &arena, &out));
	/* Not what json_object_valid() lets through, but refused all the same.
	 */
	assert_false(json_read_text(string("\"a"), &arena, &out));
	assert_false(json_read_text(string("\"a\"b\""), &arena, &out));
	assert_false(json_read_text(string(""), &arena, &out));
	assert_int_equal(out.n, 0);
}

TEST(a_string_needs_room_for_its_text)
{
	unsigned char mem[8];
	struct arena arena;
	struct span out;

	arena_init(&arena, mem, 4);
	assert_true(json_read_text(string("\"abc\""), &arena, &out));
	arena_init(&arena, mem, 3);
	assert_false(json_read_text(string("\"abc\""), &arena, &out));
	assert_true(arena.full);
	assert_int_equal(out.n, 0);
}

TEST(a_string_equals_its_text)
{
	struct json_value v = string("\"\\u0061\xc3\xa4\\n\"");

	assert_true(json_string_is(v, SPAN_LIT("a\xc3\xa4\n")));
	assert_false(json_string_is(v, SPAN_LIT("a\xc3\xa4")));
	assert_false(json_string_is(v, SPAN_LIT("a\xc3\xa4\n\n")));
	assert_false(json_string_is(v, SPAN_LIT("A\xc3\xa4\n")));
	assert_false(json_string_is(v, SPAN_LIT("a\xc3")));
	assert_false(json_string_is(v, SPAN_LIT("")));
	assert_true(json_string_is(string("\"\""), SPAN_LIT("")));
	assert_false(json_string_is(string("\"\""), SPAN_LIT("\0")));
	assert_false(json_string_is(string("\"a"), SPAN_LIT("a")));
	assert_false(json_string_is(number("1"), SPAN_LIT("1")));
	assert_false(json_string_is((struct json_value){ 0 }, SPAN_LIT("")));
}

TEST(integers)
{
	static const struct {
		const char *text;
		long long value;
	} good[] = { { "0", 0 }, { "1", 1 }, { "-1", -1 }, { "42", 42 },
		{ "999999999999999999", 999999999999999999 },
		{ "-999999999999999999", -999999999999999999 } };
	static const char *const bad[] = { "-0", "1.0", "1e0", "1E2", "0.5",
		"1000000000000000000", "-1000000000000000000", "", "-", "01",
		"+1" };
	long long out = 7;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(json_read_integer(number(good[i].text), &out));
		assert_int_equal(out, good[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(json_read_integer(number(bad[i]), &out));
		assert_int_equal(out, 0);
	}
	assert_false(json_read_integer(string("\"1\""), &out));
	assert_false(json_read_integer(string("1"), &out));
}

TEST(seconds)
{
	static const struct {
		const char *text;
		long long value;
	} good[] = { { "0", 0 }, { "1700003600", 1700003600 },
		{ "1700003600.999", 1700003600 }, { "0.5", 0 }, { "-1", -1 },
		{ "-1.9", -1 }, { "-0", 0 }, { "-0.5", 0 },
		{ "999999999999999", 999999999999999 },
		{ "999999999999999.5", 999999999999999 }, { "1e9", 1000000000 },
		{ "1.7e9", 1700000000 }, { "1.7000036009e9", 1700003600 },
		{ "1.5E3", 1500 }, { "1.5e+0", 1 }, { "-1.7e09", -1700000000 },
		{ "17000036009e-1", 1700003600 }, { "1e-1", 0 },
		{ "123e-3", 0 }, { "1234e-3", 1 }, { "1e-999", 0 },
		{ "0e999", 0 }, { "0.0e0", 0 }, { "0.001e3", 1 },
		{ "0.000000000000000000017e20", 1 },
		{ "1e14", 100000000000000 },
		{ "9.99999999999999e14", 999999999999999 } };
	static const char *const bad[] = { "1000000000000000",
		"1000000000000000.5", "1.", ".5", "", "-", "01", "1.5.5",
		"1.+5", "1e15", "9.999999999999999e15", "0.1e17", "1e400",
		"1e18446744073709551616", "0e1000", "1e-1000", "1e", "1e+",
		"1e-", "1e+-1", "1e1.5", "1e1e1", "e1", ".e1", "1.e1", "1e 1",
		"01e1", "+1e1", "1.5e3x" };
	long long out = 7;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(json_read_seconds(number(good[i].text), &out));
		assert_int_equal(out, good[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(json_read_seconds(number(bad[i]), &out));
		assert_int_equal(out, 0);
	}
	assert_false(json_read_seconds(string("\"1700003600\""), &out));
	assert_false(json_read_seconds(value_of(JSON_KIND_TRUE, "true"), &out));
	assert_false(json_read_seconds((struct json_value){ 0 }, &out));
}

/* Only the object's own names count, and one that is escaped is none. */
TEST(names_stand_apart)
{
	static const char *const apart[] = { "{}", " { } ", "{\"a\":1}",
		"{\"\":1,\"a\":2,\"A\":3,\"aa\":4}",
		"{\"a\":{\"a\":1},\"b\":[{\"a\":1,\"a\":2}]}",
		"{\"a\":\"b\",\"b\":\"b\"}" };
	static const char *const not [] = { "{\"a\":1,\"a\":1}",
		"{\"\":1,\"\":1}", "{\"a\":1,\"b\":{\"c\":2} , \"a\" : 3}",
		"{\"a\":1,\"\\u0061\":2}", "{\"\\u0061\":2}", "{\"a\\\"\":1}" };

	for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++)
		assert_true(json_names_apart(object(apart[i])));
	for (size_t i = 0; i < sizeof(not ) / sizeof(not [0]); i++)
		assert_false(json_names_apart(object(not [i])));
	assert_false(json_names_apart(array("[]")));
	assert_false(json_names_apart((struct json_value){ 0 }));
}

TEST(names_are_counted)
{
	for (int n = JSON_NAMES_MAX - 1; n <= JSON_NAMES_MAX + 1; n++) {
		char text[16 * (JSON_NAMES_MAX + 2)];
		int used = snprintf(text, sizeof(text), "{\"0\":0");

		for (int i = 1; i < n; i++)
			used += snprintf(text + used,
			    sizeof(text) - (size_t)used, ",\"%d\":0", i);
		snprintf(text + used, sizeof(text) - (size_t)used, "}");
		assert_int_equal(
		    json_names_apart(object(text)), n <= JSON_NAMES_MAX);
	}
}

static bool
path_valid(struct span path)
{
	struct span s = guarded(path);
	bool ok = json_path_valid(s);

	guard_free(s);
	return ok;
}

static void
check_path(
    const char *json, const char *path, enum json_kind kind, const char *text)
{
	struct span s = guarded(span_of(json)), p = guarded(span_of(path));
	struct json_value object = { JSON_KIND_OBJECT, s }, v;

	assert_true(json_object_valid(s, TOKEN_DEPTH_MAX));
	v = json_path(object, p);
	assert_int_equal(v.kind, kind);
	if (!span_is(v.text, text))
		fail_msg("%s is not %s", path, text);
	guard_free(s);
	guard_free(p);
}

TEST(paths_are_names_and_indexes)
{
	static const char *const good[] = { "sub", "passport.user",
		"warden.user.user.key[0][0]", "a[9999]", "a[10].b", "_id",
		"user-id", "https://example/roles", "\xc3\xa4" };
	static const char *const bad[] = { "", ".", ".a", "a.", "a..b", "[0]",
		"a[", "a[]", "a]", "a[0", "a[00]", "a[01]", "a[-1]", "a[x]",
		"a[0]b", "a[0].", "a.[0]", "a[10000]", "a b", " a", "a ", "a\t",
		"a\x7f", "a[0 ]", "a[0]]" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!path_valid(span_of(good[i])))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (path_valid(span_of(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_false(path_valid(SPAN_LIT("a\0")));
}

TEST(every_byte_in_a_name)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char text[] = { 'a', (unsigned char)c, 'b' };
		bool good =
		    c == '.' || (c > ' ' && c != '[' && c != ']' && c != 0x7f);

		assert_int_equal(path_valid((struct span){ text, 3 }), good);
	}
}

TEST(paths_lead_to_values)
{
	const char *json =
	    "{\"sub\":\"42\",\"user\":{\"id\":7,\"roles\":[\"a\",[\"b\"]]},"
	    "\"a.b\":1,\"l\":[{\"x\":true}]}";

	check_path(json, "sub", JSON_KIND_STRING, "\"42\"");
	check_path(json, "user.id", JSON_KIND_NUMBER, "7");
	check_path(json, "user.roles[0]", JSON_KIND_STRING, "\"a\"");
	check_path(json, "user.roles[1][0]", JSON_KIND_STRING, "\"b\"");
	check_path(json, "l[0].x", JSON_KIND_TRUE, "true");
	check_path(json, "user.roles", JSON_KIND_ARRAY, "[\"a\",[\"b\"]]");
	check_path(json, "id", JSON_ABSENT, "");
	check_path(json, "user.ID", JSON_ABSENT, "");
	check_path(json, "user.roles[2]", JSON_ABSENT, "");
	check_path(json, "user.roles[0][0]", JSON_ABSENT, "");
	check_path(json, "user[0]", JSON_ABSENT, "");
	check_path(json, "sub.sub", JSON_ABSENT, "");
	check_path(json, "l.x", JSON_ABSENT, "");
	check_path(json, "a.b", JSON_ABSENT, "");
	check_path(json, "", JSON_ABSENT, "");
	check_path(json, "user..id", JSON_ABSENT, "");
}

TEST(twice_on_the_way_is_told)
{
	check_path(
	    "{\"u\":{\"id\":1},\"u\":{\"id\":1}}", "u.id", JSON_TWICE, "");
	check_path("{\"u\":{\"id\":1,\"i\\u0064\":1}}", "u.id", JSON_TWICE, "");
	check_path("{\"u\":{\"id\":1},\"v\":{\"id\":1}}", "u.id",
	    JSON_KIND_NUMBER, "1");
	check_path("{\"u\":[1],\"u\":[1]}", "u[0]", JSON_TWICE, "");
	check_path("{\"u\":{\"x\":1,\"x\":2,\"id\":3}}", "u.id",
	    JSON_KIND_NUMBER, "3");
}
