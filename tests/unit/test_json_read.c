#include "test.h"

#include <jansson.h>

#include "base/limits.h"
#include "guard.h"
#include "http/json_read.h"

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
