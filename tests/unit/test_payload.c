#include "test.h"

#include "cli/payload.h"

static const struct span admin[] = { SPAN_INIT("admin"), SPAN_INIT("x") };
static const struct claim_rule require[] = {
	{ SPAN_INIT("role"), 2, admin, false },
};
static struct session_config config;
static struct payload_wishes wishes;
static unsigned char mem[1024];
static struct sink out;

static int
setup(void **state)
{
	(void)state;
	config = (struct session_config){ .format = FORMAT_JWT,
		.user = SPAN_INIT("sub") };
	wishes = (struct payload_wishes){
		.user = SPAN_INIT("alice"), .now = 1000, .ttl = 60
	};
	return 0;
}

static bool
writes(void)
{
	sink_init(&out, mem, sizeof(mem));
	return payload_write(&config, &wishes, &out);
}

TEST_WITH(plain, setup, NULL)
{
	assert_true(writes());
	assert_true(span_is(
	    sink_view(&out), "{\"sub\":\"alice\",\"iat\":1000,\"exp\":1060}"));
}

TEST_WITH(nested_and_configured, setup, NULL)
{
	config.user = SPAN_LIT("passport.user");
	config.audience = SPAN_LIT("upload");
	config.issuer = SPAN_LIT("https://a.example");
	config.require = require;
	config.n_require = 1;
	wishes.user = SPAN_LIT("a\"b");
	assert_true(writes());
	assert_true(span_is(sink_view(&out),
	    "{\"passport\":{\"user\":\"a\\\"b\"},\"iat\":1000,\"exp\":1060,"
	    "\"aud\":\"upload\",\"iss\":\"https://a.example\","
	    "\"role\":\"admin\"}"));
}

/* Better Auth's session ends inside the token that caches it. */
TEST_WITH(an_end_inside, setup, NULL)
{
	static const char *const claims[] = { "session.token=t" };

	config.user = SPAN_LIT("user.id");
	config.signing.own_end = SPAN_LIT("session.expiresAt");
	assert_true(writes());
	assert_true(span_is(sink_view(&out),
	    "{\"user\":{\"id\":\"alice\"},\"iat\":1000,\"exp\":1060,"
	    "\"session\":{\"expiresAt\":\"1970-01-01T00:17:40Z\"}}"));
	wishes.claims = claims;
	wishes.n_claims = 1;
	assert_false(writes());
}

/* What never may be is not made. */
TEST_WITH(a_claim_that_never_may_be, setup, NULL)
{
	static const struct claim_rule never = { SPAN_INIT("role"), 2, admin,
		true };

	config.require = &never;
	config.n_require = 1;
	assert_true(writes());
	assert_true(span_is(
	    sink_view(&out), "{\"sub\":\"alice\",\"iat\":1000,\"exp\":1060}"));
}

TEST_WITH(wished_claims, setup, NULL)
{
	static const char *const claims[] = { "role=x", "a.b=1=2" };

	config.require = require;
	config.n_require = 1;
	wishes.claims = claims;
	wishes.n_claims = 2;
	assert_true(writes());
	assert_true(span_is(sink_view(&out),
	    "{\"sub\":\"alice\",\"iat\":1000,\"exp\":1060,\"role\":\"x\","
	    "\"a\":{\"b\":\"1=2\"}}"));
}

TEST_WITH(what_cannot_be_made, setup, NULL)
{
	static const char *const bad[] = { "exp=5", "iat=5", "aud=x", "iss=x",
		"nbf=5", "_expire=5", "_maxAge=5", "_session=1",
		"_session_expiry=5", "sub=bob", "sub.x=1", "noequals", "=x",
		"a..b=1", "a[0]=1", "a=\xff", "\xff=a" };
	static const char *const twice[] = { "a.b=1", "a.c=2" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		wishes.claims = &bad[i];
		wishes.n_claims = 1;
		assert_false(writes());
	}
	wishes.claims = twice;
	wishes.n_claims = 2;
	assert_false(writes());
	wishes.n_claims = 1;
	assert_true(writes());
	wishes.n_claims = 0;
	config.user = SPAN_LIT("key[0]");
	assert_false(writes());
	config.user = SPAN_LIT("sub");
	sink_init(&out, mem, 20);
	assert_false(payload_write(&config, &wishes, &out));
}

TEST_WITH(ends, setup, NULL)
{
	static const struct {
		enum session_format format;
		bool ends;
		const char *json;
		long long issued;
	} all[] = {
		{ FORMAT_JWT, true,
		    "{\"sub\":\"alice\",\"iat\":1000,\"exp\":1060}", 1000 },
		{ FORMAT_SUPABASE, true,
		    "{\"sub\":\"alice\",\"iat\":1000,\"exp\":1060}", 1000 },
		{ FORMAT_KEYGRIP, true,
		    "{\"sub\":\"alice\",\"_expire\":1060000,\"_maxAge\":60000}",
		    1000 },
		{ FORMAT_ITSDANGEROUS, true, "{\"sub\":\"alice\"}", 560 },
		{ FORMAT_PHP, true, "{\"sub\":\"alice\"}", 560 },
		{ FORMAT_COOKIE_SIGNATURE, false, "{\"sub\":\"alice\"}", 1000 },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		config.format = all[i].format;
		config.max_age = 500;
		config.signing.stamp = STAMP_BYTES;
		assert_true(writes());
		assert_true(span_is(sink_view(&out), all[i].json));
		assert_int_equal(payload_ends(&config), all[i].ends);
		assert_int_equal(
		    payload_issued(&config, &wishes), all[i].issued);
	}
	config.format = FORMAT_ITSDANGEROUS;
	config.signing.stamp = STAMP_NONE;
	assert_false(payload_ends(&config));
	assert_int_equal(payload_issued(&config, &wishes), 1000);
}

TEST_WITH(the_name_itself, setup, NULL)
{
	static const char *const claims[] = { "role=x" };

	config.format = FORMAT_COOKIE_SIGNATURE;
	config.user = SPAN_LIT("");
	assert_true(writes());
	assert_true(span_is(sink_view(&out), "alice"));
	wishes.claims = claims;
	wishes.n_claims = 1;
	assert_false(writes());
	wishes.n_claims = 0;
	sink_init(&out, mem, 4);
	assert_false(payload_write(&config, &wishes, &out));
}
