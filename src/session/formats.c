#include "session/formats.h"

#include "http/cookie.h"

#define DAY (24 * 3600LL)

#define SIGNED (TAKES_COOKIE | TAKES_KEYS | TAKES_USER)
#define OBJECT (SIGNED | TAKES_CLAIMS)
#define TOKEN (OBJECT | TAKES_ALGORITHM | TAKES_MAX_AGE | TAKES_JWT)
#define TIMED (OBJECT | TAKES_ALGORITHM | TAKES_MAX_AGE)

/* {derivation, separator, stamp, body, salt}: facts of each framework. */
#define FLASK                                                                  \
	{                                                                      \
		.derivation = DERIVE_HMAC, .separator = '.',                   \
		.stamp = STAMP_BYTES, .body = BODY_PACKED,                     \
		.salt = SPAN_INIT("cookie-session")                            \
	}
#define STARLETTE                                                              \
	{                                                                      \
		.derivation = DERIVE_DJANGO_CONCAT, .separator = '.',          \
		.stamp = STAMP_BYTES, .body = BODY_BASE64,                     \
		.salt = SPAN_INIT("itsdangerous.Signer")                       \
	}
#define ITSDANGEROUS                                                           \
	{                                                                      \
		.derivation = DERIVE_DJANGO_CONCAT, .separator = '.',          \
		.stamp = STAMP_BYTES, .body = BODY_PACKED,                     \
		.salt = SPAN_INIT("itsdangerous")                              \
	}
#define DJANGO                                                                 \
	{                                                                      \
		.derivation = DERIVE_DJANGO_CONCAT, .separator = ':',          \
		.stamp = STAMP_BASE62, .body = BODY_PACKED,                    \
		.salt = SPAN_INIT(                                             \
		    "django.contrib.sessions.backends.signed_cookies")         \
	}
#define DJANGO_COOKIE                                                          \
	{                                                                      \
		.derivation = DERIVE_DJANGO_CONCAT, .separator = ':',          \
		.stamp = STAMP_BASE62, .body = BODY_TEXT,                      \
		.prefix = SPAN_INIT("django.http.cookies"),                    \
		.salt_has_cookie = true                                        \
	}
#define PAYLOAD                                                                \
	{                                                                      \
		.derivation = DERIVE_HEX32                                     \
	}
#define SUPABASE                                                               \
	{                                                                      \
		.chunked = true                                                \
	}
/* Of its keys for programs, and of signInAnonymously(). */
#define SUPABASE_CLAIMS                                                        \
	{                                                                      \
		{ "role", CLAIM_NEVER, { "anon", "service_role" } },           \
		{                                                              \
			"is_anonymous", CLAIM_NO_GUEST,                        \
			{                                                      \
				"true"                                         \
			}                                                      \
		}                                                              \
	}
#define BETTER_AUTH                                                            \
	{                                                                      \
		.chunked = true, .own_end = SPAN_INIT("session.expiresAt")     \
	}
#define KOA                                                                    \
	{                                                                      \
		.expiry_required = true                                        \
	}
const struct format_row formats[] = {
	{ "jwt", "a JSON Web Token", "the secret that your login signs with",
	    FORMAT_JWT, TOKEN, HASH_SHA256, { 0 }, NULL, "sub", 0, false, NULL,
	    { { 0 } } },
	{ "flask-jwt-extended", "Flask-JWT-Extended",
	    "app.config[\"JWT_SECRET_KEY\"]", FORMAT_JWT, TOKEN, HASH_SHA256,
	    { 0 }, "access_token_cookie", "sub", 0, false, NULL,
	    { { "type", CLAIM_IS, { "access" } } } },
	{ "fastapi-users", "FastAPI Users", "JWTStrategy's secret", FORMAT_JWT,
	    TOKEN, HASH_SHA256, { 0 }, "fastapiusersauth", "sub", 0, false,
	    "fastapi-users:auth", { { 0 } } },
	{ "simplejwt", "Django REST framework's Simple JWT, dj-rest-auth",
	    "SIMPLE_JWT[\"SIGNING_KEY\"], which is SECRET_KEY unless set",
	    FORMAT_JWT, TOKEN, HASH_SHA256, { 0 }, NULL, "user_id", 0, false,
	    NULL, { { "token_type", CLAIM_IS, { "access" } } } },
	{ "payload", "Payload CMS", "PAYLOAD_SECRET", FORMAT_JWT,
	    (TOKEN & ~TAKES_ALGORITHM) | TAKES_COLLECTION, HASH_SHA256, PAYLOAD,
	    "payload-token", "id", 0, false, NULL,
	    { { "collection", CLAIM_CONFIGURED, { NULL } } } },
	{ "play", "the Play Framework", "play.http.secret.key", FORMAT_JWT,
	    TOKEN, HASH_SHA256, { 0 }, "PLAY_SESSION", NULL, DAY, false, NULL,
	    { { 0 } } },
	{ "better-auth", "Better Auth's cookie cache, strategy \"jwt\"",
	    "BETTER_AUTH_SECRET", FORMAT_JWT, TOKEN, HASH_SHA256, BETTER_AUTH,
	    "better-auth.session_data", "user.id", 0, false, NULL,
	    { { "user.isAnonymous", CLAIM_NO_GUEST, { "true" } } } },
	{ "supabase", "Supabase with the legacy JWT secret",
	    "the project's legacy JWT secret", FORMAT_SUPABASE, TOKEN,
	    HASH_SHA256, SUPABASE, NULL, "sub", 0, false, "authenticated",
	    SUPABASE_CLAIMS },
	{ "flask", "Flask", "app.secret_key", FORMAT_ITSDANGEROUS, TIMED,
	    HASH_SHA1, FLASK, "session", "_user_id", 31 * DAY, false, NULL,
	    { { 0 } } },
	{ "starlette", "Starlette and FastAPI",
	    "SessionMiddleware's secret_key", FORMAT_ITSDANGEROUS, TIMED,
	    HASH_SHA1, STARLETTE, "session", NULL, 14 * DAY, false, NULL,
	    { { 0 } } },
	{ "django", "Django's signed_cookies sessions", "settings.SECRET_KEY",
	    FORMAT_ITSDANGEROUS, TIMED, HASH_SHA256, DJANGO, "sessionid",
	    "_auth_user_id", 14 * DAY, false, NULL, { { 0 } } },
	{ "django-cookie", "Django's set_signed_cookie()",
	    "settings.SECRET_KEY", FORMAT_ITSDANGEROUS,
	    (TIMED | TAKES_SALT) & ~(TAKES_USER | TAKES_CLAIMS), HASH_SHA256,
	    DJANGO_COOKIE, NULL, "", DAY, false, NULL, { { 0 } } },
	{ "itsdangerous",
	    "itsdangerous' URLSafeTimedSerializer and TimestampSigner",
	    "the serializer's or signer's secret_key", FORMAT_ITSDANGEROUS,
	    TIMED | TAKES_SALT | TAKES_DERIVATION | TAKES_TEXT, HASH_SHA1,
	    ITSDANGEROUS, NULL, NULL, DAY, false, NULL, { { 0 } } },
	{ "express", "Express' cookie-session", "cookieSession's keys",
	    FORMAT_KEYGRIP, OBJECT | TAKES_ALGORITHM, HASH_SHA1, { 0 },
	    "session", "passport.user", 0, true, NULL, { { 0 } } },
	{ "koa", "koa-session without a store", "app.keys", FORMAT_KEYGRIP,
	    OBJECT | TAKES_ALGORITHM, HASH_SHA1, KOA, "koa.sess", NULL, 0,
	    false, NULL, { { 0 } } },
	{ "cookie-signature",
	    "signed cookies of Express, Fastify, Hono, React Router and Remix",
	    "cookieParser's or @fastify/cookie's secret, createCookie's "
	    "secrets",
	    FORMAT_COOKIE_SIGNATURE, OBJECT | TAKES_TEXT, HASH_SHA256, { 0 },
	    NULL, NULL, 0, true, NULL, { { 0 } } },
	{ "remote_user", "the web server itself", NULL, FORMAT_REMOTE_USER,
	    TAKES_VARIABLE, HASH_NONE, { 0 }, "", "", 0, false, NULL,
	    { { 0 } } },
	{ "php", "PHP's own sessions", NULL, FORMAT_PHP,
	    TAKES_COOKIE | TAKES_USER | TAKES_CLAIMS | TAKES_MAX_AGE |
		TAKES_SAVE_PATH,
	    HASH_NONE, { 0 }, "PHPSESSID", NULL, 1440, false, NULL, { { 0 } } },
	{ NULL, NULL, NULL, FORMAT_NONE, 0, HASH_NONE, { 0 }, NULL, NULL, 0,
	    false, NULL, { { 0 } } },
};

const struct format_row *
format_named(struct span name)
{
	for (const struct format_row *row = formats; row->name != NULL; row++)
		if (span_is(name, row->name))
			return row;
	return NULL;
}

void
format_apply(const struct format_row *row, struct session_config *out)
{
	out->name = row->name;
	out->format = row->format;
	out->hash = row->hash;
	out->signing = row->signing;
	out->cookie = span_of(row->cookie);
	out->user = span_of(row->user);
	out->max_age = row->max_age;
	out->audience = span_of(row->audience);
}

void
format_body(const struct format_row *row, struct session_config *out)
{
	if ((row->takes & TAKES_TEXT) == 0)
		return;
	if (out->user.n > 0 && row->format == FORMAT_COOKIE_SIGNATURE) {
		out->signing.body = BODY_PREFIXED;
	} else if (out->user.n == 0) {
		out->signing.body = BODY_TEXT;
		if (row->format == FORMAT_ITSDANGEROUS)
			out->signing.salt = SPAN_LIT("itsdangerous.Signer");
	}
}

/*
 * Names by which their makers write them: express-session's and Sails' README,
 * @fastify/session's cookieName, Better Auth's createCookieGetter() (with any
 * cookiePrefix), csurf's and @fastify/csrf-protection's cookie key, React
 * Router's createSessionStorage() and createCookie(), Django's settings;
 * Flask's sessions.py and Flask-Session's Signer for the salts.
 */
static const struct {
	enum session_format format;
	enum { NAME, NAME_END, SALT } at;
	const char *text, *what;
} of_guests[] = {
	{ FORMAT_COOKIE_SIGNATURE, NAME, "connect.sid",
	    "an id of express-session, which keeps what it says on the "
	    "server" },
	{ FORMAT_COOKIE_SIGNATURE, NAME, "sails.sid",
	    "an id of Sails' session, which keeps what it says on the "
	    "server" },
	{ FORMAT_COOKIE_SIGNATURE, NAME, "sessionId",
	    "an id of @fastify/session, which keeps what it says on the "
	    "server" },
	{ FORMAT_COOKIE_SIGNATURE, NAME_END, ".session_token",
	    "Better Auth's id of a session in the database" },
	{ FORMAT_COOKIE_SIGNATURE, NAME, "_csrf",
	    "a secret against forged forms (csurf, @fastify/csrf-protection)" },
	{ FORMAT_COOKIE_SIGNATURE, NAME, "__session",
	    "React Router's, an id or an object in base64" },
	{ FORMAT_ITSDANGEROUS, NAME, "sessionid",
	    "Django's session, an id or an object (format = \"django\")" },
	{ FORMAT_ITSDANGEROUS, NAME, "csrftoken",
	    "Django's secret against forged forms" },
	{ FORMAT_ITSDANGEROUS, SALT, "cookie-session",
	    "that of Flask's session, an object (format = \"flask\")" },
	{ FORMAT_ITSDANGEROUS, SALT, "flask-session",
	    "that of Flask-Session's ids" },
};

const char *
format_of_guests(enum session_format format, struct span cookie,
    struct span salt, bool *by_salt)
{
	cookie = cookie_unprefixed(cookie);
	for (size_t i = 0; i < sizeof(of_guests) / sizeof(*of_guests); i++) {
		struct span text = span_of(of_guests[i].text);

		*by_salt = of_guests[i].at == SALT;
		if (of_guests[i].format == format &&
		    (of_guests[i].at == NAME_END
			    ? span_ends(cookie, text)
			    : span_eq(*by_salt ? salt : cookie, text)))
			return of_guests[i].what;
	}
	return NULL;
}
