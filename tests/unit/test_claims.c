#include "test.h"

#include <stdio.h>

#include "guard.h"
#include "session/claims.h"

#define NOW 1700000060

static const struct session_config plain = {
	.format = FORMAT_JWT,
	.user = SPAN_INIT("sub"),
};

static unsigned char room[65536];
static struct arena arena;
static struct session session;

/* Checks a payload of which session views nothing afterwards but the arena. */
static enum session_why
check(const struct session_config *config, const char *json)
{
	session = (struct session){ 0 };
	arena_init(&arena, room, sizeof(room));
	session.claims.kind = JSON_KIND_OBJECT;
	session.claims.text = arena_copy(&arena, span_of(json));
	if (!json_object_valid(session.claims.text, TOKEN_DEPTH_MAX))
		fail_msg("not JSON: %s", json);
	return claims_check(config, NOW, &arena, &session).why;
}

/* The same with some of the times, each left out where it is NULL. */
static enum session_why
times(const struct session_config *config, const char *exp, const char *nbf,
    const char *iat)
{
	char json[256];

	(void)snprintf(json, sizeof(json), "{\"sub\":\"a\"%s%s%s%s%s%s}",
	    exp ? ",\"exp\":" : "", exp ? exp : "", nbf ? ",\"nbf\":" : "",
	    nbf ? nbf : "", iat ? ",\"iat\":" : "", iat ? iat : "");
	return check(config, json);
}

TEST(expiry_is_on_or_after)
{
	struct session_config c = plain;

	assert_int_equal(times(&c, "1700000059", NULL, NULL), SESSION_EXPIRED);
	assert_int_equal(times(&c, "1700000060", NULL, NULL), SESSION_EXPIRED);
	assert_int_equal(
	    times(&c, "1700000060.9", NULL, NULL), SESSION_EXPIRED);
	assert_int_equal(times(&c, "1700000061", NULL, NULL), SESSION_OK);
	assert_int_equal(session.expires, 1700000061);
	assert_int_equal(times(&c, "0", NULL, NULL), SESSION_EXPIRED);
	assert_int_equal(times(&c, "-1", NULL, NULL), SESSION_EXPIRED);
	c.leeway = 30;
	assert_int_equal(times(&c, "1700000030", NULL, NULL), SESSION_EXPIRED);
	assert_int_equal(times(&c, "1700000031", NULL, NULL), SESSION_OK);
	assert_int_equal(session.expires, 1700000031);
}

TEST(expiry_is_required)
{
	assert_int_equal(
	    times(&plain, NULL, NULL, NULL), SESSION_EXPIRY_MISSING);
	assert_int_equal(
	    times(&plain, NULL, NULL, "1700000000"), SESSION_EXPIRY_MISSING);
	assert_int_equal(check(&plain, "{\"sub\":\"a\",\"Exp\":1700000061}"),
	    SESSION_EXPIRY_MISSING);
	assert_int_equal(
	    check(&plain, "{\"sub\":\"a\",\"x\":{\"exp\":1700000061}}"),
	    SESSION_EXPIRY_MISSING);
}

TEST(expiry_is_at_most_400_days_ahead)
{
	/* 1700000060 + 400 * 86400 = 1734560060 */
	assert_int_equal(times(&plain, "1734560059", NULL, NULL), SESSION_OK);
	assert_int_equal(times(&plain, "1734560060", NULL, NULL), SESSION_OK);
	assert_int_equal(
	    times(&plain, "1734560061", NULL, NULL), SESSION_EXPIRY_FAR);
	assert_int_equal(
	    times(&plain, "1700003600000", NULL, NULL), SESSION_EXPIRY_FAR);
	assert_int_equal(
	    times(&plain, "999999999999999", NULL, NULL), SESSION_EXPIRY_FAR);
}

TEST(a_time_is_a_number_of_seconds)
{
	static const char *const wrong[] = { "\"1700003600\"", "null", "true",
		"false", "[1700003600]", "{}", "1.7e15", "1e400",
		"1000000000000000", "\"\"" };
	const char *good = "1700003600";

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(
		    times(&plain, wrong[i], NULL, NULL), SESSION_TIME);
		assert_int_equal(
		    times(&plain, good, wrong[i], NULL), SESSION_TIME);
		assert_int_equal(
		    times(&plain, good, NULL, wrong[i]), SESSION_TIME);
	}
}

/* RFC 7519 2: any JSON number, so one with an exponent as well. */
TEST(a_time_may_have_an_exponent)
{
	const char *good = "1.7000036e9";

	assert_int_equal(times(&plain, good, NULL, NULL), SESSION_OK);
	assert_int_equal(times(&plain, good, "1.7E+09", "17e8"), SESSION_OK);
	assert_int_equal(
	    times(&plain, "1.7000000e9", NULL, NULL), SESSION_EXPIRED);
	assert_int_equal(
	    times(&plain, good, "1.7000031e9", NULL), SESSION_NOT_YET);
	assert_int_equal(
	    times(&plain, good, NULL, "1.7000031e9"), SESSION_FUTURE);
	assert_int_equal(
	    times(&plain, "1.7e12", NULL, NULL), SESSION_EXPIRY_FAR);
}

TEST(not_before_its_time)
{
	struct session_config c = plain;
	const char *exp = "1700003600";

	assert_int_equal(times(&c, exp, "1700000059", NULL), SESSION_OK);
	assert_int_equal(times(&c, exp, "1700000060", NULL), SESSION_OK);
	assert_int_equal(times(&c, exp, "1700000061", NULL), SESSION_NOT_YET);
	c.leeway = 30;
	assert_int_equal(times(&c, exp, "1700000090", NULL), SESSION_OK);
	assert_int_equal(times(&c, exp, "1700000091", NULL), SESSION_NOT_YET);
}

TEST(not_issued_in_the_future)
{
	struct session_config c = plain;
	const char *exp = "1700003600";

	assert_int_equal(times(&c, exp, NULL, "1700000060"), SESSION_OK);
	assert_int_equal(times(&c, exp, NULL, "1700000061"), SESSION_FUTURE);
	c.leeway = 30;
	assert_int_equal(times(&c, exp, NULL, "1700000090"), SESSION_OK);
	assert_int_equal(times(&c, exp, NULL, "1700000091"), SESSION_FUTURE);
}

TEST(max_age_counts_from_iat)
{
	struct session_config c = plain;

	c.max_age = 60;
	assert_int_equal(times(&c, NULL, NULL, "1699999999"), SESSION_AGE);
	assert_int_equal(times(&c, NULL, NULL, "1700000000"), SESSION_AGE);
	assert_int_equal(times(&c, NULL, NULL, "1700000001"), SESSION_OK);
	assert_int_equal(session.expires, 1700000061);
	assert_int_equal(
	    times(&c, NULL, NULL, "-999999999999999"), SESSION_AGE);
	assert_int_equal(times(&c, NULL, NULL, "1700000061"), SESSION_FUTURE);
	assert_int_equal(times(&c, NULL, NULL, NULL), SESSION_AGE);
	assert_int_equal(times(&c, "1700003600", NULL, NULL), SESSION_AGE);
	c.leeway = 30;
	assert_int_equal(times(&c, NULL, NULL, "1699999970"), SESSION_AGE);
	assert_int_equal(times(&c, NULL, NULL, "1699999971"), SESSION_OK);
	c.leeway = 0;
	c.max_age = 1;
	assert_int_equal(times(&c, NULL, NULL, "1700000059"), SESSION_AGE);
	assert_int_equal(times(&c, NULL, NULL, "1700000060"), SESSION_OK);
	assert_int_equal(session.expires, 1700000061);
	/* A missing iat is not 1970. */
	c.max_age = 1800000000;
	assert_int_equal(times(&c, NULL, NULL, NULL), SESSION_AGE);
	assert_int_equal(times(&c, NULL, NULL, "0"), SESSION_OK);
}

TEST(the_earlier_end_counts)
{
	struct session_config c = plain;

	c.max_age = 600;
	assert_int_equal(
	    times(&c, "1700000300", NULL, "1700000000"), SESSION_OK);
	assert_int_equal(session.expires, 1700000300);
	assert_int_equal(
	    times(&c, "1700003600", NULL, "1700000000"), SESSION_OK);
	assert_int_equal(session.expires, 1700000600);
	assert_int_equal(
	    times(&c, "1700000060", NULL, "1700000000"), SESSION_EXPIRED);
	assert_int_equal(
	    times(&c, "1734560061", NULL, "1700000000"), SESSION_EXPIRY_FAR);
}

/* A payload that is good but for the members in more. */
static enum session_why
with(const struct session_config *config, const char *more)
{
	char json[2048];

	(void)snprintf(json, sizeof(json),
	    "{\"sub\":\"a\",\"exp\":1700003600%s%s}", more[0] ? "," : "", more);
	return check(config, json);
}

TEST(an_audience_is_for_its_own)
{
	struct session_config c = plain;

	assert_int_equal(with(&c, ""), SESSION_OK);
	assert_int_equal(with(&c, "\"aud\":\"upload\""), SESSION_AUDIENCE);
	assert_int_equal(with(&c, "\"aud\":\"\""), SESSION_AUDIENCE);
	assert_int_equal(with(&c, "\"aud\":null"), SESSION_AUDIENCE);
	assert_int_equal(with(&c, "\"aud\":[]"), SESSION_AUDIENCE);
	c.audience = SPAN_LIT("upload");
	assert_int_equal(with(&c, "\"aud\":\"upload\""), SESSION_OK);
	assert_int_equal(with(&c, "\"aud\":[\"upload\"]"), SESSION_OK);
	assert_int_equal(with(&c, "\"aud\":[\"x\",\"upload\"]"), SESSION_OK);
	assert_int_equal(with(&c, ""), SESSION_AUDIENCE);
	assert_int_equal(with(&c, "\"aud\":\"uploads\""), SESSION_AUDIENCE);
	assert_int_equal(with(&c, "\"aud\":\"uploae\""), SESSION_AUDIENCE);
	assert_int_equal(with(&c, "\"aud\":\"Upload\""), SESSION_AUDIENCE);
	assert_int_equal(with(&c, "\"aud\":[]"), SESSION_AUDIENCE);
	assert_int_equal(with(&c, "\"aud\":[[\"upload\"]]"), SESSION_AUDIENCE);
	assert_int_equal(with(&c, "\"aud\":[\"upload\",1]"), SESSION_AUDIENCE);
	assert_int_equal(with(&c, "\"aud\":{\"upload\":1}"), SESSION_AUDIENCE);
}

TEST(the_issuer_is_equal)
{
	struct session_config c = plain;

	assert_int_equal(with(&c, "\"iss\":\"https://any\""), SESSION_OK);
	c.issuer = SPAN_LIT("https://a");
	assert_int_equal(with(&c, "\"iss\":\"https://a\""), SESSION_OK);
	assert_int_equal(with(&c, "\"iss\":\"https:\\/\\/a\""), SESSION_OK);
	assert_int_equal(with(&c, "\"iss\":\"https://b\""), SESSION_ISSUER);
	assert_int_equal(with(&c, "\"iss\":\"https://ab\""), SESSION_ISSUER);
	assert_int_equal(with(&c, "\"iss\":\"https://\""), SESSION_ISSUER);
	assert_int_equal(with(&c, "\"iss\":[\"https://a\"]"), SESSION_ISSUER);
	assert_int_equal(with(&c, "\"iss\":null"), SESSION_ISSUER);
	assert_int_equal(with(&c, ""), SESSION_ISSUER);
}

TEST(required_claims)
{
	const struct span roles[] = { SPAN_INIT("editor"), SPAN_INIT("7"),
		SPAN_INIT("true") };
	const struct claim_rule rules[] = {
		{ SPAN_INIT("user.role"), 3, roles, false },
		{ SPAN_INIT("type"), 1, roles, false },
	};
	struct session_config c = plain;

	c.n_require = 1;
	c.require = rules;
	assert_int_equal(
	    with(&c, "\"user\":{\"role\":\"editor\"}"), SESSION_OK);
	assert_int_equal(with(&c, "\"user\":{\"role\":7}"), SESSION_OK);
	assert_int_equal(with(&c, "\"user\":{\"role\":true}"), SESSION_OK);
	assert_int_equal(
	    with(&c, "\"user\":{\"role\":[\"x\",\"editor\"]}"), SESSION_OK);
	assert_int_equal(
	    with(&c, "\"user\":{\"role\":[\"x\"]}"), SESSION_CLAIM);
	assert_int_equal(with(&c, "\"user\":{\"role\":[]}"), SESSION_CLAIM);
	assert_int_equal(
	    with(&c, "\"user\":{\"role\":[\"editor\",1]}"), SESSION_CLAIM);
	assert_int_equal(
	    with(&c, "\"user\":{\"role\":\"editos\"}"), SESSION_CLAIM);
	assert_int_equal(with(&c, "\"user\":{\"role\":8}"), SESSION_CLAIM);
	assert_int_equal(with(&c, "\"user\":{\"role\":7.0}"), SESSION_CLAIM);
	assert_int_equal(with(&c, "\"user\":{\"role\":false}"), SESSION_CLAIM);
	assert_int_equal(with(&c, "\"user\":{\"role\":null}"), SESSION_CLAIM);
	assert_int_equal(with(&c, "\"user\":{\"role\":{}}"), SESSION_CLAIM);
	assert_int_equal(with(&c, "\"role\":\"editor\""), SESSION_CLAIM);
	assert_int_equal(with(&c, ""), SESSION_CLAIM);
	c.n_require = 2;
	assert_int_equal(
	    with(&c, "\"user\":{\"role\":7},\"type\":\"editor\""), SESSION_OK);
	assert_int_equal(
	    with(&c, "\"user\":{\"role\":7},\"type\":\"7\""), SESSION_CLAIM);
	assert_int_equal(with(&c, "\"user\":{\"role\":7}"), SESSION_CLAIM);
}

/* Better Auth's session ends inside the token that caches it. */
TEST(an_end_inside)
{
	static const struct {
		const char *more;
		enum session_why why;
		long long expires;
	} cases[] = {
		{ "\"s\":{\"e\":\"2023-11-14T22:13:21.000Z\"}", SESSION_ENDED,
		    0 },
		/* now is 1700000060 */
		{ "\"s\":{\"e\":\"2023-11-14T22:14:20.999Z\"}", SESSION_ENDED,
		    0 },
		{ "\"s\":{\"e\":\"2023-11-14T22:14:21.000Z\"}", SESSION_OK,
		    1700000061 },
		{ "\"s\":{\"e\":\"2023-11-14T22:14:21Z\"}", SESSION_OK,
		    1700000061 },
		{ "\"s\":{\"e\":\"2030-11-21T22:13:20.000Z\"}", SESSION_OK,
		    1700003600 },
		{ "", SESSION_OWN_END, 0 },
		{ "\"s\":{}", SESSION_OWN_END, 0 },
		{ "\"s\":\"2030-11-21T22:13:20.000Z\"", SESSION_OWN_END, 0 },
		{ "\"e\":\"2030-11-21T22:13:20.000Z\"", SESSION_OWN_END, 0 },
		{ "\"s\":{\"e\":null}", SESSION_OWN_END, 0 },
		{ "\"s\":{\"e\":1900000000}", SESSION_OWN_END, 0 },
		{ "\"s\":{\"e\":\"\"}", SESSION_OWN_END, 0 },
		{ "\"s\":{\"e\":\"2030-11-21\"}", SESSION_OWN_END, 0 },
		{ "\"s\":{\"e\":\"2030-02-30T22:13:20.000Z\"}", SESSION_OWN_END,
		    0 },
		{ "\"s\":{\"e\":\"2030-11-21T22:13:20.000\"}", SESSION_OWN_END,
		    0 },
		{ "\"s\":{\"e\":\"2030-11-21T22:13:20.000Z\",\"e\":1}",
		    SESSION_TWICE, 0 },
	};
	struct session_config c = plain;

	c.signing.own_end = SPAN_LIT("s.e");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(with(&c, cases[i].more), cases[i].why);
		if (cases[i].why == SESSION_OK)
			assert_int_equal(session.expires, cases[i].expires);
	}
	c.leeway = 1;
	assert_int_equal(with(&c, cases[1].more), SESSION_OK);
	assert_int_equal(with(&c, cases[0].more), SESSION_ENDED);
}

/* May be missing, and is none of these: Supabase's and Better Auth's guests. */
TEST(claims_that_never_may_be)
{
	const struct span guests[] = { SPAN_INIT("true"), SPAN_INIT("anon") };
	const struct claim_rule rule = { SPAN_INIT("user.anon"), 2, guests,
		true };
	static const char *const right[] = { "", "\"user\":{}",
		"\"user\":{\"anon\":null}", "\"user\":{\"anon\":false}",
		"\"user\":{\"anon\":\"no\"}", "\"user\":{\"anon\":0}",
		"\"anon\":true" };
	static const char *const wrong[] = { "\"user\":{\"anon\":true}",
		"\"user\":{\"anon\":\"true\"}", "\"user\":{\"anon\":\"anon\"}",
		"\"user\":{\"anon\":[]}", "\"user\":{\"anon\":[\"no\"]}",
		"\"user\":{\"anon\":{}}", "\"user\":{\"anon\":1.5}" };
	struct session_config c = plain;

	c.n_require = 1;
	c.require = &rule;
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		assert_int_equal(with(&c, right[i]), SESSION_OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(with(&c, wrong[i]), SESSION_CLAIM);
	assert_int_equal(with(&c, "\"user\":{\"anon\":false,\"anon\":false}"),
	    SESSION_TWICE);
}

/* The user that this JSON value makes, NULL for none. */
static void
check_user(const char *value, const char *user)
{
	char json[2048];
	enum session_why why;

	(void)snprintf(
	    json, sizeof(json), "{\"exp\":1700003600,\"sub\":%s}", value);
	why = check(&plain, json);
	if (why != (user == NULL ? SESSION_USER : SESSION_OK))
		fail_msg("%s gives %d", value, (int)why);
	if (user != NULL)
		assert_true(span_is(session.user, user));
}

TEST(the_user_is_text_or_digits)
{
	static const char *const wrong[] = { "null", "true", "false", "{}",
		"[]", "[\"a\"]", "{\"id\":42}", "\"\"", "-0", "4.2e1", "42.0",
		"1000000000000000000", "\"a\\nb\"", "\"a\\u0001\"",
		"\"a\\u007f\"", "\"\x7f\"", "\"a\\u0085\"", "\"\xc2\x85\"" };

	check_user("\"42\"", "42");
	check_user("42", "42");
	check_user("-42", "-42");
	check_user("0", "0");
	check_user("\"\\u0061\"", "a");
	check_user("\"J\xc3\xb6rg@example.com\"", "J\xc3\xb6rg@example.com");
	check_user("\"a b/c\"", "a b/c");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check_user(wrong[i], NULL);
}

TEST(the_user_has_at_most_255_bytes)
{
	char json[USER_MAX + 16], user[USER_MAX + 2];

	for (size_t n = USER_MAX - 1; n <= USER_MAX + 1; n++) {
		memset(user, 'u', n);
		user[n] = '\0';
		(void)snprintf(json, sizeof(json), "\"%s\"", user);
		check_user(json, n <= USER_MAX ? user : NULL);
	}
}

TEST(the_user_must_be_there)
{
	struct session_config c = plain;

	assert_int_equal(check(&c, "{\"exp\":1700003600}"), SESSION_USER);
	assert_int_equal(
	    check(&c, "{\"exp\":1700003600,\"Sub\":\"a\"}"), SESSION_USER);
	assert_int_equal(
	    check(&c, "{\"exp\":1700003600,\"x\":{\"sub\":\"a\"}}"),
	    SESSION_USER);
	c.user = SPAN_LIT("");
	assert_int_equal(
	    check(&c, "{\"exp\":1700003600,\"\":\"a\"}"), SESSION_USER);
	c.user = SPAN_LIT("u.k[0][1]");
	assert_int_equal(
	    check(&c, "{\"exp\":1700003600,\"u\":{\"k\":[[1,\"a\"]]}}"),
	    SESSION_OK);
	assert_true(span_is(session.user, "a"));
	assert_int_equal(
	    check(&c, "{\"exp\":1700003600,\"u\":{\"k\":[[1],\"a\"]}}"),
	    SESSION_USER);
}

TEST(nothing_that_is_read_is_there_twice)
{
	const struct span is[] = { SPAN_INIT("a") };
	const struct claim_rule rule = { SPAN_INIT("role"), 1, is, false };
	struct session_config c = plain;

	c.issuer = c.audience = SPAN_LIT("a");
	c.n_require = 1;
	c.require = &rule;
#define GOOD "\"iss\":\"a\",\"aud\":\"a\",\"role\":\"a\",\"nbf\":1,\"iat\":1"
	assert_int_equal(with(&c, GOOD), SESSION_OK);
	assert_int_equal(with(&c, GOOD ",\"x\":1,\"x\":2"), SESSION_OK);
	assert_int_equal(with(&c, GOOD ",\"exp\":1700003600"), SESSION_TWICE);
	assert_int_equal(with(&c, GOOD ",\"nbf\":1"), SESSION_TWICE);
	assert_int_equal(with(&c, GOOD ",\"iat\":1"), SESSION_TWICE);
	assert_int_equal(with(&c, GOOD ",\"aud\":\"a\""), SESSION_TWICE);
	assert_int_equal(with(&c, GOOD ",\"iss\":\"a\""), SESSION_TWICE);
	assert_int_equal(with(&c, GOOD ",\"role\":\"a\""), SESSION_TWICE);
	assert_int_equal(with(&c, GOOD ",\"sub\":\"a\""), SESSION_TWICE);
	assert_int_equal(with(&c, GOOD ",\"s\\u0075b\":\"a\""), SESSION_TWICE);
#undef GOOD
}

TEST(no_room_is_no_user)
{
	struct session_config c = plain;

	assert_int_equal(with(&c, ""), SESSION_OK);
	arena.cap = arena.n;
	assert_int_equal(
	    claims_check(&c, NOW, &arena, &session).why, SESSION_USER);
}

TEST(a_claim_is_text_digits_or_a_word)
{
	struct span out;

	assert_int_equal(
	    with(&plain, "\"a\":{\"t\":\"x\\u00e4\",\"n\":7,\"y\":true,"
			 "\"f\":false,\"l\":[\"e\"],\"z\":null,\"r\":1.5,"
			 "\"c\":\"\\n\",\"e\":\"\",\"d\":1,\"d\":1}"),
	    SESSION_OK);
#define CLAIM(path) session_claim(&session, SPAN_LIT(path), &arena, &out)
	assert_true(CLAIM("a.t"));
	assert_true(span_is(out, "x\xc3\xa4"));
	assert_true(CLAIM("a.n"));
	assert_true(span_is(out, "7"));
	assert_true(CLAIM("a.y"));
	assert_true(span_is(out, "true"));
	assert_true(CLAIM("a.f"));
	assert_true(span_is(out, "false"));
	assert_true(CLAIM("a.l[0]"));
	assert_true(span_is(out, "e"));
	assert_true(CLAIM("a.e"));
	assert_int_equal(out.n, 0);
	assert_false(CLAIM("a"));
	assert_false(CLAIM("a.l"));
	assert_false(CLAIM("a.z"));
	assert_false(CLAIM("a.r"));
	assert_false(CLAIM("a.c"));
	assert_false(CLAIM("a.d"));
	assert_false(CLAIM("a.x"));
	assert_null(out.p);
	session = (struct session){ 0 };
	assert_false(CLAIM("a.t"));
#undef CLAIM
}
