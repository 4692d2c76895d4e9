#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policies.h"
#include "policy/owner.h"

static struct bench b;

#define BEGIN "policies = {\n"
#define END "\n};"
#define UP "a = { action = \"upload\"; "

static void
test_ids(void **state)
{
	static const struct twin twins[] = {
		{ UP "set = { public_id = \"users/{user}/{random}\"; }; };",
		    UP "set = { public_id = \"users/{random}\"; }; };",
		    "error 2: public_id = \"users/{random}\" need not be the "
		    "user's own, and the signature would also destroy it: a "
		    "segment of its own" },
		{ UP "set = { public_id = \"u/{claim.id}\"; }; };",
		    UP "set = { public_id = \"{claim.id}/u\"; }; };",
		    "its first segment must be a fixed word" },
		{ UP "reusable = true; allow = {\npublic_id = \"u/{user}/**\"; "
		     "}; };",
		    UP
		    "reusable = true; allow = {\npublic_id = \"u/**\"; }; };",
		    "error 3: public_id = \"u/**\" need not be" },
		{ UP "reusable = true; allow = { public_id = [ \"u/{user}\", "
		     "\"v/{user}\" ]; }; };",
		    UP "reusable = true; allow = { public_id = [ \"u/{user}\", "
		       "\"v9/{user}\" ]; }; };",
		    "public_id = \"v9/{user}\" need not be" },
		{ "a = { action = \"destroy\"; limit = \"60/hour\"; allow = { "
		  "public_id = "
		  "\"u/{user}/**\"; }; };",
		    "a = { action = \"destroy\"; limit = \"60/hour\"; allow = "
		    "{ public_id = "
		    "\"u/*/{user}\"; }; };",
		    "public_id = \"u/*/{user}\" need not be" },
		{ "a = { action = \"destroy\"; limit = \"60/hour\"; set = { "
		  "public_id = "
		  "\"u/{user_hash}\"; }; };",
		    "a = { action = \"destroy\"; limit = \"60/hour\"; set = { "
		    "public_id = "
		    "\"u/x{user_hash}\"; }; };",
		    "public_id = \"u/x{user_hash}\" need not be" },
		/* folder does not count, for good or bad */
		{ UP "set = { folder = \"x\"; public_id = \"u/{user}\"; }; };",
		    UP
		    "set = { folder = \"u/{user}\"; public_id = \"x\"; }; };",
		    "public_id = \"x\" need not be" },
		{ "a = { action = \"destroy\"; limit = \"60/hour\"; any_owner "
		  "= true; users = "
		  "\"m\"; "
		  "allow = { public_id = \"**\"; }; };",
		    "a = { action = \"destroy\"; limit = \"60/hour\"; "
		    "any_owner = false; users = "
		    "\"m\"; allow = { public_id = \"**\"; }; };",
		    "public_id = \"**\" need not be" },
	};

	(void)state;
	assert_true(policies_twins(
	    &b, policies_owned, BEGIN, twins, TWINS_COUNT(twins), END));
}

static void
test_upload(void **state)
{
	static const struct twin twins[] = {
		{ UP "reusable = true; };", UP "};",
		    "error 2: without public_id in set, one signature" },
		{ UP
		    "reusable = true; allow = { public_id = \"u/{user}/*\"; }; "
		    "};",
		    UP "allow = { public_id = \"u/{user}/*\"; }; };",
		    "without public_id in set, one signature" },
		{ UP "set = { public_id = \"u/{user}\"; }; };",
		    UP "reusable = false; set = { folder = \"u/{user}\"; }; };",
		    "or say reusable = true" },
		{ UP "reusable = true; set = { use_filename = true; "
		     "unique_filename = true; }; };",
		    UP "reusable = true; set = { use_filename = true; "
		       "unique_filename = false; }; };",
		    "error 2: the file's name makes the id" },
		{ UP "reusable = true; set = { use_filename = true; "
		     "unique_filename = false; overwrite = false; }; };",
		    UP "reusable = true; set = { use_filename = true; "
		       "unique_filename = false; overwrite = true; }; };",
		    "the file's name makes the id" },
		{ UP "reusable = true; set = { use_filename = false; "
		     "unique_filename = false; }; };",
		    UP "reusable = true; set = { use_filename = true; "
		       "unique_filename = false; }; allow = { overwrite = "
		       "\"bool\"; }; };",
		    "the file's name makes the id" },
	};

	(void)state;
	assert_true(policies_twins(
	    &b, policies_owned, BEGIN, twins, TWINS_COUNT(twins), END));
}

#define AN "anonymous = true; limit = \"9/hour\"; "
#define FRESH "public_id = \"in/{random}\"; overwrite = false; "
#define RE "reusable = true; "

static void
test_tags(void **state)
{
	static const struct twin twins[] = {
		{ UP RE "set = {\ntags = \"user_{user}\"; }; };",
		    UP RE "set = {\ntags = \"avatar\"; }; };",
		    "error 3: tags = \"avatar\": the signature would also "
		    "download" },
		{ UP RE "set = { tags = \"u{user_hash}\"; }; };",
		    UP RE "set = { tags = \"{user_hash}\"; }; };",
		    "tags = \"{user_hash}\": the signature" },
		{ UP RE "set = { tags = \"u{user}\"; }; };",
		    UP RE "set = { tags = \"u{user}x\"; }; };",
		    "tags = \"u{user}x\": the signature" },
		{ UP RE "set = { tags = \"u{user}\"; }; };",
		    UP RE "set = { tags = \"u{claim.a}\"; }; };",
		    "tags = \"u{claim.a}\": the signature" },
		{ UP RE "set = { tags = \"u{user}\"; }; };",
		    UP RE "set = { tags = \"u{user},b\"; }; };",
		    "tags = \"b\": the signature" },
		{ UP RE "set = { tags = \"u{user}\"; }; };",
		    UP RE "set = { tags = \"u{user},b{user}\"; }; };",
		    "tags = \"b{user}\", and the policy \"a\" has "
		    "\"u{user}\"" },
		{ UP RE "set = { tags = \"u{user}\"; }; };",
		    UP RE "set = { tags = \"u{user},u{user_hash}\"; }; };",
		    "tags = \"u{user_hash}\", and the policy" },
		{ UP RE "allow = { tags = [ \"u{user}\" ]; }; };",
		    UP RE "allow = { tags = [ \"u{user}\", \"a\" ]; }; };",
		    "tags = \"a\": the signature" },
		{ UP RE
		    "shared_tags = true; allow = {\ntags = \"text 9\"; }; };",
		    UP RE "allow = {\ntags = \"text 9\"; }; };",
		    "error 3: tags of a client's choice" },
		{ UP RE "shared_tags = true; set = { tags = \"b\"; }; };",
		    UP RE "shared_tags = false; set = { tags = \"b\"; }; };",
		    "tags = \"b\": the signature" },
		/* two policies, one form */
		{ UP RE "set = { tags = \"x_{user}\"; }; };\nx = { action = "
			"\"upload\"; " RE "set = { tags = \"{policy}_{user}\"; "
			"}; };",
		    UP RE "set = { tags = \"x_{user}\"; }; };\ny = { action = "
			  "\"upload\"; " RE "set = { tags = "
			  "\"{policy}_{user}\"; }; };",
		    "error 3: tags = \"{policy}_{user}\", and the policy \"a\" "
		    "has" },
		{ UP RE "set = { tags = \"x_{user}\"; }; };\ny = { action = "
			"\"upload\"; " RE "shared_tags = true; set = { tags = "
			"\"y_{user}\"; }; };",
		    UP RE "set = { tags = \"x_{user}\"; }; };\ny = { action = "
			  "\"upload\"; " RE
			  "allow = { tags = [ \"y_{user}\" ]; "
			  "}; };",
		    "error 3: tags = \"y_{user}\", and the policy" },
		/* without a session there is no user to name */
		{ UP AN "shared_tags = true; set = { " FRESH "tags = \"b\"; }; "
			"};",
		    UP AN "set = { " FRESH "tags = \"b\"; }; };",
		    "whoever's they are; say shared_tags = true" },
		{ UP AN "shared_tags = true; set = { " FRESH " }; allow = { "
			"tags = \"text 9\"; }; };",
		    UP AN "set = { " FRESH " }; allow = { tags = \"text 9\"; "
			  "}; };",
		    "tags of a client's choice" },
		/* moderators' ids are no reason for shared tags */
		{ UP RE "any_owner = true; users = \"m\"; shared_tags = true; "
			"set = { tags = \"b\"; }; };",
		    UP RE "any_owner = true; users = \"m\"; set = { tags = "
			  "\"b\"; }; };",
		    "tags = \"b\": the signature" },
	};

	(void)state;
	assert_true(policies_twins(
	    &b, policies_owned, BEGIN, twins, TWINS_COUNT(twins), END));
}

/* By the names that a string may hold: nothing of one is enough. */
static void
test_services(void **state)
{
	const struct policy *p;

	(void)state;
	assert_int_equal(
	    policies_read(&b, BEGIN UP
		"allow = { public_id = \"a\"; metadata = { a = \"text 9\"; }; "
		"}; };\n"
		"t = { action = \"upload\"; set = { tags = \"a\"; }; };\n"
		"n = { action = \"upload\"; set = { folder = \"a\"; }; };" END),
	    0);
	p = b.config.policies;
	assert_true(owner_may_hold(&p[0], "public_id"));
	assert_false(owner_may_hold(&p[0], "tags"));
	assert_false(owner_may_hold(&p[0], "public_ids"));
	assert_true(owner_serves(&p[0], ACTION_DESTROY));
	assert_true(owner_serves(&p[0], ACTION_EXPLICIT));
	assert_true(owner_serves(&p[0], ACTION_DOWNLOAD));
	assert_false(owner_serves(&p[0], ACTION_METADATA));
	assert_false(owner_serves(&p[0], ACTION_RENAME));
	assert_false(owner_serves(&p[0], ACTION_ARCHIVE));
	assert_true(owner_serves(&p[1], ACTION_ARCHIVE));
	assert_false(owner_serves(&p[1], ACTION_TAGS));
	assert_false(owner_serves(&p[1], ACTION_DESTROY));
	for (int i = ACTION_EXPLICIT; i < ACTION_COUNT; i++)
		assert_false(owner_serves(&p[2], (enum action)i));
	assert_true(owner_serves(&p[2], ACTION_UPLOAD));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_upload),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_services),
	};
	int failed;

	bench_open(&b);
	failed = cmocka_run_group_tests_name("owner", tests, NULL, NULL);
	bench_close(&b);
	return failed;
}
