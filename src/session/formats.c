#include "session/formats.h"

#include "http/cookie.h"

#define DAY (24 * 3600LL)

#define SIGNED (TAKES_COOKIE | TAKES_KEYS | TAKES_USER)
#define OBJECT (SIGNED | TAKES_CLAIMS)
#define TOKEN (OBJECT | TAKES_ALGORITHM | TAKES_MAX_AGE | TAKES_JWT)
#define TIMED (OBJECT | TAKES_ALGORITHM | TAKES_MAX_AGE)

/* What the rows of a family have in common. */
#define JWT .format = FORMAT_JWT, .hash = HASH_SHA256
#define KEYGRIP                                                                \
	.format = FORMAT_KEYGRIP, .takes = OBJECT | TAKES_ALGORITHM,           \
	.hash = HASH_SHA1
#define STAMPED(how, of, key, what)                                            \
	.derivation = key, .separator = of, .stamp = how, .body = what

const struct format_row formats[] = {
	{ "jwt", "a JSON Web Token", "the secret that your login signs with",
	    JWT, .takes = TOKEN, .user = "sub" },
	{ "flask-jwt-extended", "Flask-JWT-Extended",
	    "app.config[\"JWT_SECRET_KEY\"]", JWT, .takes = TOKEN,
	    .cookie = "access_token_cookie", .user = "sub",
	    .claims = { { "type", CLAIM_IS, { "access" } } } },
	{ "fastapi-users", "FastAPI Users", "JWTStrategy's secret", JWT,
	    .takes = TOKEN, .cookie = "fastapiusersauth", .user = "sub",
	    .audience = "fastapi-users:auth" },
	{ "simplejwt", "Django REST framework's Simple JWT, dj-rest-auth",
	    "SIMPLE_JWT[\"SIGNING_KEY\"], which is SECRET_KEY unless set", JWT,
	    .takes = TOKEN, .user = "user_id",
	    .claims = { { "token_type", CLAIM_IS, { "access" } } } },
	{ "payload", "Payload CMS", "PAYLOAD_SECRET", JWT,
	    .takes = (TOKEN & ~TAKES_ALGORITHM) | TAKES_COLLECTION,
	    .signing = { .derivation = DERIVE_HEX32 },
	    .cookie = "payload-token", .user = "id",
	    .claims = { { "collection", CLAIM_CONFIGURED, { NULL } } } },
	{ "play", "the Play Framework", "play.http.secret.key", JWT,
	    .takes = TOKEN, .cookie = "PLAY_SESSION", .max_age = DAY },
	{ "better-auth", "Better Auth's cookie cache, strategy \"jwt\"",
	    "BETTER_AUTH_SECRET", JWT, .takes = TOKEN,
	    .signing = { .chunked = true,
		.own_end = SPAN_INIT("session.expiresAt") },
	    .cookie = "better-auth.session_data", .user = "user.id",
	    .claims = { { "user.isAnonymous", CLAIM_NO_GUEST, { "true" } } } },
	/* None of its keys for programs, and nobody by signInAnonymously(). */
	{ "supabase", "Supabase with the legacy JWT secret",
	    "the project's legacy JWT secret", FORMAT_SUPABASE, TOKEN,
	    HASH_SHA256, { .chunked = true }, .user = "sub",
	    .audience = "authenticated",
	    .claims = { { "role", CLAIM_NEVER, { "anon", "service_role" } },
		{ "is_anonymous", CLAIM_NO_GUEST, { "true" } } } },
	{ "flask", "Flask", "app.secret_key", FORMAT_ITSDANGEROUS, TIMED,
	    HASH_SHA1,
	    { STAMPED(STAMP_BYTES, '.', DERIVE_HMAC, BODY_PACKED),
		.salt = SPAN_INIT("cookie-session") },
	    .cookie = "session", .user = "_user_id", .max_age = 31 * DAY },
	{ "starlette", "Starlette and FastAPI",
	    "SessionMiddleware's secret_key", FORMAT_ITSDANGEROUS, TIMED,
	    HASH_SHA1,
	    { STAMPED(STAMP_BYTES, '.', DERIVE_DJANGO_CONCAT, BODY_BASE64),
		.salt = SPAN_INIT("itsdangerous.Signer") },
	    .cookie = "session", .max_age = 14 * DAY },
	{ "django", "Django's signed_cookies sessions", "settings.SECRET_KEY",
	    FORMAT_ITSDANGEROUS, TIMED, HASH_SHA256,
	    { STAMPED(STAMP_BASE62, ':', DERIVE_DJANGO_CONCAT, BODY_PACKED),
		.salt = SPAN_INIT(
		    "django.contrib.sessions.backends.signed_cookies") },
	    .cookie = "sessionid", .user = "_auth_user_id",
	    .max_age = 14 * DAY },
	{ "django-cookie", "Django's set_signed_cookie()",
	    "settings.SECRET_KEY", FORMAT_ITSDANGEROUS,
	    (TIMED | TAKES_SALT) & ~(TAKES_USER | TAKES_CLAIMS), HASH_SHA256,
	    { STAMPED(STAMP_BASE62, ':', DERIVE_DJANGO_CONCAT, BODY_TEXT),
		.prefix = SPAN_INIT("django.http.cookies"),
		.salt_has_cookie = true },
	    .user = "", .max_age = DAY },
	{ "itsdangerous",
	    "itsdangerous' URLSafeTimedSerializer and TimestampSigner",
	    "the serializer's or signer's secret_key", FORMAT_ITSDANGEROUS,
	    TIMED | TAKES_SALT | TAKES_DERIVATION | TAKES_TEXT, HASH_SHA1,
	    { STAMPED(STAMP_BYTES, '.', DERIVE_DJANGO_CONCAT, BODY_PACKED),
		.salt = SPAN_INIT("itsdangerous") },
	    .max_age = DAY },
	{ "express", "Express' cookie-session", "cookieSession's keys", KEYGRIP,
	    .cookie = "session", .user = "passport.user", .endless = true },
	{ "koa", "koa-session without a store", "app.keys", KEYGRIP,
	    .signing = { .expiry_required = true }, .cookie = "koa.sess" },
	{ "cookie-signature",
	    "signed cookies of Express, Fastify, Hono, React Router and Remix",
	    "cookieParser's or @fastify/cookie's secret, createCookie's "
	    "secrets",
	    FORMAT_COOKIE_SIGNATURE, OBJECT | TAKES_TEXT, HASH_SHA256,
	    .endless = true },
	{ "remote_user", "the web server itself", NULL, FORMAT_REMOTE_USER,
	    TAKES_VARIABLE, .cookie = "", .user = "" },
	{ "php", "PHP's own sessions", NULL, FORMAT_PHP,
	    TAKES_COOKIE | TAKES_USER | TAKES_CLAIMS | TAKES_MAX_AGE |
		TAKES_SAVE_PATH,
	    .cookie = "PHPSESSID", .max_age = 1440 },
	{ .name = NULL },
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
