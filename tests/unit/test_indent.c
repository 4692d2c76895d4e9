#include "test.h"

#include "cli/indent.h"

static unsigned char mem[256];

static struct span
indented(const char *json, size_t cap)
{
	struct sink out;

	sink_init(&out, mem, cap);
	indent_json(span_of(json), &out);
	return sink_view(&out);
}

/* As JSON.stringify(JSON.parse(text), null, 2) writes them. */
TEST(as_json_stringify)
{
	static const struct {
		const char *json, *lines;
	} rows[] = {
		{ "", "" },
		{ "1", "1" },
		{ "\"a\"", "\"a\"" },
		{ "{}", "{}" },
		{ "[]", "[]" },
		{ "{\"a\":1}", "{\n  \"a\": 1\n}" },
		{ "{\"a\":{},\"b\":[]}", "{\n  \"a\": {},\n  \"b\": []\n}" },
		{ "[1,[true,null]]",
		    "[\n  1,\n  [\n    true,\n    null\n  ]\n]" },
		{ "{\"a{\":\"[,:]}\"}", "{\n  \"a{\": \"[,:]}\"\n}" },
		{ "[\"\\\"\",\"\\\\\",\"{\"]",
		    "[\n  \"\\\"\",\n  \"\\\\\",\n  \"{\"\n]" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(span_is(
		    indented(rows[i].json, sizeof(mem)), rows[i].lines));
}

/* Any bytes come to an end, and none is read beyond them. */
TEST(no_json)
{
	static const char *const rows[] = { "\"", "\"\\", "}}}]", "{", "[",
		"{\"a\\\"", ",,::" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(indented(rows[i], sizeof(mem)).n > 0);
	assert_true(span_is(indented("\"\\", sizeof(mem)), "\"\\"));
	assert_true(span_is(indented("}", sizeof(mem)), "\n}"));
}

TEST(room)
{
	assert_int_equal(indented("{\"a\":1}", 12).n, 12);
	assert_int_equal(indented("{\"a\":1}", 11).n, 0);
}
