#include "test.h"

#include <stdlib.h>

#include "rules.h"

static struct rules r;

static const char *
said(const struct rule *rule)
{
	sink_init(&r.why, r.said, sizeof(r.said));
	rule_say(rule, &r.why);
	return rules_said(&r, &r.why);
}

static struct text_template
value(const char *text)
{
	return (struct text_template){ 0, NULL, span_of(text) };
}

TEST(test_simple)
{
	struct rule rule = {
		.kind = RULE_TEXT, .text_max = 200, .count_max = 1
	};

	assert_string_equal(said(&rule), "at most 200 characters");
	rule.count_max = 10;
	assert_string_equal(
	    said(&rule), "at most 10 elements of at most 200 characters");
	rule.text_max = 1;
	assert_string_equal(
	    said(&rule), "at most 10 elements of at most 1 character");
	rule = (struct rule){ .kind = RULE_INT, .low = -3, .high = 7 };
	assert_string_equal(said(&rule), "a whole number from -3 to 7");
	rule = (struct rule){ .kind = RULE_BOOL };
	assert_string_equal(said(&rule), "true or false");
	rule = (struct rule){ .kind = RULE_NONE };
	assert_string_equal(said(&rule), "nothing");
}

TEST(test_values)
{
	const struct text_template values[] = { value("jpg"), value("png"),
		value("w_200,c_fill"), value("a b"), value("") };
	struct rule rule = { .kind = RULE_VALUES, .n = 1, .values = values };

	assert_string_equal(said(&rule), "only jpg");
	rule.n = 2;
	assert_string_equal(said(&rule), "one of jpg, png");
	rule.n = 5;
	assert_string_equal(
	    said(&rule), "one of jpg, png, \"w_200,c_fill\", \"a b\", \"\"");
}

TEST(test_patterns)
{
	const struct pattern patterns[] = {
		{ .source = SPAN_INIT("users/{user}/**") },
		{ .source = SPAN_INIT("x") },
	};
	struct rule rule = {
		.kind = RULE_PATTERNS, .n = 1, .patterns = patterns
	};

	assert_string_equal(said(&rule), "users/{user}/**");
	rule.n = 2;
	assert_string_equal(said(&rule), "one of users/{user}/**, x");
}

TEST(test_group)
{
	const struct group_rule keys[] = { { .key = SPAN_INIT("caption") },
		{ .key = SPAN_INIT("alt") } };
	struct rule rule = { .kind = RULE_GROUP, .n = 1, .group = keys };

	assert_string_equal(said(&rule), "the key caption");
	rule.n = 2;
	assert_string_equal(said(&rule), "the keys caption, alt");
}

/* However little room: what is left out is counted, and nothing is cut. */
TEST(test_little_room)
{
	struct text_template values[100];
	struct rule rule = { .kind = RULE_VALUES, .n = 100, .values = values };
	unsigned char mem[4096];
	struct sink out;

	for (size_t i = 0; i < 100; i++)
		values[i] = value("twelve bytes");
	for (size_t cap = 32; cap < 1500; cap++) {
		sink_init(&out, mem, cap);
		rule_say(&rule, &out);
		assert_false(out.full);
		assert_true(
		    span_ends(sink_view(&out), SPAN_LIT(" more")) ||
		    span_is(sink_view(&out), "one of 100 too long to show"));
	}
	sink_init(&out, mem, sizeof(mem));
	rule_say(&rule, &out);
	assert_true(span_ends(sink_view(&out), SPAN_LIT("\"twelve bytes\"")));
}
