#include "test.h"

#include "reading_session.h"

TEST(test_defaults)
{
	const struct session_config *s = right("");

	assert_int_equal(s->format, FORMAT_JWT);
	assert_int_equal(s->hash, HASH_SHA256);
	assert_true(span_is(s->cookie, "s"));
	assert_true(span_is(s->user, "sub"));
	assert_false(s->bearer);
	assert_true(s->audience.n == 0 && s->issuer.n == 0);
	assert_true(s->leeway == 0 && s->max_age == 0 && s->n_require == 0);
	assert_int_equal(s->n_keys, 1);
	assert_true(span_is(s->keys[0].id, "1"));
	assert_true(
	    is_key_of(s->keys[0].hmac, HASH_SHA256, SPAN_LIT(SANDBOX_KEY)));
}

TEST(test_all)
{
	const struct session_config *s = right(
	    "format = \"jwt\"; algorithm = \"HS512\"; user = \"app.user[0]\"; "
	    "bearer = true; audience = \"a\"; issuer = \"i\"; leeway = 300; "
	    "max_age = 34560000; require = ( { claim = \"c\"; is = \"d\"; } "
	    ");");

	assert_int_equal(s->hash, HASH_SHA512);
	assert_true(span_is(s->user, "app.user[0]"));
	assert_true(s->bearer);
	assert_true(span_is(s->audience, "a") && span_is(s->issuer, "i"));
	assert_true(s->leeway == 300 && s->max_age == 34560000);
	assert_int_equal(s->n_require, 1);
	assert_true(span_is(s->require[0].claim, "c"));
	assert_true(
	    is_key_of(s->keys[0].hmac, HASH_SHA512, SPAN_LIT(SANDBOX_KEY)));
}

TEST(test_presence)
{
	read_text("");
	said_once("error 0: session is missing");
	read_text("session = \"jwt\";");
	said_once("session must be a group");
	read_text("session = { };");
	assert_true(sandbox_said(&b.box, "cookie is missing in session"));
	assert_true(sandbox_said(&b.box, "keys must be a list of 1 to 8 keys"));
	assert_int_equal(b.box.report.errors, 2);
	wrong("coookie = \"x\";", "error 2: unknown name \"coookie\" here: did "
				  "you mean \"cookie\"?");
}

/* The least that each format takes, and what comes of it. */
static const struct {
	const char *text, *cookie, *user;
	enum session_format format;
	long long max_age;
	const char *warned; /* NULL: nothing is said */
} least[] = {
	{ "cookie = \"s\"; " KEYS, "s", "sub", FORMAT_JWT, 0, NULL },
	{ "format = \"jwt\"; cookie = \"s\"; " KEYS, "s", "sub", FORMAT_JWT, 0,
	    NULL },
	{ "format = \"flask-jwt-extended\"; " KEYS, "access_token_cookie",
	    "sub", FORMAT_JWT, 0, NULL },
	{ "format = \"fastapi-users\"; " KEYS, "fastapiusersauth", "sub",
	    FORMAT_JWT, 0, NULL },
	{ "format = \"simplejwt\"; cookie = \"s\"; " KEYS, "s", "user_id",
	    FORMAT_JWT, 0, NULL },
	{ "format = \"payload\"; collection = \"users\"; " KEYS,
	    "payload-token", "id", FORMAT_JWT, 0, NULL },
	{ "format = \"play\"; user = \"data.u\"; " KEYS, "PLAY_SESSION",
	    "data.u", FORMAT_JWT, 86400, NULL },
	{ "format = \"better-auth\"; " KEYS, "better-auth.session_data",
	    "user.id", FORMAT_JWT, 0, NULL },
	{ "format = \"supabase\"; cookie = \"s\"; " KEYS, "s", "sub",
	    FORMAT_SUPABASE, 0, NULL },
	{ "format = \"flask\"; " KEYS, "session", "_user_id",
	    FORMAT_ITSDANGEROUS, 31 * 86400, NULL },
	{ "format = \"starlette\"; user = \"u\"; " KEYS, "session", "u",
	    FORMAT_ITSDANGEROUS, 14 * 86400, NULL },
	{ "format = \"django\"; " KEYS, "sessionid", "_auth_user_id",
	    FORMAT_ITSDANGEROUS, 14 * 86400, NULL },
	{ "format = \"django-cookie\"; cookie = \"s\"; " KEYS, "s", "",
	    FORMAT_ITSDANGEROUS, 86400, NULL },
	{ "format = \"itsdangerous\"; cookie = \"s\"; user = \"\"; " KEYS, "s",
	    "", FORMAT_ITSDANGEROUS, 86400, NULL },
	{ "format = \"express\"; " KEYS, "session", "passport.user",
	    FORMAT_KEYGRIP, 0, "never expires" },
	{ "format = \"koa\"; user = \"u\"; " KEYS, "koa.sess", "u",
	    FORMAT_KEYGRIP, 0, NULL },
	{ "format = \"cookie-signature\"; cookie = \"s\"; user = \"id\"; " KEYS,
	    "s", "id", FORMAT_COOKIE_SIGNATURE, 0, "never expires" },
	{ "format = \"remote_user\"; variable = \"SIGNPOST_USER\";", "", "",
	    FORMAT_REMOTE_USER, 0, NULL },
	{ "format = \"php\"; user = \"u\"; save_path = \"/tmp\";", "PHPSESSID",
	    "u", FORMAT_PHP, 1440, NULL },
};

#define LEAST (sizeof(least) / sizeof(least[0]))

TEST(test_least)
{
	for (size_t i = 0; i < LEAST; i++) {
		const struct session_config *s = read_group(least[i].text);

		if (least[i].warned == NULL)
			assert_string_equal(b.box.said, "");
		else
			assert_true(sandbox_said(&b.box, least[i].warned));
		assert_int_equal(b.box.report.errors, 0);
		assert_int_equal(s->format, least[i].format);
		assert_true(span_is(s->cookie, least[i].cookie));
		assert_true(span_is(s->user, least[i].user));
		assert_int_equal(s->max_age, least[i].max_age);
	}
}

/* Without cookie, without user, without keys: asked for where it must be. */
TEST(test_less)
{
	wrong_group("format = \"simplejwt\"; " KEYS, "cookie is missing");
	wrong_group("format = \"supabase\"; " KEYS, "cookie is missing");
	wrong_group("format = \"django-cookie\"; " KEYS, "cookie is missing");
	wrong_group("format = \"play\"; " KEYS, "user is missing in session");
	wrong_group("format = \"starlette\"; " KEYS, "user is missing");
	wrong_group("format = \"koa\"; " KEYS, "user is missing");
	wrong_group("format = \"cookie-signature\"; cookie = \"s\"; " KEYS,
	    "user is missing");
	wrong_group("format = \"itsdangerous\"; cookie = \"s\"; " KEYS,
	    "user is missing");
	wrong_group("format = \"flask\";", "keys must be a list");
	wrong_group("format = \"remote_user\";", "variable is missing");
	wrong_group(
	    "format = \"php\"; save_path = \"/tmp\";", "user is missing");
	wrong_group("format = \"php\"; user = \"u\";", "save_path is missing");
}

TEST(test_format)
{
	wrong("format = \"jwe\";", "did you mean \"jwt\"?");
	wrong("format = \"Flask\";", "did you mean \"flask\"?");
	wrong("format = \"\";", "format = \"\" is not known");
	wrong("format = 1;", "format must be a string");
}

/* What a format has no use for would look like a check. */
TEST(test_useless)
{
	static const char *const flask[] = { "bearer = true;",
		"audience = \"a\";", "issuer = \"a\";", "salt = \"a\";",
		"key_derivation = \"hmac\";", "timed = true;",
		"variable = \"A\";", "save_path = \"/tmp\";",
		"collection = \"users\";", "serialize_handler = \"php\";" };
	static const char *const remote[] = { "cookie = \"s\";", KEYS,
		"user = \"u\";",
		"require = ( { claim = \"c\"; is = \"d\"; } );",
		"algorithm = \"sha256\";" };
	char text[256];

	for (size_t i = 0; i < sizeof(flask) / sizeof(flask[0]); i++) {
		snprintf(text, sizeof(text), "format = \"flask\"; " KEYS "\n%s",
		    flask[i]);
		wrong_group(text, "has no meaning with format = \"flask\"");
		assert_true(sandbox_said(&b.box, "error 3: "));
	}
	for (size_t i = 0; i < sizeof(remote) / sizeof(remote[0]); i++) {
		snprintf(text, sizeof(text),
		    "format = \"remote_user\"; variable = \"A\";\n%s",
		    remote[i]);
		wrong_group(
		    text, "has no meaning with format = \"remote_user\"");
	}
	wrong_group("format = \"payload\"; collection = \"users\"; "
		    "algorithm = \"HS256\"; " KEYS,
	    "algorithm has no meaning with format = \"payload\"");
	wrong_group("format = \"koa\"; user = \"u\"; max_age = 60; " KEYS,
	    "says no time of issue that max_age could count from");
	wrong_group("format = \"remote_user\"; variable = \"A\"; "
		    "max_age = 60;",
	    "says no time of issue");
}

/* The row's own claim stands before those that are asked for. */
TEST(test_own_claim)
{
	const struct session_config *s =
	    right_group("format = \"flask-jwt-extended\"; " KEYS);

	assert_int_equal(s->n_require, 1);
	assert_true(span_is(s->require[0].claim, "type"));
	assert_int_equal(s->require[0].n, 1);
	assert_true(span_is(s->require[0].is[0], "access"));
	s = right_group("format = \"simplejwt\"; cookie = \"s\"; require = ( { "
			"claim = \"c\"; is = \"d\"; } ); " KEYS);
	assert_int_equal(s->n_require, 2);
	assert_true(span_is(s->require[0].claim, "token_type"));
	assert_true(span_is(s->require[0].is[0], "access"));
	assert_true(span_is(s->require[1].claim, "c"));
	s = right_group("format = \"fastapi-users\"; " KEYS);
	assert_true(span_is(s->audience, "fastapi-users:auth"));
	s = right_group(
	    "format = \"fastapi-users\"; audience = \"mine\"; " KEYS);
	assert_true(span_is(s->audience, "mine"));
}

/* Ids of two collections are not the same user: it must be said which. */
TEST(test_collection)
{
	const struct session_config *s = right_group(
	    "format = \"payload\"; collection = \"customers\"; " KEYS);

	assert_int_equal(s->n_require, 1);
	assert_true(span_is(s->require[0].claim, "collection"));
	assert_int_equal(s->require[0].n, 1);
	assert_true(span_is(s->require[0].is[0], "customers"));
	assert_false(s->require[0].never);
	wrong_group("format = \"payload\"; " KEYS,
	    "collection is missing in session: say whose ids are the users'");
	wrong_group("format = \"payload\"; collection = \"\"; " KEYS,
	    "collection is empty");
	wrong_group("format = \"payload\"; collection = [ \"users\" ]; " KEYS,
	    "collection must be a string");
	wrong_group("format = \"simplejwt\"; cookie = \"s\"; collection = "
		    "\"users\"; " KEYS,
	    "collection has no meaning with format = \"simplejwt\"");
}

/* What is nobody, and who is a guest: the latter a site may want. */
TEST(test_guests)
{
	const struct session_config *s =
	    right_group("format = \"supabase\"; cookie = \"s\"; " KEYS);

	assert_int_equal(s->n_require, 2);
	assert_true(span_is(s->require[0].claim, "role"));
	assert_int_equal(s->require[0].n, 2);
	assert_true(s->require[0].never && s->require[1].never);
	assert_true(span_is(s->require[1].claim, "is_anonymous"));
	assert_true(span_is(s->require[1].is[0], "true"));
	s = right_group(
	    "format = \"supabase\"; cookie = \"s\"; require = ( { claim = "
	    "\"is_anonymous\"; is = [ \"true\", \"false\" ]; }, { claim = "
	    "\"role\"; is = \"anon\"; } ); " KEYS);
	assert_int_equal(s->n_require, 3);
	assert_true(
	    s->require[0].never && span_is(s->require[0].claim, "role"));
	assert_false(s->require[1].never || s->require[2].never);
	s = right_group("format = \"better-auth\"; " KEYS);
	assert_int_equal(s->n_require, 1);
	assert_true(span_is(s->require[0].claim, "user.isAnonymous"));
	assert_true(s->require[0].never);
}

/* user = "": the value is the name, so that there are no claims. */
TEST(test_text)
{
	const struct session_config *s =
	    warned_group("format = \"cookie-signature\"; cookie = \"s\"; "
			 "user = \"\"; " KEYS,
		"never expires");

	assert_int_equal(s->signing.body, BODY_TEXT);
	assert_true(sandbox_said(&b.box, "whatever the site signs with"));
	s = warned_group("format = \"cookie-signature\"; cookie = \"s\"; "
			 "user = \"id\"; " KEYS,
	    "never expires");
	assert_int_equal(s->signing.body, BODY_PREFIXED);
	assert_null(strstr(b.box.said, "whatever the site signs"));
	s = right_group("format = \"itsdangerous\"; cookie = \"s\"; user = "
			"\"\"; " KEYS);
	assert_int_equal(s->signing.body, BODY_TEXT);
	assert_true(span_is(s->signing.salt, "itsdangerous.Signer"));
	s = right_group("format = \"itsdangerous\"; cookie = \"s\"; user = "
			"\"id\"; " KEYS);
	assert_int_equal(s->signing.body, BODY_PACKED);
	assert_true(span_is(s->signing.salt, "itsdangerous"));
	wrong_group("format = \"itsdangerous\"; cookie = \"s\"; user = \"\"; "
		    "require = ( { claim = \"c\"; is = \"d\"; } ); " KEYS,
	    "no claim can be required of it");
	wrong_group(
	    "format = \"flask\"; user = \"\"; " KEYS, "user = \"\" is no path");
}

/* What every guest has is no user, by its name or by its salt. */
TEST(test_of_guests)
{
	static const char *const cookies[] = { "connect.sid", "sails.sid",
		"sessionId", "better-auth.session_token",
		"__Secure-better-auth.session_token",
		"__Host-better-auth.session_token", "shop.session_token",
		"__Host-connect.sid", "_csrf", "__session" };
	static const char *const others[] = { "uid", "connect.sid2",
		"xconnect.sid", "Connect.sid", "sessionid", "session_token",
		"__Secure-__Host-connect.sid", "better-auth.session_tokens" };
	char text[256];

	for (size_t i = 0; i < sizeof(cookies) / sizeof(cookies[0]); i++) {
		snprintf(text, sizeof(text),
		    "format = \"cookie-signature\"; user = \"\"; " KEYS
		    "\ncookie = \"%s\";",
		    cookies[i]);
		wrong_group(text, "every guest has one");
		assert_true(sandbox_said(&b.box, "error 3: cookie = "));
		assert_null(strstr(b.box.said, "whatever the site signs"));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		snprintf(text, sizeof(text),
		    "format = \"cookie-signature\"; user = \"\"; cookie = "
		    "\"%s\"; " KEYS,
		    others[i]);
		read_group(text);
		assert_int_equal(b.box.report.errors, 0);
		assert_true(
		    sandbox_said(&b.box, "whatever the site signs with"));
	}
	/* React Router's own, where it holds an object. */
	warned_group("format = \"cookie-signature\"; cookie = \"__session\"; "
		     "user = \"userId\"; " KEYS,
	    "never expires");
	wrong_group("format = \"django-cookie\"; cookie = \"sessionid\"; " KEYS,
	    "Django's session");
	wrong_group(
	    "format = \"itsdangerous\"; cookie = \"s\"; user = \"\"; "
	    "key_derivation = \"hmac\"; salt = \"flask-session\"; " KEYS,
	    "salt = \"flask-session\" is that of Flask-Session's ids");
	wrong_group("format = \"itsdangerous\"; cookie = \"session\"; user = "
		    "\"\"; salt = \"cookie-session\"; " KEYS,
	    "that of Flask's session");
	right_group("format = \"itsdangerous\"; cookie = \"s\"; user = \"id\"; "
		    "salt = \"cookie-session\"; " KEYS);
}

TEST(test_cookie)
{
	char text[] = "session = { cookie = \"a?\"; " KEYS " };";
	char *at = strchr(text, '?');

	for (int c = 1; c < 256; c++) {
		bool is_name = c > 0x20 && c < 0x7f && strchr("=;,", c) == NULL;

		if (c == '"' || c == '\\')
			continue; /* would not be one string */
		*at = (char)c;
		read_text(text);
		assert_int_equal(b.box.report.errors, !is_name);
	}
	read_text("session = { cookie = \"\"; " KEYS " };");
	said_once("cookie = \"\" is no cookie's name");
	read_text("session = { cookie = \"a\\\"\"; " KEYS " };");
	said_once("is no cookie's name");
	read_text("session = { cookie = \"a\\\\\"; " KEYS " };");
	said_once("is no cookie's name");
	read_text("session = { cookie = \"koa:sess\"; " KEYS " };");
	assert_int_equal(b.box.report.errors, 0);
	assert_true(span_is(b.config.session.cookie, "koa:sess"));
}

TEST(test_members)
{
	wrong("user = \"\";", "user = \"\" is no path");
	wrong("user = \"a..b\";", "is no path");
	wrong("user = \"a[x]\";", "is no path");
	wrong("bearer = 1;", "bearer must be true or false");
	wrong("audience = \"\";", "audience is empty");
	wrong("issuer = \"\";", "issuer is empty");
	wrong("leeway = 301;", "leeway must be a whole number from 0 to 300");
	wrong("leeway = -1;", "leeway must be a whole number from 0 to 300");
	assert_int_equal(right("leeway = 0;")->leeway, 0);
	wrong(
	    "max_age = 0;", "max_age must be a whole number from 1 to 345600");
	wrong("max_age = 34560001;", "max_age must be a whole number");
	assert_int_equal(right("max_age = 1;")->max_age, 1);
	wrong("require = ( );", "require must be a list");
}

TEST(test_denied)
{
	wrong("deny_users_file = \"nowhere\";", "error 2: deny_users_file: ");
	wrong("deny_users_file = 1;", "deny_users_file must be a string");
	wrong(
	    "denied_users_file = \"x\";", "did you mean \"deny_users_file\"?");
	sandbox_file(&b.box, "denied.users", "mallory\n", 0644);
	right("deny_users_file = \"denied.users\";");
	assert_true(b.config.deny_users_file.n > 0);
}

AROUND(bench_open(&b), bench_close(&b));
