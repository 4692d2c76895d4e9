#include "test.h"

#include "policies.h"

static struct bench b;

/* "tags = ...;": the rule of that parameter in allow. */
static bool
rule_of(const char *text, enum action action, struct rule *out)
{
	const struct policy policy = { .name = SPAN_LIT("avatar"),
		.action = action };
	const config_setting_t *at;
	bool right;

	bench_read(&b, text);
	at = config_setting_get_elem(b.root, 0);
	right = conf_rule(&b.l, at, term_find(span_of(config_setting_name(at))),
	    &policy, out);
	assert_int_equal(b.box.report.errors, !right);
	assert_int_equal(out->kind != RULE_NONE, right);
	return right;
}

static bool
rule(const char *text, struct rule *out)
{
	return rule_of(text, ACTION_UPLOAD, out);
}

static void
wrong(const char *text, const char *said)
{
	struct rule out;

	assert_false(rule(text, &out));
	assert_true(sandbox_said(&b.box, said));
}

TEST(test_bare)
{
	struct rule out;

	assert_true(rule("source = \"text 20\";", &out));
	assert_int_equal(out.kind, RULE_TEXT);
	assert_int_equal(out.text_max, 20);
	assert_true(rule("tags = \"text 20 x3\";", &out));
	assert_int_equal(out.count_max, 3);
	assert_true(rule("overwrite = \"bool\";", &out));
	assert_int_equal(out.kind, RULE_BOOL);
	assert_true(rule("public_id = \"users/{user}/**\";", &out));
	assert_int_equal(out.kind, RULE_PATTERNS);
	assert_int_equal(out.n, 1);

	wrong("\nsource = \"anything\";", "error 2: \"anything\" is no rule");
	wrong("tags = \"a\";", "\"a\" is no rule for tags");
	wrong("overwrite = \"true\";", "is no rule for overwrite");
	wrong("overwrite = true;", "a rule in quotes, or a list of the values");
	wrong("source = 1;", "allow says what a client may send for source");
	wrong("source = { a = 1; };", "allow says what a client may send");
	wrong("public_id = \"a//b\";", "can't be a segment");
	wrong("public_id = \"**/a/**\";", "\"**\" can stand only once");
	wrong("moderation = \"text 20\";", "is no rule for moderation");
}

TEST(test_values)
{
	struct rule out;

	assert_true(rule("moderation = [ \"manual\", \"{claim.m}\" ];", &out));
	assert_int_equal(out.kind, RULE_VALUES);
	assert_int_equal(out.n, 2);
	assert_true(span_is(out.values[0].source, "manual"));
	assert_true(rule("moderation = ( \"manual\" );", &out));
	assert_int_equal(out.n, 1);
	assert_true(rule("visual_search = [ true ];", &out));
	assert_true(span_is(out.values[0].source, "true"));
	assert_true(rule("transformation = [ \"w_200,c_fill/e_x:1\" ];", &out));
	assert_true(rule("tags = [ \"user_{user}\", \"b\" ];", &out));

	wrong("moderation = [ ];", "moderation lists 0 values: 1 to 100");
	wrong("moderation = ( \"a\",\n1 );", "error 2: moderation takes text");
	wrong("moderation = [ \"\" ];", "moderation is empty here");
	wrong("visual_search = [ \"true\" ];", "takes true or false");
	wrong("tags = [ \"a,b\" ];", "holds a comma");
	wrong("tags = [ \" a\" ];", "begins or ends with a blank");
	wrong("tags = [ \"a\\\\b\" ];", "can hold a backslash");
	wrong("moderation = [ \"a&b\" ];", "can hold & or %26");
	wrong("moderation = [ \"a%26\" ];", "can hold & or %26");
	assert_true(rule("moderation = [ \"a%2\" ];", &out));
	wrong("moderation = [ \"{random}\" ];", "no client can know {random}");
	wrong("moderation = [ \"{usr}\" ];", "{usr} is unknown");
}

TEST(test_patterns)
{
	struct rule out;

	assert_true(
	    rule("public_id = [ \"a/{user}/*\", \"b/{random}\" ];", &out));
	assert_int_equal(out.kind, RULE_PATTERNS);
	assert_int_equal(out.n, 2);
	assert_true(span_is(out.patterns[1].source, "b/{random}"));
	assert_true(rule("folder = ( \"a/**\" );", &out));
	wrong(
	    "public_id = ( \"a\",\n\"b/\" );", "error 2: public_id = \"b/\":");
	wrong("public_id = [ true ];", "public_id takes text in quotes");
	wrong("public_id = [ ];", "public_id lists 0 values");
	wrong("public_id = [ \"a/{ip}\" ];", "{ip} can't stand");
}

TEST(test_lists_of_ids)
{
	struct rule out;

	assert_true(rule("public_ids = \"users/{user}/**\";", &out));
	assert_int_equal(out.kind, RULE_PATTERNS);
	assert_true(rule("prefixes = [ \"users/{user}/\", \"a/*/\" ];", &out));
	assert_int_equal(out.n, 2);
	assert_true(span_is(out.patterns[1].source, "a/*/"));
	assert_true(rule("fully_qualified_public_ids = ( "
			 "\"image/upload/users/{user}/**\" );",
	    &out));
	assert_true(rule("url = \"/image/upload/users/{user}/*\";", &out));
	assert_true(rule("acl = [ \"/a/{user}/*\", \"/b/*\" ];", &out));
	assert_int_equal(out.kind, RULE_VALUES);
	wrong("prefixes = \"users/{user}\";", "would also match");
	wrong("prefixes = ( \"a/\",\n\"users/{user}\" );",
	    "error 2: prefixes = \"users/{user}\": a prefix ends in");
	wrong("public_ids = [ \"a,b\" ];", "\",\" would end the id");
	wrong("public_ids = [ \"a//b\" ];", "can't be a segment");
	wrong("public_ids = [ \"/a\" ];", "can't be a segment");
	wrong("public_ids = [ \"\" ];", "public_ids is empty here");
	wrong("public_ids = \"text 20 x3\";",
	    "is no rule for public_ids; write a pattern such as "
	    "\"users/{user}/*\", or a list");
	wrong("fully_qualified_public_ids = [ \"a/b\" ];", "begins with");
	assert_true(rule("public_ids = \"our users/{user}/**\";", &out));
	assert_true(rule("public_ids = [ \"f\xc3\xbcr/{user}/**\" ];", &out));
	assert_true(
	    rule_of("public_id = \"a/{user}/*\";", ACTION_DELIVER, &out));
	assert_false(rule_of(
	    "public_id = \"our users/{user}/*\";", ACTION_DELIVER, &out));
	assert_true(sandbox_said(&b.box, "in a delivery URL in different"));
	assert_false(rule_of(
	    "public_id = [ \"f\xc3\xbcr/{user}/*\" ];", ACTION_DELIVER, &out));
	assert_false(
	    rule_of("url = \"/image/upload/a b/{user}\";", ACTION_TOKEN, &out));
	wrong("url = [ \"a/b\" ];", "a path begins with");
	wrong("acl = \"/a/{user}/*\";", "write a list of the values permitted");
	wrong("acl = [ \"/a,/b\" ];", "holds a comma");
	wrong("acl = [ \"/a\\\\b\" ];", "can hold a backslash");
	wrong("acl = [ \"/a/{random}\" ];", "no client can know {random}");
	wrong("acl = [ \"/a/{ip}\" ];", "{ip} can't stand");
}

/* deliver's original is the one empty value, and only in a list. */
TEST(test_original)
{
	struct rule out;

	assert_true(rule_of(
	    "transformation = [ \"w_200\", \"\" ];", ACTION_DELIVER, &out));
	assert_int_equal(out.n, 2);
	assert_int_equal(out.values[1].n, 0);
	assert_int_equal(out.values[1].source.n, 0);
	assert_false(rule_of("transformation = \"\";", ACTION_DELIVER, &out));
	assert_false(rule_of("format = [ \"\" ];", ACTION_DELIVER, &out));
	assert_false(
	    rule_of("transformation = [ \"\" ];", ACTION_DOWNLOAD, &out));
	wrong("transformation = [ \"\" ];", "transformation is empty here");
}

TEST(test_numbers)
{
	struct rule out;

	assert_true(rule("version = \"int 1..9999999999\";", &out));
	assert_int_equal(out.high, 9999999999);
	assert_true(rule("duration = [ 60, 3600 ];", &out));
	assert_true(span_is(out.values[1].source, "3600"));
	wrong("duration = \"text 5\";", "\"int A..B\"");
	wrong("duration = [ 60.0 ];", "duration takes a whole number");
	wrong("duration = [ \"60\" ];", "duration takes a whole number");
	wrong("duration = \"int 01..60\";", "is no rule for duration");
	wrong("duration = \"int +1..60\";", "is no rule for duration");
}

TEST(test_group)
{
	struct rule out;

	assert_true(
	    rule("context = { caption = \"text 200\"; n = \"int 1..5\"; "
		 "kind = [ \"a\", \"b\" ]; on = ( true, 7 ); };",
		&out));
	assert_int_equal(out.kind, RULE_GROUP);
	assert_int_equal(out.n, 4);
	assert_true(span_is(out.group[0].key, "caption"));
	assert_int_equal(out.group[0].rule.text_max, 200);
	assert_int_equal(out.group[1].rule.high, 5);
	assert_int_equal(out.group[2].rule.kind, RULE_VALUES);
	assert_true(span_is(out.group[3].rule.values[0].source, "true"));
	assert_true(span_is(out.group[3].rule.values[1].source, "7"));
	assert_true(rule(
	    "metadata = ( { key = \"a.b\"; rule = \"text 9\"; } );", &out));
	assert_true(span_is(out.group[0].key, "a.b"));

	wrong("context = \"text 200\";", "context has a rule for each key");
	wrong("context = [ \"a=b\" ];", "context has a rule for each key");
	wrong("context = { };", "context has rules for 0 keys: 1 to 100");
	wrong("context = ( );", "context has rules for 0 keys");
	wrong("context = ( \"a\" );", "( { key = \"...\"; rule = ...; } )");
	wrong("context = { a = true; };", "a rule in quotes, or a list of");
	wrong("context = { a = { b = \"text 2\"; }; };", "a rule in quotes");
	wrong("context = { a* = \"text 2\"; };", "the key \"a*\" must be");
	wrong(
	    "context = { a = \"text\"; };", "\"text\" is no rule for context");
	wrong("context = { a = [ \"x=y\" ]; };", "can hold what separates");
	wrong("context = { a = [ \"x|y\" ]; };", "can hold what separates");
	wrong("context = { a = [ \"x\\\\y\" ]; };", "can hold a backslash");
	wrong("context = { a = [ \"{random}\" ]; };", "no client can know");
	wrong(
	    "context = ( { key = \"a\"; rule = \"text 9\"; },\n{ key = \"a\"; "
	    "rule = \"text 9\"; } );",
	    "error 2: the key \"a\" stands here twice");
}

TEST(test_limits)
{
	static char text[4096];
	struct rule out;
	size_t at;

	for (int n = LIST_MAX - 1; n <= LIST_MAX + 1; n++) {
		at = (size_t)sprintf(text, "moderation = [ \"v0\"");
		for (int i = 1; i < n; i++)
			at += (size_t)sprintf(text + at, ", \"v%d\"", i);
		sprintf(text + at, " ];");
		assert_int_equal(rule(text, &out), n <= LIST_MAX);
		at = (size_t)sprintf(text, "context = { ");
		for (int i = 0; i < n; i++)
			at +=
			    (size_t)sprintf(text + at, "k%d = \"text 1\"; ", i);
		sprintf(text + at, "};");
		assert_int_equal(rule(text, &out), n <= LIST_MAX);
	}
}

AROUND(bench_open(&b), bench_close(&b));
