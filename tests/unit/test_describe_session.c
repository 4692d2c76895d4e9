#include "test.h"

#include "cli/describe.h"
#include "sandbox.h"

#define KEYS " keys = ( { id = \"k\"; file = \"session.key\"; } );"

static struct sandbox box;
static char text[4096];

/* What is said of this session. */
static void
says(const char *session, const char *want)
{
	struct config *config;
	struct sink out;

	snprintf(text, sizeof(text),
	    SANDBOX_CLOUD "session = { %s };\n" SANDBOX_POLICIES, session);
	config = sandbox_load(&box, text);
	if (config == NULL)
		fprintf(stderr, "%s", box.said);
	assert_non_null(config);
	sink_init(&out, text, sizeof(text) - 1);
	describe_session(&config->session, &out);
	config_free(config);
	assert_false(out.full);
	text[out.n] = '\0';
	assert_string_equal(text, want);
}

TEST(tokens)
{
	says("cookie = \"s\";" KEYS,
	    "Session: a JWT with HS256 in the cookie s; the user is its sub.\n"
	    "  Its key is k (****).\n"
	    "  One that names an audience (aud) is refused: none is "
	    "configured.\n");
	says("cookie = \"s\"; algorithm = \"HS384\"; bearer = true;" KEYS,
	    "Session: a JWT with HS384 in the cookie s, or as a bearer token; "
	    "the user is its sub.\n"
	    "  Its key is k (****).\n"
	    "  One that names an audience (aud) is refused: none is "
	    "configured.\n");
	says("format = \"simplejwt\"; cookie = \"s\"; algorithm = "
	     "\"HS512\";" KEYS,
	    "Session: a JWT with HS512 (format = \"simplejwt\": Django REST "
	    "framework's Simple JWT, dj-rest-auth) in the cookie s; the user "
	    "is its user_id.\n"
	    "  Its key is k (****).\n"
	    "  One that names an audience (aud) is refused: none is "
	    "configured.\n"
	    "  The session's token_type must be access.\n");
	says("format = \"supabase\"; cookie = \"s\";" KEYS,
	    "Session: a JWT with HS256 (format = \"supabase\": Supabase with "
	    "the legacy JWT secret) in the cookie s; the user is its sub.\n"
	    "  Its key is k (****).\n"
	    "  Its audience must be authenticated.\n"
	    "  The session's role must not be anon or service_role.\n"
	    "  The session's is_anonymous must not be true.\n");
}

TEST(signed_cookies)
{
	says("format = \"flask\"; leeway = 5; max_age = 60;" KEYS,
	    "Session: signed with HMAC and SHA-1 (format = \"flask\": Flask) "
	    "in the cookie session; the user is its _user_id.\n"
	    "  Its key is k (****).\n"
	    "  It may be at most 60 seconds old.\n"
	    "  Clocks may differ by 5 seconds.\n");
	says("format = \"koa\"; user = \"u\"; algorithm = \"sha384\";" KEYS,
	    "Session: signed with HMAC and SHA-384 (format = \"koa\": "
	    "koa-session without a store) in the cookie koa.sess; the user is "
	    "its u.\n"
	    "  Its key is k (****).\n");
}

TEST(endless)
{
	says("format = \"express\"; algorithm = \"sha512\";" KEYS,
	    "Session: signed with HMAC and SHA-512 (format = \"express\": "
	    "Express' cookie-session) in the cookie session; the user is its "
	    "passport.user.\n"
	    "  Its key is k (****).\n"
	    "  IT NEVER EXPIRES: whoever has a copy is that user until the key "
	    "changes.\n");
	says("format = \"itsdangerous\"; cookie = \"s\"; user = \"\"; "
	     "timed = false;" KEYS,
	    "Session: signed with HMAC and SHA-1 (format = \"itsdangerous\": "
	    "itsdangerous' URLSafeTimedSerializer and TimestampSigner) in the "
	    "cookie s; the user is what was signed.\n"
	    "  Its key is k (****).\n"
	    "  IT NEVER EXPIRES: whoever has a copy is that user until the key "
	    "changes.\n");
}

TEST(without_keys)
{
	says("format = \"remote_user\"; variable = \"U\";",
	    "Session: none; the user is who the web server says in U.\n");
	says("format = \"php\"; user = \"u\"; save_path = \"/tmp\";",
	    "Session: PHP's own, in the folder /tmp (handler php), by the "
	    "cookie PHPSESSID; the user is its u.\n"
	    "  It ends 1440 seconds after PHP last used it.\n");
	says("format = \"php\"; user = \"u\"; save_path = \"/tmp\"; "
	     "serialize_handler = \"php_serialize\"; max_age = 60;",
	    "Session: PHP's own, in the folder /tmp (handler php_serialize), "
	    "by the cookie PHPSESSID; the user is its u.\n"
	    "  It ends 60 seconds after PHP last used it.\n");
}

AROUND(sandbox_open(&box), sandbox_close(&box));
