#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policies.h"

static struct bench b;

#define UPLOAD "policies = { p = { action = \"upload\"; set = {\n"
#define DESTROY                                                                \
	"policies = { p = { action = \"destroy\"; limit = \"60/hour\"; allow " \
	"= { public_id = "                                                     \
	"\"a\"; };"                                                            \
	" set = {\n"
#define END "\n}; }; };"

static void
test_upload(void **state)
{
	static const struct twin twins[] = {
		{ "overwrite = false;", "overwrit = false;",
		    "error 2: \"overwrit\" is no parameter of upload: did "
		    "you" },
		{ "overwrite = false;", "overwrite = \"false\";",
		    "error 2: overwrite takes true or false" },
		{ "eval = \"a&b\";", "eval = \"\";", "eval is empty here" },
		{ "eval = \"a\";", "file = \"a\";",
		    "file can stand neither in set nor in allow: the client" },
		{ "", "\ntimestamp = 1;", "error 3: timestamp can stand" },
		{ "", "version = \"1\";", "version can stand neither" },
		{ "resource_type = \"auto\";", "resource_type = \"all\";",
		    "resource_type = \"all\": there are" },
		{ "public_id = \"a/{user}/{random}.jpg\";",
		    "public_id = \"a/{user}//{random}.jpg\";",
		    "public_id = \"a/{user}//{random}.jpg\": " },
		{ "public_id = \"a/{date}\";", "public_id = \"a/{ip}\";",
		    "{ip} can't stand" },
		{ "public_id = \"a/b\";", "public_id = \"a/*\";",
		    "\"*\" and \"**\" say what a client may send" },
		{ "folder = \"a/b\";", "folder = \"a/**\";",
		    "folder = \"a/**\": \"*\" and" },
		{ "folder = \"a\";", "folder = \"/a\";", "folder = \"/a\": " },
		{ "folder = \"a\";", "folder = [ \"a\" ];",
		    "folder takes text in quotes" },
		{ "moderation = \"{claim.m}\";", "moderation = \"{claims.m}\";",
		    "{claims.m} is unknown" },
		{ "tags = \"a,b\";", "tags = \"a,a\";",
		    "tags has \"a\" twice" },
		{ "metadata = { a = 1; };", "metadata = { a = 1.0; };",
		    "metadata takes a text, a whole number" },
		{ "context = \"a=b\";", "context = \"a=b\"; moderation = 1;",
		    "moderation takes text" },
	};

	(void)state;
	assert_true(policies_twins(
	    &b, policies_read, UPLOAD, twins, TWINS_COUNT(twins), END));
}

static void
test_destroy(void **state)
{
	static const struct twin twins[] = {
		{ "invalidate = true;", "overwrite = true;",
		    "error 2: \"overwrite\" is no parameter of destroy" },
		{ "resource_type = \"raw\";", "resource_type = \"auto\";",
		    "resource_type = \"auto\": there are" },
	};

	(void)state;
	assert_true(policies_twins(
	    &b, policies_read, DESTROY, twins, TWINS_COUNT(twins), END));
}

/* Sorted by name whatever the order was, with lines and parts. */
static void
test_result(void **state)
{
	const struct policy *p;

	(void)state;
	assert_int_equal(
	    policies_read(&b, UPLOAD "tags = \"x,user_{user}\";\n"
				     "overwrite = false;\n"
				     "context = { b = 1; a = \"{user}\"; };\n"
				     "public_id = \"a/{policy}\";" END),
	    0);
	p = &b.config.policies[0];
	assert_int_equal(p->n_set, 4);
	assert_string_equal(p->set[0].term->name, "context");
	assert_string_equal(p->set[1].term->name, "overwrite");
	assert_string_equal(p->set[2].term->name, "public_id");
	assert_string_equal(p->set[3].term->name, "tags");
	assert_int_equal(p->set[0].line, 4);
	assert_int_equal(p->set[3].line, 2);
	assert_int_equal(p->set[0].n, 2);
	assert_true(span_is(p->set[0].keys[0], "b"));
	assert_true(span_is(p->set[0].values[0].source, "1"));
	assert_true(span_is(p->set[1].values[0].source, "false"));
	assert_null(p->set[1].keys);
	assert_int_equal(p->set[2].n, 1);
	assert_int_equal(p->set[2].values[0].n, 1);
	assert_true(span_is(p->set[2].values[0].pieces[0].text, "a/p"));
	assert_int_equal(p->set[3].n, 2);
	assert_int_equal(p->set[3].values[1].pieces[1].kind, PIECE_USER);
}

static unsigned
read_text(const char *name, size_t n, const char *behind)
{
	static char text[VALUE_MAX + 512];
	int at = sprintf(text, "%s%s = \"", UPLOAD, name);

	memset(text + at, 'x', n);
	sprintf(text + at + n, "%s\";%s", behind, END);
	return policies_read(&b, text);
}

static void
test_room(void **state)
{
	(void)state;
	assert_int_equal(read_text("eval", VALUE_MAX - 1, ""), 0);
	assert_int_equal(read_text("eval", VALUE_MAX, ""), 0);
	assert_int_equal(read_text("eval", VALUE_MAX + 1, ""), 1);
	assert_true(sandbox_said(&b.box, "set holds 8193 bytes, and 8192 are"));
}

/* The longest user and claim count: 64 + 64 + 64 + 32 + 5 slashes. */
static void
test_long_id(void **state)
{
	const char *rest = "/{user}/{claim.a}/{claim.b}/{random}";

	(void)state;
	assert_int_equal(
	    read_text("public_id", 255 - 64 * 3 - 32 - 4, rest), 0);
	assert_int_equal(
	    read_text("public_id", 256 - 64 * 3 - 32 - 4, rest), 1);
	assert_true(sandbox_said(&b.box, "public_id could become longer than"));
}

static void
test_kind(void **state)
{
	(void)state;
	assert_int_equal(
	    policies_read(&b,
		"policies = { p = { action = \"upload\";\nset = ( ); }; };"),
	    1);
	assert_true(sandbox_said(&b.box, "error 2: set must be a group"));
	assert_int_equal(
	    policies_read(
		&b, "policies = { p = { action = \"upload\"; set = { }; }; };"),
	    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_upload),
		cmocka_unit_test(test_destroy),
		cmocka_unit_test(test_result),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_long_id),
		cmocka_unit_test(test_kind),
	};
	int failed;

	bench_open(&b);
	failed = cmocka_run_group_tests_name("conf_set", tests, NULL, NULL);
	bench_close(&b);
	return failed;
}
