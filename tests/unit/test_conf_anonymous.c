#include "test.h"

#include "policies.h"

static struct bench b;

#define END "\n}; };"
#define OPEN                                                                   \
	"policies = { p = { action = \"upload\"; anonymous = true; limit = "   \
	"\"5/hour\"; limit_total = \"50/day\";\n"
#define SET "set = { public_id = \"in/{random}\"; overwrite = false; "

TEST(test_members)
{
	static const struct twin twins[] = {
		{ "", "users = [ \"a\" ];",
		    "error 2: users asks who somebody is, and anonymous = "
		    "true asks for no session" },
		{ "", "users = [ ];", "users asks who" },
		{ "", "deny_users = \"a\";", "error 2: deny_users asks who" },
		{ "", "require = ( { claim = \"a\"; is = \"b\"; } );",
		    "error 2: require asks who" },
		{ "any_owner = false;", "any_owner = true;",
		    "error 2: any_owner is for moderators" },
		{ "reusable = false;", "reusable = true;",
		    "error 2: reusable = true would let everybody upload any "
		    "number" },
		{ "addresses = \"192.0.2.0/24\";", "addresses = \"x\";",
		    "addresses: \"x\" is none" },
		{ "origins = [ \"https://www.example.com\" ];",
		    "origins = [ \"https://example.com\" ];",
		    "origins: \"https://example.com\" may not ask" },
		{ "lifetime = 120;", "lifetime = 1;", "lifetime must be" },
	};

	assert_true(policies_twins(
	    &b, policies_read, OPEN, twins, TWINS_COUNT(twins), END));
	assert_int_equal(policies_read(&b, OPEN END), 0);
	assert_true(b.config.policies->anonymous);
	assert_int_equal(
	    policies_read(&b, "policies = { p = { action = \"upload\"; "
			      "anonymous = false; users = \"a\"; }; };"),
	    0);
	assert_false(b.config.policies->anonymous);
}

TEST(test_action)
{
	static const struct twin twins[] = {
		{ "anonymous = false;", "\nanonymous = true;",
		    "error 2: anonymous = true belongs to action = "
		    "\"upload\" only" },
	};

	assert_true(policies_twins(&b, policies_read,
	    "policies = { p = { action = \"destroy\"; limit = \"5/hour\"; "
	    "limit_total = \"50/day\"; set = { public_id = \"a/{random}\"; };",
	    twins, TWINS_COUNT(twins), END));
}

/* Nobody says who asks for a webhook either, but it is no upload. */
TEST(test_webhooks)
{
	assert_int_equal(
	    policies_read(&b, "policies = { p = { action = \"verify\"; "
			      "addresses = \"192.0.2.1\";" END),
	    0);
	assert_true(b.config.policies->webhook);
	assert_true(b.config.policies->anonymous);
	/* The answer to an upload is somebody's. */
	assert_int_equal(
	    policies_read(&b,
		"policies = { p = { action = \"verify\"; limit = \"9/hour\"; "
		"limit_total = \"9/hour\"; anonymous = true; allow = { "
		"public_id "
		"= \"u/x\"; };" END),
	    1);
	assert_true(
	    sandbox_said(&b.box, "belongs to action = \"upload\" only"));
}

/* Nowhere can it say who is asking. */
TEST(test_templates)
{
	static const struct twin twins[] = {
		{ SET "};", "set = { public_id = \"in/{user}/{random}\"; };",
		    "error 2: public_id = \"in/{user}/{random}\": an anonymous "
		    "policy asks for no session, so that neither {user}" },
		{ SET "folder = \"in/{date}\"; };",
		    SET "folder = \"in/{user_hash}\"; };",
		    "folder = \"in/{user_hash}\": an anonymous" },
		{ SET "tags = \"a,b\"; };", SET "tags = \"a,b_{user}\"; };",
		    "tags = \"b_{user}\": an anonymous" },
		{ SET "context = { a = \"{ip}\"; b = 1; }; };",
		    SET "context = { a = 1; b = \"{claim.x}\"; }; };",
		    "context = \"{claim.x}\": an anonymous" },
		{ SET "}; allow = { source = [ \"a\", \"{date}\" ]; };",
		    SET "}; allow = { source = [ \"a\", \"{user}\" ]; };",
		    "source = \"{user}\": an anonymous" },
		{ SET "}; allow = { tags = [ \"a\" ]; };",
		    SET "}; allow = { tags = [ \"a\", \"u{user_hash}\" ]; };",
		    "tags = \"u{user_hash}\": an anonymous" },
		{ SET "}; allow = { folder = [ \"in/*\" ]; };",
		    SET "}; allow = { folder = [ \"in\", \"in/{user}/*\" ]; };",
		    "folder = \"{user}\": an anonymous" },
		{ SET "}; allow = { context = { a = [ \"x\" ]; b = "
		      "[ \"{ip}\" ]; }; };",
		    SET "}; allow = { context = { a = \"text 9\"; b = "
			"[ \"{claim.x}\" ]; }; };",
		    "context = \"{claim.x}\": an anonymous" },
		/* a word in braces alone is no form */
		{ SET "context = { a = \"{ user }\"; }; };",
		    SET "context = { a = \"{user }{user}\"; }; };",
		    "an anonymous policy" },
	};

	assert_true(policies_twins(
	    &b, policies_read, OPEN, twins, TWINS_COUNT(twins), END));
}

AROUND(bench_open(&b), bench_close(&b));
