#include "test.h"

#include "guard.h"
#include "session/formats.h"

#define DAY 86400LL

/* What whoever writes a configuration relies on, for each format. */
static const struct {
	const char *name, *cookie, *user, *audience, *claim, *is;
	enum session_format format;
	enum hash hash;
	long long max_age;
	bool endless;
} expected[] = {
	{ "jwt", NULL, "sub", NULL, NULL, NULL, FORMAT_JWT, HASH_SHA256, 0,
	    false },
	{ "flask-jwt-extended", "access_token_cookie", "sub", NULL, "type",
	    "access", FORMAT_JWT, HASH_SHA256, 0, false },
	{ "fastapi-users", "fastapiusersauth", "sub", "fastapi-users:auth",
	    NULL, NULL, FORMAT_JWT, HASH_SHA256, 0, false },
	{ "simplejwt", NULL, "user_id", NULL, "token_type", "access",
	    FORMAT_JWT, HASH_SHA256, 0, false },
	{ "payload", "payload-token", "id", NULL, "collection", NULL,
	    FORMAT_JWT, HASH_SHA256, 0, false },
	{ "play", "PLAY_SESSION", NULL, NULL, NULL, NULL, FORMAT_JWT,
	    HASH_SHA256, DAY, false },
	{ "better-auth", "better-auth.session_data", "user.id", NULL,
	    "user.isAnonymous", "true", FORMAT_JWT, HASH_SHA256, 0, false },
	{ "supabase", NULL, "sub", "authenticated", "role", "anon",
	    FORMAT_SUPABASE, HASH_SHA256, 0, false },
	{ "flask", "session", "_user_id", NULL, NULL, NULL, FORMAT_ITSDANGEROUS,
	    HASH_SHA1, 31 * DAY, false },
	{ "starlette", "session", NULL, NULL, NULL, NULL, FORMAT_ITSDANGEROUS,
	    HASH_SHA1, 14 * DAY, false },
	{ "django", "sessionid", "_auth_user_id", NULL, NULL, NULL,
	    FORMAT_ITSDANGEROUS, HASH_SHA256, 14 * DAY, false },
	{ "django-cookie", NULL, "", NULL, NULL, NULL, FORMAT_ITSDANGEROUS,
	    HASH_SHA256, DAY, false },
	{ "itsdangerous", NULL, NULL, NULL, NULL, NULL, FORMAT_ITSDANGEROUS,
	    HASH_SHA1, DAY, false },
	{ "express", "session", "passport.user", NULL, NULL, NULL,
	    FORMAT_KEYGRIP, HASH_SHA1, 0, true },
	{ "koa", "koa.sess", NULL, NULL, NULL, NULL, FORMAT_KEYGRIP, HASH_SHA1,
	    0, false },
	{ "cookie-signature", NULL, NULL, NULL, NULL, NULL,
	    FORMAT_COOKIE_SIGNATURE, HASH_SHA256, 0, true },
	{ "remote_user", "", "", NULL, NULL, NULL, FORMAT_REMOTE_USER,
	    HASH_NONE, 0, false },
	{ "php", "PHPSESSID", NULL, NULL, NULL, NULL, FORMAT_PHP, HASH_NONE,
	    1440, false },
};
#define N_EXPECTED (sizeof(expected) / sizeof(expected[0]))

/* The same text, or none both times. */
static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const struct format_row *
named(const char *name)
{
	struct span copy = guarded(span_of(name));
	const struct format_row *row = format_named(copy);

	guard_free(copy);
	return row;
}

/* What a configuration of this format and this user says. */
static struct session_config
configured(const char *name, const char *user)
{
	struct session_config c = { .leeway = 7, .bearer = true };

	format_apply(named(name), &c);
	c.user = span_of(user);
	format_body(named(name), &c);
	assert_int_equal(c.leeway, 7);
	assert_true(c.bearer);
	return c;
}

TEST(every_format)
{
	size_t n = 0;

	while (formats[n].name != NULL)
		n++;
	assert_int_equal(n, N_EXPECTED);
	for (size_t i = 0; i < N_EXPECTED; i++) {
		const struct format_row *row = named(expected[i].name);

		assert_non_null(row);
		assert_string_equal(row->name, expected[i].name);
		assert_true(same(row->cookie, expected[i].cookie));
		assert_true(same(row->user, expected[i].user));
		assert_true(same(row->audience, expected[i].audience));
		assert_true(same(row->claims[0].claim, expected[i].claim));
		assert_true(same(row->claims[0].is[0], expected[i].is));
		assert_int_equal(row->format, expected[i].format);
		assert_int_equal(row->hash, expected[i].hash);
		assert_int_equal(row->max_age, expected[i].max_age);
		assert_int_equal(row->endless, expected[i].endless);
		assert_true(strlen(row->of) > 2);
	}
}

TEST(no_other_name)
{
	static const char *const wrong[] = { "", "JWT", "jw", "jwt ", "jwts",
		" jwt", "Flask", "flask-session", "flask_jwt_extended",
		"django_cookie", "none", "remote-user", "php\n" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_null(named(wrong[i]));
	assert_null(format_named(SPAN_LIT("jwt\0")));
	assert_null(format_named((struct span){ NULL, 0 }));
}

TEST(each_name_once)
{
	for (const struct format_row *a = formats; a->name != NULL; a++)
		for (const struct format_row *b = formats; b != a; b++)
			assert_string_not_equal(a->name, b->name);
}

/* The rows agree with themselves. */
TEST(what_goes_together)
{
	for (const struct format_row *row = formats; row->name != NULL; row++) {
		bool keys = (row->takes & TAKES_KEYS) != 0;
		bool claims = (row->takes & TAKES_CLAIMS) != 0;

		assert_int_equal(keys, row->hash != HASH_NONE);
		assert_true(!claims || (row->takes & TAKES_USER) != 0);
		for (size_t k = 0; k < FORMAT_CLAIMS_MAX; k++) {
			const struct format_claim *own = &row->claims[k];

			assert_true((own->claim == NULL) == (own->kind == 0));
			assert_true(
			    (own->is[0] == NULL) ==
			    (own->kind == 0 || own->kind == CLAIM_CONFIGURED));
		}
		assert_true(row->claims[0].claim == NULL || claims);
		/* Who cannot say it must not have to. */
		assert_true(
		    (row->takes & TAKES_COOKIE) != 0 || row->cookie != NULL);
		assert_true(
		    (row->takes & TAKES_USER) != 0 || row->user != NULL);
		assert_true(
		    row->audience == NULL || (row->takes & TAKES_JWT) != 0);
		assert_true(
		    row->max_age == 0 || (row->takes & TAKES_MAX_AGE) != 0);
		assert_true(!row->endless || row->max_age == 0);
		assert_in_range(row->max_age, 0, SESSION_AHEAD_MAX_SECONDS);
		assert_int_equal((row->takes & TAKES_VARIABLE) != 0,
		    row->format == FORMAT_REMOTE_USER);
		assert_int_equal((row->takes & TAKES_SAVE_PATH) != 0,
		    row->format == FORMAT_PHP);
		assert_int_equal((row->takes & TAKES_JWT) != 0,
		    row->format == FORMAT_JWT ||
			row->format == FORMAT_SUPABASE);
	}
}

TEST(a_row_is_applied)
{
	for (size_t i = 0; i < N_EXPECTED; i++) {
		struct session_config c = configured(expected[i].name, "x");

		assert_string_equal(c.name, expected[i].name);
		assert_int_equal(c.format, expected[i].format);
		assert_int_equal(c.hash, expected[i].hash);
		assert_true(span_eq(c.cookie, span_of(expected[i].cookie)));
		assert_true(span_eq(c.audience, span_of(expected[i].audience)));
		assert_int_equal(c.max_age, expected[i].max_age);
		assert_int_equal(c.n_require, 0);
		assert_int_equal(c.n_keys, 0);
		format_apply(named(expected[i].name), &c);
		assert_true(span_eq(c.user, span_of(expected[i].user)));
	}
}

TEST(how_the_frameworks_sign)
{
	static const struct {
		const char *name, *salt, *prefix;
		enum derivation derivation;
		int separator;
		enum stamp stamp;
		enum body body;
	} cases[] = {
		{ "flask", "cookie-session", "", DERIVE_HMAC, '.', STAMP_BYTES,
		    BODY_PACKED },
		{ "starlette", "itsdangerous.Signer", "", DERIVE_DJANGO_CONCAT,
		    '.', STAMP_BYTES, BODY_BASE64 },
		{ "django", "django.contrib.sessions.backends.signed_cookies",
		    "", DERIVE_DJANGO_CONCAT, ':', STAMP_BASE62, BODY_PACKED },
		{ "django-cookie", "", "django.http.cookies",
		    DERIVE_DJANGO_CONCAT, ':', STAMP_BASE62, BODY_TEXT },
		{ "itsdangerous", "itsdangerous", "", DERIVE_DJANGO_CONCAT, '.',
		    STAMP_BYTES, BODY_PACKED },
		{ "payload", "", "", DERIVE_HEX32, 0, STAMP_NONE, BODY_TEXT },
		{ "jwt", "", "", DERIVE_NOTHING, 0, STAMP_NONE, BODY_TEXT },
		{ "koa", "", "", DERIVE_NOTHING, 0, STAMP_NONE, BODY_TEXT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct signing *s = &named(cases[i].name)->signing;

		assert_true(span_is(s->salt, cases[i].salt));
		assert_true(span_is(s->prefix, cases[i].prefix));
		assert_int_equal(s->derivation, cases[i].derivation);
		assert_int_equal(s->separator, cases[i].separator);
		assert_int_equal(s->stamp, cases[i].stamp);
		assert_int_equal(s->body, cases[i].body);
		assert_int_equal(s->salt_has_cookie,
		    strcmp(cases[i].name, "django-cookie") == 0);
		assert_int_equal(
		    s->expiry_required, strcmp(cases[i].name, "koa") == 0);
	}
}

/* A path needs an object; without one the value is the name itself. */
TEST(the_body_follows_the_user)
{
	struct session_config c = configured("itsdangerous", "user.id");

	assert_int_equal(c.signing.body, BODY_PACKED);
	assert_true(span_is(c.signing.salt, "itsdangerous"));
	c = configured("itsdangerous", "");
	assert_int_equal(c.signing.body, BODY_TEXT);
	assert_true(span_is(c.signing.salt, "itsdangerous.Signer"));
	c = configured("cookie-signature", "user.id");
	assert_int_equal(c.signing.body, BODY_PREFIXED);
	assert_int_equal(c.signing.salt.n, 0);
	c = configured("cookie-signature", "");
	assert_int_equal(c.signing.body, BODY_TEXT);
	assert_int_equal(c.signing.salt.n, 0);
	/* Nobody else has the choice. */
	for (const struct format_row *row = formats; row->name != NULL; row++) {
		if ((row->takes & TAKES_TEXT) != 0)
			continue;
		c = configured(row->name, "");
		assert_int_equal(c.signing.body, row->signing.body);
		assert_true(span_eq(c.signing.salt, row->signing.salt));
		c = configured(row->name, "user.id");
		assert_int_equal(c.signing.body, row->signing.body);
	}
}
