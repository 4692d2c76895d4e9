#include "test.h"

#include "policies.h"
#include "policy/reach.h"

static struct bench b;

#define UP(name, more) name " = { action = \"upload\"; " more " };\n"

static void
read_text(const char *inside)
{
	static char text[8192];

	snprintf(text, sizeof(text), "policies = { %s };", inside);
	if (policies_read(&b, text) != 0)
		fail_msg("%s", b.box.said);
}

/* -1 for any number, -2 for none at all. */
static long long
number(struct reach reach)
{
	if (!reach.any)
		return -2;
	return reach.endless ? -1 : reach.most;
}

static long long
user(const char *inside, unsigned seconds)
{
	read_text(inside);
	return number(reach_of_user(&b.config, seconds));
}

static long long
address(const char *inside, unsigned seconds)
{
	read_text(inside);
	return number(reach_of_address(&b.config, seconds));
}

/* The least of its limits, each as often as its window fits. */
TEST(test_windows)
{
	static const struct {
		const char *limit;
		long long hour, day;
	} cases[] = {
		{ "", -1, -1 },
		{ "limit = \"20/hour\";", 20, 480 },
		{ "limit = \"2/minute\";", 120, 2880 },
		{ "limit = \"100/day\";", 100, 100 },
		{ "limit = [ \"20/hour\", \"100/day\" ];", 20, 100 },
		{ "limit = [ \"100/day\", \"1/minute\" ];", 60, 100 },
		{ "limit = \"20/hour\"; limit_total = \"50/day\";", 20, 50 },
		{ "limit = \"20/hour\"; limit_total = \"5/day\";", 5, 5 },
		{ "limit_total = \"7/hour\";", 7, 168 },
		{ "limit = \"1000000/minute\";", 60000000, 1440000000 },
	};
	char text[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), UP("a", "%s"), cases[i].limit);
		assert_int_equal(user(text, 3600), cases[i].hour);
		assert_int_equal(user(text, 86400), cases[i].day);
	}
}

#define H5 "limit = \"5/hour\"; "
#define H7 "limit = \"7/hour\"; "
#define H9 "limit = \"9/hour\"; "
#define OPEN "anonymous = true; "

/* Only what one user can reach adds up. */
TEST(test_users)
{
	assert_int_equal(user(UP("a", H5) UP("b", H7), 3600), 12);
	assert_int_equal(
	    user(UP("a", H5 "users = \"x\";") UP("b", H7 "users = \"y\";"),
		3600),
	    7);
	assert_int_equal(
	    user(UP("a", H5 "users = [ \"x\", \"y\" ];")
		     UP("b", H7 "users = \"y\";") UP("c", H9 "users = \"z\";"),
		3600),
	    12);
	assert_int_equal(
	    user(UP("a", H5 "deny_users = \"x\";") UP("b", H7 "users = \"x\";"),
		3600),
	    7);
	assert_int_equal(user(UP("a", H5 "deny_users = \"x\";")
				  UP("b", H7 "users = [ \"x\", \"w\" ];"),
			     3600),
	    12);
	assert_int_equal(
	    user(UP("a", H9 "deny_users = \"x\";") UP("b", H7 "users = \"x\";"),
		3600),
	    9);
	/* Claims and addresses are not known before. */
	assert_int_equal(
	    user(UP("a", H5 "require = ( { claim = \"r\"; is = \"e\"; } );")
		     UP("b", H7 "addresses = [ \"::1\" ];"),
		3600),
	    12);
	assert_int_equal(user(UP("a", H5 "users = [ ];"), 3600), -2);
	assert_int_equal(
	    user(UP("a", H5 "users = \"x\"; deny_users = \"x\";"), 3600), -2);
}

TEST(test_endless)
{
	assert_int_equal(user(UP("a", H5) UP("b", ""), 3600), -1);
	assert_false(reach_endless(&b.config.policies[0]));
	assert_true(reach_endless(&b.config.policies[1]));
	assert_int_equal(user(UP("a", H5) UP("b", "users = \"x\";"), 3600), -1);
	assert_true(reach_endless(&b.config.policies[1]));
	/* Where nobody is let in, nothing is without end. */
	assert_int_equal(user(UP("a", H5) UP("b", "users = [ ];"), 3600), 5);
	assert_false(reach_endless(&b.config.policies[1]));
	assert_int_equal(
	    user(UP("a", H5) UP("b", "users = \"x\"; deny_users = \"x\";"),
		3600),
	    5);
	assert_false(reach_endless(&b.config.policies[1]));
	user(UP("a", "limit_total = \"5/day\";"), 3600);
	assert_false(reach_endless(&b.config.policies[0]));
}

TEST(test_anonymous)
{
	assert_int_equal(user(UP("a", OPEN H5), 3600), -2);
	assert_int_equal(address(UP("a", OPEN H5) UP("b", OPEN H7), 3600), 12);
	assert_int_equal(address(UP("a", OPEN H5) UP("b", H7), 86400), 120);
	assert_int_equal(user(UP("a", OPEN H5) UP("b", H7), 86400), 168);
	assert_int_equal(address(UP("b", H7), 3600), -2);
	assert_int_equal(
	    address(UP("a", OPEN H5 "limit_total = \"50/day\";"), 86400), 50);
}

#define DELIVER                                                                \
	"d = { action = \"deliver\"; set = { transformation = \"w_200\"; }; "  \
	"allow = { public_id = \"u/{user}/*\"; }; };\n"
#define VERIFY                                                                 \
	"v = { action = \"verify\"; allow = { public_id = \"u/{user}/*\"; }; " \
	"};\n"
#define HOOK "h = { action = \"verify\"; addresses = \"192.0.2.1\"; };\n"
#define TAGS                                                                   \
	"t = { action = \"tags\"; limit = \"5/hour\"; set = { command = "      \
	"\"remove_all\"; public_ids = \"u/{user}/a\"; }; };\n"

/* Only what is signed for the API can be an upload. */
TEST(test_calls)
{
	assert_int_equal(user(UP("a", H7) TAGS, 3600), 12);
	assert_int_equal(user(UP("a", H7) DELIVER VERIFY HOOK, 3600), 7);
	assert_false(reach_endless(&b.config.policies[1]));
	assert_false(reach_endless(&b.config.policies[2]));
	assert_false(reach_endless(&b.config.policies[3]));
	assert_int_equal(user(DELIVER VERIFY, 3600), -2);
	assert_int_equal(address(DELIVER HOOK, 3600), -2);
	assert_int_equal(address(UP("a", OPEN H5) HOOK, 3600), 5);
}

AROUND(bench_open(&b), bench_close(&b));
