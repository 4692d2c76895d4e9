#include "test.h"

#include "deciding.h"

static const char policies[] =
    "all = { action = \"destroy\"; limit = \"60/hour\"; allow = { public_id = "
    "\"u/{user}/*\"; };\n"
    "};\n"
    "some = { action = \"destroy\"; limit = \"60/hour\"; users = [ \"alice\", "
    "\"carol\" ];\n"
    "  allow = { public_id = \"u/{user}/*\"; }; };\n"
    "nobody = { action = \"destroy\"; limit = \"60/hour\"; users = [ ];\n"
    "  allow = { public_id = \"u/{user}/*\"; }; };\n"
    "others = { action = \"destroy\"; limit = \"60/hour\"; deny_users = [ "
    "\"alice\" ];\n"
    "  allow = { public_id = \"u/{user}/*\"; }; };\n"
    "editors = { action = \"destroy\"; limit = \"60/hour\";\n"
    "  require = ( { claim = \"role\"; is = [ \"admin\", \"editor\" ]; },\n"
    "    { claim = \"groups\"; is = [ \"b\" ]; } );\n"
    "  allow = { public_id = \"u/{user}/*\"; }; };\n"
    "office = { action = \"destroy\"; limit = \"60/hour\";\n"
    "  addresses = [ \"192.0.2.0/29\", \"2001:db8::/32\" ];\n"
    "  allow = { public_id = \"u/{user}/*\"; }; };\n"
    "nowhere = { action = \"destroy\"; limit = \"60/hour\"; addresses = [ ];\n"
    "  allow = { public_id = \"u/{user}/*\"; }; };\n"
    "public = { action = \"upload\"; anonymous = true; limit = "
    "\"5/hour\";\n"
    "  set = { public_id = \"inbox/{random}\"; overwrite = false; };\n"
    "  addresses = [ \"192.0.2.0/29\" ]; origins = [ ]; };\n"
    "own = { action = \"destroy\"; limit = \"60/hour\"; origins = [ ];\n"
    "  allow = { public_id = \"u/{user}/*\"; }; };\n";

static struct deciding d;

static int
setup(void **state)
{
	(void)state;
	deciding_open(&d, policies);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	deciding_close(&d);
	return 0;
}

/* NULL when it is open, else the code. */
static const char *
code_of(const char *policy)
{
	arena_init(&d.arena, d.mem, sizeof(d.mem));
	problem_clear(&d.why);
	if (policy_open_to(config_policy(d.config, span_of(policy)), &d.facts,
		&d.request, &d.arena, &d.why)) {
		assert_int_equal(d.why.status, 0);
		return NULL;
	}
	return d.why.code;
}

TEST(users)
{
	assert_null(code_of("all"));
	assert_null(code_of("some"));
	assert_string_equal(code_of("nobody"), "user_not_allowed");
	assert_string_equal(code_of("others"), "user_not_allowed");
	d.session.user = SPAN_LIT("alic");
	assert_string_equal(code_of("some"), "user_not_allowed");
	assert_null(code_of("others"));
	d.session.user = SPAN_LIT("alice");
	d.session.open = false;
	assert_string_equal(code_of("all"), "no_session");
	d.session.open = true;
}

TEST(claims)
{
	struct json_value before = d.session.claims;

	assert_null(code_of("editors"));
	d.session.claims.text =
	    SPAN_LIT("{\"role\":\"editor2\",\"groups\":[\"b\"]}");
	assert_string_equal(code_of("editors"), "claim_required");
	d.session.claims.text =
	    SPAN_LIT("{\"role\":\"editor\",\"groups\":[\"bb\"]}");
	assert_string_equal(code_of("editors"), "claim_required");
	d.session.claims.text = SPAN_LIT("{\"role\":\"editor\"}");
	assert_string_equal(code_of("editors"), "claim_required");
	d.session.claims.text = SPAN_LIT(
	    "{\"role\":\"editor\",\"role\":\"editor\",\"groups\":[\"b\"]}");
	assert_string_equal(code_of("editors"), "claim_required");
	d.session.claims = before;
}

TEST(addresses)
{
	static const struct {
		const char *address;
		bool open;
	} cases[] = {
		{ "192.0.2.7", true },
		{ "192.0.2.8", false },
		{ "::ffff:192.0.2.7", true },
		{ "2001:db8::1", true },
		{ "2001:db9::1", false },
		{ "", false },
		{ "localhost", false },
		{ "192.0.2.7, 10.0.0.1", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		d.facts.remote_addr = d.request.remote_addr =
		    span_of(cases[i].address);
		assert_int_equal(code_of("office") == NULL, cases[i].open);
		assert_string_equal(code_of("nowhere"), "address_not_allowed");
	}
}

TEST(origins)
{
	assert_null(code_of("own"));
	d.request.origin = SPAN_LIT("https://www.example.com");
	assert_string_equal(code_of("own"), "origin_not_allowed");
	d.request.sec_fetch_site = SPAN_LIT("same-origin");
	assert_null(code_of("own"));
	d.request.sec_fetch_site = SPAN_LIT("same-site");
	assert_string_equal(code_of("own"), "origin_not_allowed");
	d.request.origin = d.request.sec_fetch_site = SPAN_LIT("");
}

/* Of an anonymous policy all is asked but who somebody is. */
TEST(anonymous)
{
	static const struct session none = { .open = false };

	d.facts.session = &none;
	d.request.remote_addr = SPAN_LIT("192.0.2.7");
	assert_null(code_of("public"));
	assert_string_equal(code_of("all"), "no_session");
	d.request.remote_addr = SPAN_LIT("192.0.2.8");
	assert_string_equal(code_of("public"), "address_not_allowed");
	d.request.remote_addr = SPAN_LIT("192.0.2.7");
	d.request.origin = SPAN_LIT("https://www.example.com");
	assert_string_equal(code_of("public"), "origin_not_allowed");
	d.request.origin = SPAN_LIT("");
	d.facts.session = &d.session;
	assert_null(code_of("public"));
}

GROUP(setup, teardown);
