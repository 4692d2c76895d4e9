#include "test.h"

#include "policies.h"

static struct bench b;

#define END "\n}; };"
#define UPLOAD "policies = { p = { action = \"upload\";\n"
#define DESTROY                                                                \
	"policies = { p = { action = \"destroy\"; limit = \"60/hour\";\n"      \
	"set = { public_id = \"a\"; };\n"

TEST(test_policies)
{
	static const struct twin twins[] = {
		{ "policies = { p = { action = \"upload\"; }; };", "",
		    "error 0: policies is missing" },
		{ "policies = { p-_9 = { action = \"upload\"; }; };",
		    "policies = { p* = { action = \"upload\"; }; };",
		    "error 1: the policy's name \"p*\" must be 1 to 64 of" },
		{ "policies = {\np = { action = \"destroy\"; limit = "
		  "\"60/hour\"; set = { public_id "
		  "= "
		  "\"a\"; }; }; };",
		    "policies = {\np = { action = \"destroy\"; limit = "
		    "\"60/hour\"; }; };",
		    "error 2: destroy needs public_id: name it in set or in" },
		{ "policies = { p = { action = \"destroy\"; limit = "
		  "\"60/hour\"; allow = { "
		  "public_id "
		  "= \"a\"; }; }; };",
		    "policies = { p = \"upload\"; };",
		    "the policy \"p\" must be a group: p = { action" },
		{ "policies = { p = { action = \"upload\"; }; };",
		    "policies = { };", "policies must hold 1 to 128" },
		{ "policies = { p = { action = \"upload\"; }; };",
		    "policies = ( );", "policies must be a group" },
	};

	assert_true(policies_twins(
	    &b, policies_read, "", twins, TWINS_COUNT(twins), ""));
}

TEST(test_action)
{
	static const struct twin twins[] = {
		{ "action = \"upload\";", "users = \"a\";",
		    "error 1: action is missing" },
		{ "action = \"upload\";", "\naction = \"uploads\";",
		    "error 2: action = \"uploads\" is unknown: did you mean "
		    "\"upload\"" },
		{ "action = \"upload\";", "\naction = \"multi\";",
		    "error 2: action = \"multi\" is unknown; what there is: "
		    "upload, explicit, destroy, rename, tags, context, "
		    "metadata, archive, download, deliver, token, verify" },
		{ "action = \"upload\";", "action = \"Upload\";",
		    "action = \"Upload\" is unknown" },
		{ "action = \"upload\";", "action = 1;",
		    "action must be a string" },
	};

	assert_true(policies_twins(&b, policies_read, "policies = { p = { ",
	    twins, TWINS_COUNT(twins), "}; };"));
}

TEST(test_upload)
{
	static const struct twin twins[] = {
		{ "users = \"a\";", "user = \"a\";",
		    "error 2: unknown name \"user\" here: did you mean" },
		{ "lifetime = 120;", "lifetime = 119;",
		    "error 2: lifetime must be a whole number from 120 to "
		    "3600" },
		{ "lifetime = 3600;", "lifetime = 3601;", "lifetime must be" },
		{ "lifetime = 600;", "lifetime = \"600\";",
		    "lifetime must be" },
		{ "reusable = true;", "reusable = \"true\";",
		    "reusable must be true or false" },
		{ "shared_tags = true;", "shared_tags = 1;",
		    "shared_tags must be true or false" },
		{ "any_owner = true; users = \"a\";", "any_owner = true;",
		    "error 2: any_owner lets every user act on everybody's" },
		{ "any_owner = true; require = ( { claim = \"r\"; is = \"a\"; "
		  "} );",
		    "any_owner = true; deny_users = \"a\";", "any_owner lets" },
		{ "any_owner = false;", "anonymous = 1;",
		    "error 2: anonymous must be true or false" },
		{ "any_owner = false;", "cloud = \"demo\";",
		    "error 2: cloud says which of several accounts" },
		{ "", "cloud = \"\";", "cloud says which of several accounts" },
	};

	assert_true(policies_twins(
	    &b, policies_read, UPLOAD, twins, TWINS_COUNT(twins), END));
}

TEST(test_destroy)
{
	static const struct twin twins[] = {
		{ "", "reusable = false;",
		    "error 3: reusable belongs to action = \"upload\" only" },
		{ "", "shared_tags = true;",
		    "error 3: shared_tags belongs to actions that take tags" },
	};

	assert_true(policies_twins(
	    &b, policies_read, DESTROY, twins, TWINS_COUNT(twins), END));
}

TEST(test_result)
{
	const struct policy *p;

	assert_int_equal(
	    policies_read(&b, "policies = {\n"
			      "a = { action = \"upload\"; reusable = true; };\n"
			      "b = { action = \"destroy\"; limit = "
			      "\"60/hour\"; any_owner = true;\n"
			      "users = \"x\"; allow = { public_id = \"**\"; "
			      "}; };\n"
			      "c = { action = \"upload\"; lifetime = 600;\n"
			      "shared_tags = true; }; };"),
	    0);
	assert_int_equal(b.config.n_policies, 3);
	p = b.config.policies;
	assert_true(span_is(p[0].name, "a"));
	assert_int_equal(p[0].line, 2);
	assert_int_equal(p[0].action, ACTION_UPLOAD);
	assert_int_equal(p[0].lifetime, 3600);
	assert_true(p[0].reusable && !p[0].any_owner && !p[0].shared_tags);
	assert_true(!p[0].anonymous && p[0].n_limits == 0);
	assert_ptr_equal(p[0].cloud, b.config.clouds);
	assert_int_equal(p[1].line, 3);
	assert_int_equal(p[1].action, ACTION_DESTROY);
	assert_int_equal(p[1].lifetime, 120);
	assert_true(!p[1].reusable && p[1].any_owner && !p[1].shared_tags);
	assert_int_equal(p[1].n_allow, 1);
	assert_int_equal(p[2].lifetime, 600);
	assert_true(p[2].shared_tags);
}

static unsigned
read_clouds(size_t n, const char *text)
{
	static const struct cloud clouds[] = {
		{ .label = SPAN_INIT("main") },
		{ .label = SPAN_INIT("other") },
	};

	bench_read(&b, text);
	b.config.clouds = clouds;
	b.config.n_clouds = n;
	conf_policies(&b.l, b.root);
	return b.box.report.errors;
}

TEST(test_clouds)
{
	assert_int_equal(read_clouds(2, UPLOAD "cloud = \"other\";" END), 0);
	assert_ptr_equal(b.config.policies[0].cloud, &b.config.clouds[1]);
	assert_int_equal(read_clouds(2, UPLOAD END), 1);
	assert_true(sandbox_said(&b.box,
	    "error 1: cloud must say which account: one of "
	    "\"main\", \"other\""));
	assert_int_equal(read_clouds(2, UPLOAD "cloud = \"othe\";" END), 1);
	assert_true(sandbox_said(&b.box, "error 2: cloud must say which"));
	assert_int_equal(read_clouds(1, UPLOAD END), 0);
	assert_ptr_equal(b.config.policies[0].cloud, &b.config.clouds[0]);
	assert_int_equal(read_clouds(1, UPLOAD "cloud = \"main\";" END), 0);
	/* Without a right account, that is what is said, and elsewhere. */
	assert_int_equal(read_clouds(0, UPLOAD "cloud = \"main\";" END), 0);
}

static unsigned
long_name(size_t n)
{
	char text[256];

	memset(text, 'p', sizeof(text));
	memcpy(text, "policies = { ", 13);
	strcpy(text + 13 + n, " = { action = \"upload\"; }; };");
	return policies_read(&b, text);
}

static unsigned
many(int n)
{
	static char text[16384];
	char *p = text + sprintf(text, "policies = { ");

	for (int i = 0; i < n; i++)
		p += sprintf(p, "p%d = { action = \"upload\"; }; ", i);
	strcpy(p, "};");
	return policies_read(&b, text);
}

TEST(test_limits)
{
	assert_int_equal(long_name(SEGMENT_MAX), 0);
	assert_int_equal(long_name(SEGMENT_MAX + 1), 1);
	assert_int_equal(many(POLICIES_MAX), 0);
	assert_int_equal(b.config.n_policies, POLICIES_MAX);
	assert_int_equal(many(POLICIES_MAX + 1), 1);
	assert_int_equal(b.config.n_policies, 0);
}

/* However little room there is, it ends, and never as if all were right. */
TEST(test_room)
{
	static const char text[] =
	    UPLOAD "limit = [ \"9/hour\" ]; limit_total = \"90/day\";\n"
		   "users = [ \"a\", \"b\" ]; addresses = \"::1\";\n"
		   "set = { public_id = \"u/{user}/{random}\"; tags = "
		   "\"t{user}\"; context = { a = 1; }; };\n"
		   "allow = { metadata = { b = [ \"x\" ]; }; source = [ "
		   "\"uw\" ]; folder = [ \"f/{user}/*\" ]; };" END;
	size_t before, whole;

	assert_int_equal(policies_read(&b, text), 0);
	bench_read(&b, text);
	before = b.l.arena.n;
	policies_site(&b.config);
	conf_policies(&b.l, b.root);
	owner_check(&b.l);
	whole = b.l.arena.n;
	for (size_t cap = before; cap <= whole; cap++) {
		bench_read(&b, text);
		policies_site(&b.config);
		b.l.arena.cap = cap;
		conf_policies(&b.l, b.root);
		owner_check(&b.l);
		assert_int_equal(b.l.arena.full, cap < whole);
	}
	assert_int_equal(b.box.report.errors, 0);
}

AROUND(bench_open(&b), bench_close(&b));
