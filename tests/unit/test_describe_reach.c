#include "test.h"

#include "cli/describe.h"
#include "policies.h"

static struct bench b;
static char text[8192];

/* What is said of these policies. */
static const char *
describe(const char *inside)
{
	static char conf[8192];
	struct sink out;

	snprintf(conf, sizeof(conf), "policies = { %s };", inside);
	if (policies_read(&b, conf) != 0)
		fail_msg("%s", b.box.said);
	sink_init(&out, text, sizeof(text) - 1);
	describe_reach(&b.config, &out);
	assert_false(out.full);
	text[out.n] = '\0';
	return text;
}

#define MEANING ", and each is good for an upload of any file"

TEST(test_sum)
{
	assert_string_equal(
	    describe("a = { action = \"upload\"; limit = [ \"20/hour\", "
		     "\"100/day\" ]; };\n"
		     "r = { action = \"destroy\"; limit = \"60/hour\"; set = "
		     "{ public_id = \"a\"; }; };"),
	    "One user can get at most 80 signatures an hour and 1540 a day "
	    "over all policies" MEANING ".\n");
	assert_string_equal(
	    describe("a = { action = \"upload\"; limit = \"1/day\"; };"),
	    "One user can get at most 1 signature an hour and 1 a day over all "
	    "policies" MEANING ".\n");
	assert_string_equal(
	    describe("a = { action = \"upload\"; users = [ ]; };"), "");
}

TEST(test_endless)
{
	assert_string_equal(
	    describe("a = { action = \"upload\"; };\n"
		     "b = { action = \"upload\"; limit = \"5/day\"; };\n"
		     "c = { action = \"upload\"; users = \"x\"; };"),
	    "One user can get any number of signatures" MEANING
	    ": there is no limit in a, c.\n");
}

TEST(test_reusable)
{
	assert_string_equal(
	    describe("a = { action = \"upload\"; reusable = true; limit = "
		     "\"5/day\"; };\n"
		     "b = { action = \"upload\"; limit = \"5/day\"; };\n"
		     "c = { action = \"upload\"; reusable = true; limit = "
		     "\"5/day\"; };"),
	    "One user can get at most 15 signatures an hour and 15 a day over "
	    "all policies" MEANING ".\n"
	    "  In a, c, each one is good for any number of uploads.\n");
}

TEST(test_anonymous)
{
	assert_string_equal(
	    describe("a = { action = \"upload\"; anonymous = true; limit = "
		     "\"5/hour\"; limit_total = \"50/day\"; };"),
	    "One address (of IPv6, one /64) can get at most 5 signatures an "
	    "hour and 50 a day without a session" MEANING ".\n");
	/* A user has both. */
	assert_string_equal(
	    describe("a = { action = \"upload\"; anonymous = true; limit = "
		     "\"5/hour\"; limit_total = \"50/day\"; };\n"
		     "b = { action = \"upload\"; limit = \"1/day\"; };"),
	    "One user can get at most 1 signature an hour and 1 a day over all "
	    "policies with a session" MEANING ".\n"
	    "One address (of IPv6, one /64) can get at most 5 signatures an "
	    "hour and 50 a day more without a session" MEANING ".\n");
}

AROUND(bench_open(&b), bench_close(&b));
