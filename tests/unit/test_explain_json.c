#include "test.h"

#include "explaining.h"
#include "http/json_read.h"

static struct complaint c;
static struct explanation e;

static struct json_value
say(void)
{
	struct json_value all;

	start();
	explain_say_json(&e, &out);
	assert_false(out.full);
	assert_int_equal(written()[out.n - 1], '\n');
	all = (struct json_value){ JSON_KIND_OBJECT,
		span_head(sink_view(&out), out.n - 1) };
	assert_true(json_object_valid(all.text, 8));
	return all;
}

static void
is(struct json_value object, const char *name, const char *text)
{
	struct json_value v = json_member(object, span_of(name));

	assert_int_equal(v.kind, JSON_KIND_STRING);
	assert_true(json_string_is(v, span_of(text)));
}

TEST(members)
{
	struct json_value all, items;

	c = (struct complaint){ true, true, true, false, SPAN_LIT("a=1&b=2"),
		SPAN_LIT("a=2&b=2"), SPAN_LIT("x"), { NULL, 0 } };
	e = (struct explanation){ .complaint = &c,
		.string = CAUSE_VALUE,
		.name = SPAN_LIT("a"),
		.making = { .cause = CAUSE_HMAC, .also = CAUSE_OLD_SECRET },
		.form = CAUSE_BASE64,
		.proved = true,
		.compared = true,
		.difference = { .at = 2,
		    .n = 1,
		    .item = { { CAUSE_VALUE, SPAN_INIT("a"), SPAN_INIT("1"),
			SPAN_INIT("2") } } } };
	all = say();
	is(all, "cause", "other_value");
	is(all, "name", "a");
	is(all, "theirs", "a=1&b=2");
	is(all, "ours", "a=2&b=2");
	assert_int_equal(
	    json_member(all, SPAN_LIT("proved")).kind, JSON_KIND_TRUE);
	assert_true(span_is(json_member(all, SPAN_LIT("also")).text,
	    "[\"hmac\",\"old_secret\",\"base64\"]"));
	items = json_path(all, SPAN_LIT("difference.items"));
	is(json_element(items, 0), "theirs", "1");
	is(json_element(items, 0), "ours", "2");
	assert_true(
	    span_is(json_path(all, SPAN_LIT("difference.at")).text, "2"));
	/* And where there is nothing. */
	c = (struct complaint){ .has_reported = true };
	e = (struct explanation){ .complaint = &c,
		.clock = CAUSE_TIME_OLD,
		.clock_why = SPAN_LIT("why") };
	all = say();
	is(all, "cause", "timestamp_old");
	is(all, "clock", "why");
	assert_int_equal(
	    json_member(all, SPAN_LIT("theirs")).kind, JSON_ABSENT);
	e.clock = CAUSE_NONE;
	is(say(), "cause", "none");
}

/* What is not text, or moves a cursor, is shown as people see it. */
TEST(odd_bytes)
{
	struct json_value all;

	c = (struct complaint){ true, true, true, false, SPAN_LIT("a=\xff\\"),
		SPAN_LIT("a=\xc2\x9b"
			 "1"),
		SPAN_LIT("x"), { NULL, 0 } };
	e = (struct explanation){ .complaint = &c };
	all = say();
	is(all, "theirs", "a=\\xff\\\\");
	is(all, "ours",
	    "a=\\xc2\\x9b"
	    "1");
	c.theirs = SPAN_LIT("a=\xc3\xa9\\<");
	is(say(), "theirs", "a=\xc3\xa9\\<");
}
