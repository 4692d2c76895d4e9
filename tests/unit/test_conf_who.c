#include "test.h"

#include "policies.h"

static struct bench b;

#define BEGIN "policies = { p = { action = \"upload\";\n"
#define END "\n}; };"

TEST(test_twins)
{
	static const struct twin twins[] = {
		{ "users = [ \"a\", \"b\" ];", "users = [ \"a\", \"\" ];",
		    "error 2: users: \"\" is no user's name" },
		{ "users = \"a\";", "users = true;",
		    "users must be a list of strings" },
		{ "users = [ \"a\", \"A\" ];", "users = [ \"a\", \"a\" ];",
		    "users has \"a\" twice" },
		{ "users = [ ];", "users = [ 1 ];", "users must hold strings" },
		{ "deny_users = ( \"a b\" );", "deny_users = ( \"a\\nb\" );",
		    "deny_users: \"a\\x0ab\" is no user's name" },
		{ "require = ( { claim = \"role\"; is = [ \"a\" ]; } );",
		    "require = ( { claim = \"role\"; } );",
		    "is must say which" },
		{ "addresses = [ \"192.0.2.0/24\", \"2001:db8::/32\" ];",
		    "addresses = [ \"192.0.2.1/24\", \"2001:db8::/32\" ];",
		    "error 2: addresses: \"192.0.2.1/24\" is none: write" },
		{ "addresses = \"::1\";", "addresses = \"localhost\";",
		    "addresses: \"localhost\" is none" },
		{ "origins = [ \"https://www.example.com\" ];",
		    "origins = [ \"https://www.example.org\" ];",
		    "error 2: origins: \"https://www.example.org\" may not "
		    "ask" },
		{ "origins = [ ];", "origins = { };",
		    "origins must be a list of strings" },
	};

	assert_true(policies_twins(
	    &b, policies_read, BEGIN, twins, TWINS_COUNT(twins), END));
}

TEST(test_result)
{
	const struct policy *p;

	assert_int_equal(
	    policies_read(&b,
		BEGIN "users = [ \"a\", \"b\" ]; deny_users = \"c\";\n"
		      "require = ( { claim = \"role\"; is = \"x\"; } );\n"
		      "addresses = [ \"192.0.2.0/24\" ];\n"
		      "origins = \"https://app.example.com\";" END),
	    0);
	p = &b.config.policies[0];
	assert_true(p->users.present);
	assert_int_equal(p->users.n, 2);
	assert_true(span_is(p->users.name[1], "b"));
	assert_true(p->deny_users.present);
	assert_int_equal(p->deny_users.n, 1);
	assert_int_equal(p->n_require, 1);
	assert_true(p->has_addresses);
	assert_int_equal(p->n_addresses, 1);
	assert_int_equal(p->addresses[0].bits, 96 + 24);
	assert_true(p->has_origins);
	assert_int_equal(p->origins.n, 1);
	assert_true(span_is(p->origins.o[0], "https://app.example.com"));
}

/* Absent asks nothing, empty lets nobody. */
TEST(test_absent)
{
	const struct policy *p;

	assert_int_equal(policies_read(&b, BEGIN END), 0);
	p = &b.config.policies[0];
	assert_false(p->users.present || p->deny_users.present);
	assert_false(p->has_addresses || p->has_origins);
	assert_int_equal(p->n_require, 0);
	assert_int_equal(
	    policies_read(
		&b, BEGIN "users = [ ]; addresses = ( ); origins = [ ];" END),
	    0);
	p = &b.config.policies[0];
	assert_true(p->users.present && p->users.n == 0);
	assert_true(p->has_addresses && p->n_addresses == 0);
	assert_true(p->has_origins && p->origins.n == 0);
}

static unsigned
long_user(size_t n)
{
	static char text[1024];

	strcpy(text, BEGIN "users = \"");
	memset(text + strlen(BEGIN "users = \""), 'u', n);
	strcpy(text + strlen(BEGIN "users = \"") + n, "\";" END);
	return policies_read(&b, text);
}

static unsigned
many_users(int n)
{
	static char text[32768];
	char *p = text + sprintf(text, "%susers = [ \"u0\"", BEGIN);

	for (int i = 1; i < n; i++)
		p += sprintf(p, ", \"u%d\"", i);
	strcpy(p, " ];" END);
	return policies_read(&b, text);
}

TEST(test_limits)
{
	assert_int_equal(long_user(USER_MAX), 0);
	assert_int_equal(long_user(USER_MAX + 1), 1);
	assert_int_equal(many_users(POLICY_NAMES_MAX), 0);
	assert_int_equal(many_users(POLICY_NAMES_MAX + 1), 1);
}

AROUND(bench_open(&b), bench_close(&b));
