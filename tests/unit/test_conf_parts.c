#include "test.h"

#include "policies.h"
#include "policy/conf_policy.h"

static struct bench b;

/* "tags = ...;": its elements or members joined with "/", or "" when wrong. */
static const char *
parts(const char *text)
{
	static const struct policy policy = { .name = SPAN_INIT("avatar") };
	static char mem[65536];
	const config_setting_t *at;
	struct parts parts = { .policy = &policy };
	struct sink out;
	bool right;

	bench_read(&b, text);
	at = config_setting_get_elem(b.root, 0);
	parts.term = term_find(span_of(config_setting_name(at)));
	right = parts.term->type == TERM_GROUP ? conf_members(&b.l, at, &parts)
					       : conf_list(&b.l, at, &parts);
	assert_int_equal(b.box.report.errors, !right);
	sink_init(&out, mem, sizeof(mem) - 1);
	for (size_t i = 0; right && i < parts.n; i++) {
		assert_true(parts.values[i].n > 0);
		sink_text(&out, i == 0 ? "" : "/");
		if (parts.keys != NULL)
			sink_say(&out, "%v:", parts.keys[i]);
		sink_span(&out, parts.values[i].source);
	}
	mem[out.n] = '\0';
	return mem;
}

static void
wrong(const char *text, const char *said)
{
	assert_string_equal(parts(text), "");
	assert_true(sandbox_said(&b.box, said));
}

TEST(test_list)
{
	assert_string_equal(parts("tags = \"a\";"), "a");
	assert_string_equal(
	    parts("tags = \"a,user_{user}\";"), "a/user_{user}");
	assert_string_equal(parts("tags = [ \"a\", \"b\" ];"), "a/b");
	assert_string_equal(parts("allowed_formats = ( \"a\" );"), "a");
	wrong("tags = \"a,,b\";", "an element of tags is empty");
	wrong("tags = \",a\";", "is empty");
	wrong("tags = \"a,\";", "is empty");
	wrong("tags = \"\";", "tags is empty here");
	wrong("tags = \"a, b\";", "begins or ends with a blank");
	wrong("tags = [ ];", "tags is empty: leave it out");
	wrong("tags = [ \"a,b\" ];", "holds a comma");
	wrong("tags = [ \"a\",\n\"\" ];", "error 2: tags is empty here");
	wrong("tags = [ 1 ];", "tags takes text in quotes");
	wrong("tags = 1;", "tags takes text in quotes");
	wrong("tags = { a = \"b\"; };", "tags takes text in quotes");
	wrong("tags = \"a,b,a\";", "tags has \"a\" twice");
	wrong("tags = [ \"a\", \"a\" ];", "tags has \"a\" twice");
	wrong("tags = \"{usr}\";", "{usr} is unknown");
}

/* Each element is looked at where it stands. */
TEST(test_list_of_ids)
{
	assert_string_equal(
	    parts("public_ids = \"a/{user},b\";"), "a/{user}/b");
	assert_string_equal(
	    parts("prefixes = [ \"a/{user}/\", \"b/\" ];"), "a/{user}//b/");
	assert_string_equal(parts("acl = \"/a/*,/b\";"), "/a/*//b");
	wrong("public_ids = [ \"a\",\n\"/b\" ];",
	    "error 2: public_ids = \"/b\": ");
	wrong("public_ids = \"a,b/**\";", "\"*\" and \"**\" say what a");
	wrong("prefixes = \"a/,b\";", "prefixes = \"b\": a prefix ends in");
	wrong("fully_qualified_public_ids = \"a\";", "begins with image");
	wrong("acl = \"/a,b\";", "acl = \"b\": ");
	wrong("acl = [ \"/a\",\n\"/b/\" ];", "error 2: acl = \"/b/\": ");
}

TEST(test_group)
{
	assert_string_equal(parts("context = { a = \"x\"; };"), "a:x");
	assert_string_equal(
	    parts("context = { b = 7; a = true; c = \"=|\"; };"),
	    "b:7/a:true/c:=|");
	assert_string_equal(
	    parts("context = ( { key = \"a.b\"; value = \"x\"; } );"), "a.b:x");
	assert_string_equal(
	    parts("context = \"a=x|b={user}\";"), "a:x/b:{user}");
	wrong("context = { };", "context is empty: leave it out");
	wrong("context = ( );", "context is empty: leave it out");
	wrong("context = \"\";", "context is empty here");
	wrong("context = \"a\";", "context is \"key=value|key2=value2\" or,");
	wrong("context = \"a=\";", "context is \"key=value|key2=value2\" or,");
	wrong("context = \"a=b=c\";", "context is \"key=value|");
	wrong("context = \"a=b|\";", "context is \"key=value|");
	wrong("context = \"=b\";", "the key \"\" must be");
	wrong("context = \"a=x|a=y\";", "the key \"a\" stands here twice");
	wrong("context = ( { key = \"a\"; value = \"x\"; },\n{ key = \"a\"; "
	      "value = \"y\"; } );",
	    "error 2: the key \"a\" stands here twice");
	wrong("context = { a = \"x\\\\y\"; };", "can't hold a backslash");
	wrong("context = \"a=x\\\\=y\";", "context is \"key=value|");
	wrong("context = \"a=x\\\\\";", "can't hold a backslash");
	wrong("context = { a* = \"x\"; };", "the key \"a*\" must be");
	wrong("context = { a = [ \"x\" ]; };", "context takes a text, a whole");
	wrong("context = [ \"a=x\" ];", "context must be a group");
	wrong("context = true;", "context must be a group");
	wrong("context = { a = \"{usr}\"; };", "{usr} is unknown");
}

/* n elements, e0 e1 ..., or members, in one string */
static const char *
many(const char *name, const char *form, const char *between, int n)
{
	static char text[8192];
	size_t at = (size_t)sprintf(text, "%s = \"", name);

	for (int i = 0; i < n; i++)
		at += (size_t)sprintf(
		    text + at, "%se%d%s", i == 0 ? "" : between, i, form);
	sprintf(text + at, "\";");
	return text;
}

TEST(test_limits)
{
	assert_string_not_equal(parts(many("tags", "", ",", LIST_MAX)), "");
	wrong(many("tags", "", ",", LIST_MAX + 1),
	    "tags has 101 elements, and 100 are the most");
	assert_string_not_equal(
	    parts(many("context", "=v", "|", LIST_MAX)), "");
	wrong(many("context", "=v", "|", LIST_MAX + 1),
	    "context has 101 elements, and 100 are the most");
}

AROUND(bench_open(&b), bench_close(&b));
