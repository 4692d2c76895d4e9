#include "test.h"

#include <jansson.h>

#include "cli/guess.h"
#include "guard.h"

#define VECTORS "tests/vectors/session_cookies.json"

static unsigned char room[ARENA_MAX];
static struct guess g;
static struct span held;

static void
guess(const char *name, struct span value, bool has_signature)
{
	struct arena arena;

	if (held.p != NULL)
		guard_free(held);
	held = guarded(value);
	arena_init(&arena, room, sizeof(room));
	memset(&g, 0xa5, sizeof(g));
	guess_format(span_of(name), held, has_signature, &arena, &g);
	assert_true(g.row != NULL || g.note != NULL);
}

static void
is(const char *name, const char *value, const char *format, const char *user)
{
	guess(name, span_of(value), false);
	assert_non_null(g.row);
	assert_string_equal(g.row->name, format);
	assert_true(span_is(g.user, user));
}

static void
is_none(const char *name, const char *value, const char *note)
{
	guess(name, span_of(value), false);
	assert_null(g.row);
	assert_non_null(strstr(g.note, note));
}

/* Which format a group of the vectors is. */
static const struct {
	const char *group, *format;
} groups[] = {
	{ "flask", "flask" },
	{ "starlette", "starlette" },
	{ "django-session", "django" },
	{ "django-signed-cookie", "django-cookie" },
	{ "express-cookie-session", "express" },
	{ "koa", "koa" },
	{ "express-signed", "cookie-signature" },
	{ "hono-signed", "cookie-signature" },
	{ "fastify-signed", "cookie-signature" },
	{ "react-router", "cookie-signature" },
	{ "supabase", "supabase" },
};

static const char *
format_of(const char *group)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (strcmp(group, groups[i].group) == 0)
			return groups[i].format;
	return NULL;
}

/* Cookies that the frameworks themselves made: of one that is accepted, the
 * first one. */
static bool
try_vector(const json_t *v)
{
	const char *group = json_string_value(json_object_get(v, "group"));
	const char *cookie = json_string_value(json_object_get(v, "cookie"));
	const char *expect = json_string_value(json_object_get(v, "expect"));
	const char *name = json_string_value(
	    json_object_get(json_object_get(v, "config"), "cookie"));
	const char *format = format_of(group);
	struct span_cut cut = span_cut(span_of(cookie), '=');
	struct span value = span_cut(cut.tail, ';').head;

	if (format == NULL || strcmp(expect, "accept") != 0 ||
	    !span_is(cut.head, name) || value.p[0] == '"')
		return false;
	guess(name, value, strstr(cookie, ".sig=") != NULL);
	assert_non_null(g.row);
	assert_string_equal(g.row->name, format);
	assert_null(g.note);
	assert_true(g.says.n > 0);
	return true;
}

TEST(vectors)
{
	json_t *root = json_load_file(VECTORS, 0, NULL), *v;
	size_t tried = 0, i;

	assert_non_null(root);
	json_array_foreach(json_object_get(root, "vectors"), i, v)
	{
		tried += try_vector(v);
	}
	json_decref(root);
	assert_true(tried >= 20);
}

/* {"alg":"HS256"}, and payloads that say whose they are. */
#define HS256 "eyJhbGciOiJIUzI1NiJ9."

TEST(tokens)
{
	/* {"sub":"a"} */
	is("s", HS256 "eyJzdWIiOiJhIn0.AA", "jwt", "sub");
	assert_int_equal(g.hash, HASH_SHA256);
	is("payload-token", HS256 "eyJpZCI6ImEifQ.AA", "payload", "id");
	assert_int_equal(g.collection.n, 0);
	is("payload-token",
	    HS256 "eyJpZCI6ImEiLCJjb2xsZWN0aW9uIjoiY3VzdG9tZXJzIn0.AA",
	    "payload", "id");
	assert_true(span_is(g.collection, "customers"));
	/* a"b, which nobody may paste into a configuration */
	is("payload-token", HS256 "eyJpZCI6ImEiLCJjb2xsZWN0aW9uIjoiYVwiYiJ9.AA",
	    "payload", "id");
	assert_int_equal(g.collection.n, 0);
	is("__Secure-better-auth.session_data",
	    HS256 "eyJ1c2VyIjp7ImlkIjoiYSJ9fQ.AA", "better-auth", "user.id");
	is("access_token_cookie", HS256 "eyJzdWIiOiJhIn0.AA",
	    "flask-jwt-extended", "sub");
	/* {"token_type":"access","user_id":7} */
	is("s", HS256 "eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwidXNlcl9pZCI6N30.AA",
	    "simplejwt", "user_id");
	/* {"type":"access","sub":"7"} */
	is("s", HS256 "eyJ0eXBlIjoiYWNjZXNzIiwic3ViIjoiNyJ9.AA",
	    "flask-jwt-extended", "sub");
	/* {"sub":"7","aud":["fastapi-users:auth"]} */
	is("s",
	    HS256 "eyJzdWIiOiI3IiwiYXVkIjpbImZhc3RhcGktdXNlcnM6YXV0aCJdfQ.AA",
	    "fastapi-users", "sub");
	/* {"alg":"HS512"} */
	is("s", "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhIn0.AA", "jwt", "sub");
	assert_int_equal(g.hash, HASH_SHA512);
	assert_string_equal(guess_algorithm(&g), "HS512");
	g.hash = HASH_NONE;
	assert_null(guess_algorithm(&g));
	g.hash = HASH_SHA384;
	g.row = format_named(SPAN_LIT("koa"));
	assert_string_equal(guess_algorithm(&g), "sha384");
	/* {"alg":"RS256"}, {"alg":"none"}, {"alg":"dir","enc":"A256GCM"} */
	is_none("s", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.AA",
	    "something else than HS256");
	is_none("s", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
	    "something else than HS256");
	is_none("s", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.a.b.c.d",
	    "an encrypted JSON Web Token");
	is_none("s", HS256 "AAAA.AA", "is no JSON object");
}

TEST(ids)
{
	is("PHPSESSID", "abcdefghij0123456789ab", "php", "");
	assert_null(g.note);
	is("other", "abcdefghij0123456789ab", "php", "");
	assert_non_null(g.note);
	is_none("sessionid", "abcdefghij0123456789abcdefghij01",
	    "Django's database");
	is_none("connect.sid",
	    "s%3AabcDEF.ozETRgQ0QkddHnvc1kCqlefSXs%2BgekM%2B%2FuuUbvsKYC8",
	    "express-session");
	is_none("__Secure-better-auth.session_token",
	    "abcDEF.ozETRgQ0QkddHnvc1kCqlefSXs%2BgekM%2B%2FuuUbvsKYC8%3D",
	    "Better Auth's id");
	is_none("sessionId",
	    "abcDEF.ozETRgQ0QkddHnvc1kCqlefSXs%2BgekM%2B%2FuuUbvsKYC8",
	    "@fastify/session");
	is("sid", "abcDEF.ozETRgQ0QkddHnvc1kCqlefSXs%2BgekM%2B%2FuuUbvsKYC8",
	    "cookie-signature", "");
	is_none("theme", "dark", "nothing that is known here");
	is_none("x", "", "nothing that is known here");
}

TEST(cut_and_alone)
{
	is("session", "eyJfdXNlcl9pZCI6IjQyIn0.ZVPxAA.GTviaFa-G9_28C4QlcCW",
	    "flask", "_user_id");
	assert_non_null(strstr(g.note, "was it cut?"));
	is("session", "eyJ1c2VyX2lkIjo0Mn0=", "express", "user_id");
	assert_non_null(strstr(g.note, "was not given"));
	guess("session", SPAN_LIT("eyJ1c2VyX2lkIjo0Mn0="), true);
	assert_null(g.note);
	is("tok", "42.ZVPxAA.Jy6jyNhtDYxddYKOF-n9J7dMT-I", "itsdangerous", "");
	assert_true(g.is_text && span_is(g.says, "42"));
	is("sb-x-auth-token.0", "base64-eyJhY2Nlc3NfdG9r", "supabase", "");
	assert_non_null(strstr(g.note, "one chunk of several"));
}

/* Is it a cookie that is known and not read here? */
static bool
other(const char *name, const char *value)
{
	guess(name, span_of(value), false);
	return g.row == NULL &&
	       strcmp(g.note, "nothing that is known here") != 0;
}

#define HEX40 "0123456789abcdef0123456789abcdef01234567"

TEST(others)
{
	assert_true(other("wordpress_logged_in_1", "alice|1|x|y"));
	assert_true(other("laravel_session", "x"));
	assert_true(other("JSESSIONID", "0123"));
	assert_true(other("s", "Fe26.2*1*x"));
	assert_true(other("s", "eyJpdiI6IngifQ=="));
	assert_true(other("s", "2|1:0|10:1"));
	assert_true(other("s", "SFMyNTY.a.b"));
	assert_true(other("s", "CfDJ8x"));
	assert_true(other("s", "abc--" HEX40));
	assert_true(other("s", "YQ%3D%3D--YQ--YQ%3D%3D"));
	assert_true(other("s", "a--b--YQ=="));
}

/* What is signed with base64url may well have two dashes in it. */
TEST(no_others)
{
	static const char *const values[] = { "", "-", "--", "a--b", "a--b--c",
		"eyJfdXNlcl9pZCI6IjQyIn0.ZVPxAA.GTviaFa--9_28C4QlcCWZK1oSls",
		"a--0123456789abcdef0123456789abcdef0123456", "a--" HEX40 "x",
		HEX40, "2", "Fe26", "a--YQ==" };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		assert_false(other("session", values[i]));
	assert_false(other("wordpress", "x"));
}
