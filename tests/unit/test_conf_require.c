#include "test.h"

#include "sandbox.h"

static struct bench b;

static bool
take(const char *text, const struct claim_rule **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	bench_read(&b, text);
	return conf_require(&b.l, b.root, out, n);
}

static void
wrong(const char *text, const char *said)
{
	const struct claim_rule *rules;
	size_t n;

	assert_false(take(text, &rules, &n));
	assert_true(sandbox_said(&b.box, said));
	assert_int_equal(b.box.report.errors, 1);
	assert_null(rules);
	assert_int_equal(n, 0);
}

TEST(test_right)
{
	const struct claim_rule *rules;
	size_t n;

	assert_false(take("", &rules, &n));
	assert_string_equal(b.box.said, "");
	assert_true(
	    take("require = ( { claim = \"role\"; is = [ \"a\", \"b\" ]; "
		 "}, { claim = \"app.ids[0]\"; is = \"7\"; } );",
		&rules, &n));
	assert_string_equal(b.box.said, "");
	assert_int_equal(n, 2);
	assert_true(span_is(rules[0].claim, "role"));
	assert_int_equal(rules[0].n, 2);
	assert_true(span_is(rules[0].is[1], "b"));
	assert_true(span_is(rules[1].claim, "app.ids[0]"));
	assert_int_equal(rules[1].n, 1);
	assert_true(span_is(rules[1].is[0], "7"));
}

TEST(test_form)
{
	wrong("require = { claim = \"role\"; is = \"a\"; };",
	    "error 1: require must be a list of 1 to 100 groups");
	wrong("require = ( );", "require must be a list of 1 to 100 groups");
	wrong("require = true;", "require must be a list of 1 to 100 groups");
	wrong("require = \"role\";", "require must be a list of 1 to 100");
	wrong("require = (\n\"role\" );", "error 2: require holds groups only");
}

/* The mistake counts, though the rest is right. */
TEST(test_unknown)
{
	const struct claim_rule *rules;
	size_t n;

	take("require = ( { claim = \"r\"; is = \"a\";\nwas = 1; } );", &rules,
	    &n);
	assert_true(sandbox_said(&b.box, "error 2: unknown name \"was\""));
	assert_int_equal(b.box.report.errors, 1);
}

TEST(test_members)
{
	wrong("require = ( { is = \"a\"; } );", "claim is missing");
	wrong(
	    "require = ( { claim = 1; is = \"a\"; } );", "claim must be a st");
	wrong("require = ( { claim = \"\"; is = \"a\"; } );", "is no path");
	wrong("require = ( { claim = \"a[\"; is = \"a\"; } );", "is no path");
	wrong("require = ( { claim = \"a\"; } );", "is must say which values");
	wrong(
	    "require = ( { claim = \"a\"; is = [ ]; } );", "is must say which");
	wrong("require = ( { claim = \"a\"; is = 1; } );", "is must be a list");
	wrong("require = ( { claim = \"a\"; is = [ 1 ]; } );", "is must hold");
}

/* One wrong group refuses all; both mistakes are said. */
TEST(test_each)
{
	const struct claim_rule *rules;
	size_t n;

	assert_false(take("require = ( { claim = \"a\"; },\n"
			  "{ claim = \"b\"; is = \"x\"; },\n"
			  "{ is = \"x\"; } );",
	    &rules, &n));
	assert_int_equal(b.box.report.errors, 2);
	assert_null(rules);
}

AROUND(bench_open(&b), bench_close(&b));
