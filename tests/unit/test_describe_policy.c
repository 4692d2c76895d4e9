#include "test.h"

#include "cli/describe.h"
#include "policies.h"

static struct bench b;
static char text[65536];

/* What is said of the only policy, with this between its braces. */
static const char *
describe(const char *inside)
{
	static char conf[8192];
	struct sink out;

	snprintf(conf, sizeof(conf), "policies = { p = { %s }; };", inside);
	assert_int_equal(policies_read(&b, conf), 0);
	sink_init(&out, text, sizeof(text) - 1);
	describe_policy(&b.config.policies[0], &out);
	assert_false(out.full);
	text[out.n] = '\0';
	return text;
}

TEST(test_whole)
{
	assert_string_equal(
	    describe(
		"action = \"upload\"; reusable = true; shared_tags = true;"
		"users = [ \"al\", \"bo\", \"cy\" ]; deny_users = \"mal\";"
		"require = ( { claim = \"role\"; is = [ \"x\", \"y\" ]; } );"
		"addresses = [ \"192.0.2.0/24\", \"2001:db8::/32\" ];"
		"origins = \"https://app.example.com\"; lifetime = 600;"
		"limit = [ \"1/minute\", \"20/hour\", \"100/day\" ];"
		"limit_total = [ \"500/day\", \"200/hour\" ];"
		"set = { tags = \"a,b{user}\"; overwrite = false; context = "
		"{ own = \"x=y\"; n = 1; }; };"
		"allow = { public_id = [ \"a/*\", \"b/**\" ]; context = { "
		"caption = \"text 200\"; }; };"),
	    "\nPolicy p: al, bo or cy whose role is x or y may upload any "
	    "number of files as one of a/*, b/**, with 1 signature a minute, "
	    "20 an hour and 100 a day, and 500 signatures a day and 200 an "
	    "hour for all together.\n"
	    "  The action is upload, at the account demo.\n"
	    "  Open to al, bo or cy, but never to mal.\n"
	    "  The session's role must be x or y.\n"
	    "  Only from 192.0.2.0/24, 2001:db8::/32.\n"
	    "  Only for pages of this site and of https://app.example.com.\n"
	    "  The server sets\n"
	    "    context.own = x=y\n"
	    "    context.n = 1\n"
	    "    overwrite = false\n"
	    "    tags = a,b{user}\n"
	    "  A client may send\n"
	    "    context.caption: at most 200 characters\n"
	    "    public_id: one of a/*, b/**\n"
	    "  A client may send nothing else.\n"
	    "  At most 1 signature a minute, 20 an hour and 100 a day for each "
	    "user; 500 a day and 200 an hour for all together.\n"
	    "  A signature is good for 600 seconds, and for any number of "
	    "uploads.\n"
	    "  Tags are shared between users.\n");
}

TEST(test_least)
{
	assert_string_equal(describe("action = \"upload\";"),
	    "\nPolicy p: a logged-in user may upload any number of files, "
	    "without a limit.\n"
	    "  The action is upload, at the account demo.\n"
	    "  Open to everybody with a valid session.\n"
	    "  A client may send nothing.\n"
	    "  Any number of signatures: it has no limit.\n"
	    "  A signature is good for 3600 seconds.\n");
}

/* Empty lists let nobody, and that is said. */
TEST(test_nobody)
{
	describe("action = \"destroy\"; limit = \"60/hour\"; any_owner = true; "
		 "users = [ ]; "
		 "addresses = [ ]; origins = [ ]; allow = { public_id = "
		 "\"**\"; };");
	assert_non_null(strstr(text, "Open to nobody: users is empty."));
	assert_non_null(strstr(text, "From no address at all"));
	assert_non_null(strstr(text, "Only for pages of this site.\n"));
	assert_non_null(strstr(text, "Everybody's assets can be acted on."));
}

static const char *
range(const char *addresses)
{
	static char line[128];
	const char *at;

	snprintf(line, sizeof(line), "action = \"upload\"; addresses = \"%s\";",
	    addresses);
	describe(line);
	at = strstr(text, "Only from ");
	assert_non_null(at);
	snprintf(
	    line, sizeof(line), "%.*s", (int)strcspn(at + 10, "\n"), at + 10);
	return line;
}

TEST(test_ranges)
{
	assert_string_equal(range("192.0.2.7"), "192.0.2.7/32.");
	assert_string_equal(range("0.0.0.0/0"), "0.0.0.0/0.");
	assert_string_equal(range("::/0"), "::/0.");
	assert_string_equal(range("2001:db8::1"), "2001:db8::1/128.");
}

TEST(test_limits)
{
	describe("action = \"upload\"; limit = \"20/hour\";");
	assert_non_null(
	    strstr(text, "  At most 20 signatures an hour for each user.\n"));
	describe("action = \"upload\"; limit_total = \"1/day\";");
	assert_non_null(
	    strstr(text, "  At most 1 signature a day for all together.\n"));
	describe("action = \"upload\"; anonymous = true; limit = "
		 "\"5/hour\"; limit_total = \"500/day\";");
	assert_non_null(
	    strstr(text, "  Open to everybody, without a session.\n"));
	assert_non_null(strstr(text,
	    "  At most 5 signatures an hour for each address; 500 a day for "
	    "all together.\n"));
}

/* A sink that is too small keeps the beginning, and nothing else moves. */
TEST(test_room)
{
	static char small[65536];
	struct sink out;
	size_t n;

	n = strlen(
	    describe("action = \"upload\"; users = [ \"al\" ]; limit = "
		     "\"9/day\"; limit_total = \"99/day\"; set = { "
		     "tags = \"a\"; }; allow = { source = \"text 9\"; };"));
	for (size_t cap = 0; cap <= n; cap++) {
		sink_init(&out, small, cap);
		describe_policy(&b.config.policies[0], &out);
		assert_int_equal(out.full, cap < n);
		assert_true(out.n <= cap);
	}
	assert_memory_equal(small, text, n);
}

AROUND(bench_open(&b), bench_close(&b));
