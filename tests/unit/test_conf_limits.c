#include "test.h"

#include "policies.h"

static struct bench b;

#define END "\n}; };"
#define UPLOAD "policies = { p = { action = \"upload\";\n"
#define DESTROY                                                                \
	"policies = { p = { action = \"destroy\"; set = { public_id = "        \
	"\"a\"; };\n"

TEST(test_forms)
{
	static const struct twin twins[] = {
		{ "limit = \"20/hour\";", "limit = \"20/hours\";",
		    "error 2: limit = \"20/hours\" is none: write \"20/hour\", "
		    "with 1 to 1000000 for each minute, hour or day" },
		{ "limit = [ \"20/hour\", \"1/day\" ];",
		    "limit = [ \"20/hour\", \"0/day\" ];",
		    "limit = \"0/day\" is none" },
		{ "limit = ( \"20/hour\", \"30/minute\" );",
		    "limit = ( \"20/hour\", \"30/hour\" );",
		    "limit has two counts for one window: \"30/hour\"" },
		{ "limit = [ \"9/minute\", \"20/hour\", \"100/day\" ];",
		    "limit = [ \"9/minute\", \"20/hour\", \"100/day\", "
		    "\"1/day\" ];",
		    "limit holds 4 values, and 3 are" },
		{ "limit = [ \"20/hour\",\n\"1/day\" ];",
		    "limit = [ \"20/hour\",\n\"0/day\" ];",
		    "error 3: limit = \"0/day\" is none" },
		{ "", "limit = [ ];",
		    "error 2: limit is empty: write \"20/hour\", or leave it "
		    "out where none is needed" },
		{ "", "limit = true;", "limit must be a list of strings" },
		{ "limit = \"20/hour\";", "limit = 20;",
		    "error 2: limit is a bare number: say of which window, as "
		    "in \"20/hour\"" },
		{ "limit_total = \"1000000/day\";",
		    "limit_total = \"1000001/day\";",
		    "error 2: limit_total = \"1000001/day\" is none" },
		{ "limit_total = [ \"9/minute\", \"20/hour\", \"100/day\" ];",
		    "limit_total = [ \"9/day\", \"20/hour\", \"100/day\" ];",
		    "limit_total has two counts for one window: \"100/day\"" },
		{ "limit_total = \"9/day\";", "limit_totals = \"9/day\";",
		    "did you mean \"limit_total\"?" },
	};

	assert_true(policies_twins(
	    &b, policies_read, UPLOAD, twins, TWINS_COUNT(twins), END));
}

/* Whatever is no upload must have one, and a bound of all is none. */
TEST(test_needed)
{
	static const struct twin twins[] = {
		{ "limit = \"60/hour\";", "",
		    "error 1: destroy needs a limit, since each of its "
		    "signatures is also an upload: write limit" },
		{ "limit = \"60/hour\"; limit_total = \"9/day\";",
		    "limit_total = \"9/day\";", "destroy needs a limit" },
		{ "limit = \"60/hour\";", "limit = \"60\";",
		    "limit = \"60\" is none" },
		{ "limit = \"60/hour\";", "limit = [ ];", "limit is empty" },
	};
	static const struct twin open[] = {
		{ "limit = \"5/hour\";", "",
		    "error 1: anonymous = true needs a limit, which counts by "
		    "address" },
		{ "limit = \"5/hour\"; limit_total = \"9/day\";",
		    "limit_total = \"9/day\";",
		    "anonymous = true needs a limit" },
	};

	assert_true(policies_twins(
	    &b, policies_read, DESTROY, twins, TWINS_COUNT(twins), END));
	assert_true(policies_twins(&b, policies_read, UPLOAD, open,
	    TWINS_COUNT(open), "anonymous = true;" END));
}

TEST(test_warnings)
{
	static const struct {
		const char *text, *said; /* NULL: nothing */
	} cases[] = {
		{ "limit = \"5/hour\"; limit_total = \"5/hour\";", NULL },
		{ "limit = \"5/hour\"; limit_total = \"4/hour\";",
		    "warning 2: limit_total = \"4/hour\" for all together is "
		    "less than limit = \"5/hour\" for each one, which nobody "
		    "can reach" },
		{ "limit = \"5/hour\"; limit_total = \"4/day\";",
		    "limit_total = \"4/day\" for all together is less than" },
		{ "limit = \"5/hour\"; limit_total = \"4/minute\";", NULL },
		{ "limit = [ \"5/hour\", \"9/day\" ]; limit_total = "
		  "[ \"5/hour\", \"8/day\" ];",
		    "less than limit = \"9/day\"" },
		/* One that can never bind is fine. */
		{ "limit = [ \"100/hour\", \"50/day\" ];", NULL },
		{ "anonymous = true; limit = \"5/hour\"; limit_total = "
		  "\"9/day\";",
		    NULL },
		{ "anonymous = true; limit = \"5/hour\";",
		    "warning 1: the policy \"p\" is open to everybody, and "
		    "whoever has many addresses" },
	};
	char text[512];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), UPLOAD "%s" END, cases[i].text);
		assert_int_equal(policies_read(&b, text), 0);
		if (cases[i].said == NULL)
			assert_string_equal(b.box.said, "");
		else
			assert_true(sandbox_said(&b.box, cases[i].said));
	}
}

TEST(test_result)
{
	const struct policy *p;

	assert_int_equal(policies_read(&b, UPLOAD END), 0);
	assert_false(b.config.counts);
	assert_int_equal(
	    policies_read(&b, UPLOAD "limit = [ \"9/minute\", \"100/day\" ]; "
				     "limit_total = \"500/hour\";" END),
	    0);
	assert_true(b.config.counts);
	p = b.config.policies;
	assert_int_equal(p->n_limits, 2);
	assert_int_equal(p->limits[0].count, 9);
	assert_int_equal(p->limits[0].seconds, 60);
	assert_int_equal(p->limits[1].count, 100);
	assert_int_equal(p->limits[1].seconds, 86400);
	assert_int_equal(p->n_totals, 1);
	assert_int_equal(p->totals[0].count, 500);
	assert_int_equal(p->totals[0].seconds, 3600);
	assert_int_equal(
	    policies_read(&b, UPLOAD "limit_total = \"500/hour\";" END), 0);
	assert_true(b.config.counts);
	assert_int_equal(b.config.policies->n_limits, 0);
}

AROUND(bench_open(&b), bench_close(&b));
