#include "test.h"

#include "policies.h"

static struct bench b;

#define POLICY(action, more)                                                   \
	"policies = {\na = { action = \"" action "\"; " more " };\n};"
#define NEW "set = { public_id = \"u/{user}/{random}\"; overwrite = false; "
#define OWN "allow = { public_id = \"u/{user}/**\"; };"

static bool
said(const char *text, const char *what)
{
	assert_int_equal(policies_owned(&b, text), 0);
	return strstr(b.box.said, what) != NULL;
}

TEST(test_limit)
{
	static const char what[] = "warning 2: the policy \"a\" has no limit";

	assert_true(said(POLICY("upload", NEW "};"), what));
	assert_false(said(POLICY("upload", NEW "}; limit = \"1/day\";"), what));
	assert_false(
	    said(POLICY("upload", NEW "}; limit_total = \"1/day\";"), what));
	assert_false(
	    said(POLICY("deliver", "allow = { public_id = \"u/{user}/**\"; "
				   "transformation = [ \"w_1\" ]; };"),
		what));
}

TEST(test_lifetime)
{
	static const char what[] =
	    "note 2: a signature of the policy \"a\" can "
	    "be used again for 3600 seconds";

	assert_true(
	    said(POLICY("destroy", "limit = \"1/day\"; lifetime = 3600; " OWN),
		what));
	assert_false(
	    said(POLICY("destroy", "limit = \"1/day\"; lifetime = 3599; " OWN),
		"can be used again"));
	assert_false(said(
	    POLICY("destroy", "limit = \"1/day\"; " OWN), "can be used again"));
	assert_false(said(
	    POLICY("upload", "limit = \"1/day\"; lifetime = 3600; " NEW "};"),
	    "can be used again"));
}

TEST(test_address)
{
	static const char what[] =
	    "note 2: the policy \"a\" goes by REMOTE_ADDR";

	assert_true(
	    said(POLICY("destroy",
		     "limit = \"1/day\"; addresses = \"192.0.2.0/24\"; " OWN),
		what));
	assert_true(
	    said(POLICY("verify", "addresses = [ \"127.0.0.1\" ];"), what));
	assert_false(said(POLICY("destroy", "limit = \"1/day\"; " OWN), what));
	assert_true(
	    said(POLICY("upload",
		     "anonymous = true; limit = \"1/day\"; limit_total "
		     "= \"9/day\"; set = { public_id = \"in/{random}\"; "
		     "overwrite = false; };"),
		what));
}

TEST(test_ampersand)
{
	assert_true(said(POLICY("upload", NEW "\neval = \"a && b\"; };"),
	    "warning 3: eval = \"a && b\" holds & or %26, which"));
	assert_true(
	    said(POLICY("upload", NEW "callback = \"https://x/?a%26b\"; };"),
		"warning 2: callback = \"https://x/?a%26b\" holds &"));
	assert_true(said(
	    POLICY("upload", NEW "context = { a = \"x\"; b = \"c&d\"; }; };"),
	    "warning 2: context = \"c&d\" holds &"));
	assert_false(
	    said(POLICY("upload", NEW "eval = \"a %2 6 b\"; };"), "holds &"));
	assert_false(said(POLICY("upload", NEW "};"), "holds &"));
}

AROUND(bench_open(&b), bench_close(&b));
