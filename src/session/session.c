#include "session/session.h"

#include "session/families.h"
#include "session/proof.h"

const char *
session_why_text(enum session_why why)
{
	static const char *const texts[SESSION_WHY_COUNT] = {
		[SESSION_REFUSED] = "the proof could not be read",
		[SESSION_OK] = "the session is valid",
		[SESSION_NO_COOKIE] = "no session cookie was sent",
		[SESSION_UNASKED_BEARER] =
		    "no session cookie was sent, and the bearer token that was "
		    "is read only with bearer = true",
		[SESSION_NO_BEARER] =
		    "no session cookie was sent, and the Authorization header "
		    "does not begin with \"Bearer\"",
		[SESSION_TWO_COOKIES] = "the session cookie was sent twice",
		[SESSION_BAD_COOKIE] =
		    "the session cookie is too long or has characters "
		    "that no cookie may have",
		[SESSION_BAD_BEARER] =
		    "the Authorization header is not \"Bearer\", one space "
		    "and a token",
		[SESSION_FORM] =
		    "the token is not three parts of base64url with dots "
		    "between them, or is too long",
		[SESSION_MAC] = "the signature fits none of the keys",
		[SESSION_MAC_SIZE] =
		    "the signature has not the length of the configured "
		    "algorithm's",
		[SESSION_JSON] =
		    "the token's header or payload is not a strict JSON object",
		[SESSION_ALGORITHM] =
		    "the token's alg is not the configured algorithm",
		[SESSION_HEADER] =
		    "the token's header has crit, b64, zip, enc or cty",
		[SESSION_EXPIRY_MISSING] = "the token has no exp",
		[SESSION_EXPIRED] = "the token has expired (exp)",
		[SESSION_EXPIRY_FAR] =
		    "the token's exp is more than 400 days ahead "
		    "(milliseconds in place of seconds?)",
		[SESSION_OWN_END] =
		    "the token has no session.expiresAt, or one that is no "
		    "moment such as 2026-11-30T18:00:00.000Z",
		[SESSION_ENDED] =
		    "the session inside the token has ended "
		    "(session.expiresAt), although the token has not",
		[SESSION_TIME] =
		    "the token's exp, nbf or iat is not a number of seconds",
		[SESSION_NOT_YET] = "the token is not valid yet (nbf)",
		[SESSION_FUTURE] =
		    "the token was issued in the future (iat): compare the "
		    "clocks",
		[SESSION_AGE] =
		    "the token is older than the configured max_age, or has "
		    "no iat to count it from",
		[SESSION_AUDIENCE] =
		    "the token's aud is not the configured audience",
		[SESSION_ISSUER] =
		    "the token's iss is not the configured issuer",
		[SESSION_CLAIM] =
		    "a required claim is missing or has another value",
		[SESSION_USER] =
		    "there is no usable user at the configured path",
		[SESSION_TWICE] = "a member that is read is in the token twice",
		[SESSION_SHAPE] =
		    "the cookie has not the form of the configured format",
		[SESSION_STAMP] =
		    "the cookie has no time of issue, or one that is none",
		[SESSION_NO_SIGNATURE] =
		    "the cookie with the signature (the name and .sig) was not "
		    "sent",
		[SESSION_TWO_SIGNATURES] =
		    "the cookie with the signature (the name and .sig) was "
		    "sent twice",
		[SESSION_CHUNKS] =
		    "the chunks of the cookie have a gap, or are too many or "
		    "too long",
		[SESSION_DEFLATED] =
		    "what the cookie holds compressed is damaged or too large",
		[SESSION_NO_VARIABLE] =
		    "the web server has set no user in the configured variable",
		[SESSION_NO_AUTH_TYPE] =
		    "REMOTE_USER has a name and AUTH_TYPE is empty: nobody has "
		    "checked who that is",
		[SESSION_BAD_VARIABLE] =
		    "the web server's variable holds no usable user",
		[SESSION_PHP_ID] = "the cookie is no id of a PHP session",
		[SESSION_PHP_NONE] =
		    "PHP has no session of this id in save_path",
		[SESSION_PHP_FILE] =
		    "the PHP session's file is not ours alone (a link, another "
		    "owner, open to others) or too large",
		[SESSION_PHP_TORN] = "PHP was writing the session all the time",
		[SESSION_PHP_DATA] =
		    "the PHP session's file is not what the configured handler "
		    "writes",
	};

	if ((unsigned)why >= SESSION_WHY_COUNT)
		why = SESSION_REFUSED;
	return texts[why];
}

/* The scheme of an Authorization header ends at a blank or with the header. */
static struct span
scheme_of(struct span header)
{
	size_t n = 0;

	while (n < header.n && header.p[n] != ' ' && header.p[n] != '\t')
		n++;
	return span_head(header, n);
}

static bool
says_bearer(const struct request *request)
{
	return span_is_nocase(scheme_of(request->authorization), "bearer");
}

bool
session_is_bearer(
    const struct session_config *config, const struct request *request)
{
	return config->bearer && says_bearer(request);
}

/* Without a cookie: was it meant to be the other proof? */
static enum session_why
why_no_cookie(
    const struct session_config *config, const struct request *request)
{
	if (config->bearer)
		return request->authorization.n > 0 ? SESSION_NO_BEARER
						    : SESSION_NO_COOKIE;
	return says_bearer(request) ? SESSION_UNASKED_BEARER
				    : SESSION_NO_COOKIE;
}

static bool
is_token68(unsigned char c)
{
	unsigned char letter = c | 0x20;

	return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~' || c == '+' ||
	       c == '/';
}

/*
 * "Bearer" SP token68, where token68 =
 * 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
 * (RFC 6750 2.1, RFC 9110 11.2).
 */
static bool
bearer_token(struct span header, struct span *out)
{
	struct span rest = span_skip(header, scheme_of(header).n);
	size_t n = 0, end;

	*out = (struct span){ NULL, 0 };
	if (rest.n == 0 || rest.p[0] != ' ')
		return false;
	rest = span_skip(rest, 1);
	while (n < rest.n && is_token68(rest.p[n]))
		n++;
	for (end = n; end < rest.n && rest.p[end] == '=';)
		end++;
	if (n == 0 || end < rest.n)
		return false;
	*out = rest;
	return true;
}

/* A name that the web server itself established. */
static enum session_why
open_remote_user(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	if (asked->request->remote_user.n == 0)
		return SESSION_NO_VARIABLE;
	if (span_is(config->variable, "REMOTE_USER") &&
	    asked->request->auth_type.n == 0)
		return SESSION_NO_AUTH_TYPE;
	out->expires = SESSION_ENDLESS;
	return claims_name(asked->request->remote_user, out) == SESSION_OK
		   ? SESSION_OK
		   : SESSION_BAD_VARIABLE;
}

static enum session_why
open_bearer(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct span token;

	if (!bearer_token(asked->request->authorization, &token))
		return SESSION_BAD_BEARER;
	return jwt_open_token(config, token, asked->now, asked->arena, out);
}

/* The one proof that counts. */
static enum session_why
open_proof(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	static enum session_why (*const families[])(
	    const struct session_config *, const struct session_asked *,
	    struct session *) = {
		[FORMAT_JWT] = jwt_open,
		[FORMAT_SUPABASE] = supabase_open,
		[FORMAT_ITSDANGEROUS] = itsdangerous_open,
		[FORMAT_KEYGRIP] = keygrip_open,
		[FORMAT_COOKIE_SIGNATURE] = cookie_signature_open,
		[FORMAT_REMOTE_USER] = open_remote_user,
		[FORMAT_PHP] = php_session_open,
	};
	size_t n = sizeof(families) / sizeof(families[0]);

	if (config->format <= FORMAT_NONE || (size_t)config->format >= n)
		return SESSION_REFUSED;
	if (session_is_bearer(config, asked->request))
		return open_bearer(config, asked, out);
	return families[config->format](config, asked, out);
}

struct session_verdict
session_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct session_verdict verdict;

	*out = (struct session){ 0 };
	verdict.why = open_proof(config, asked, out);
	if (verdict.why == SESSION_OK) {
		out->open = true;
		out->bearer = session_is_bearer(config, asked->request);
	} else {
		*out = (struct session){ 0 };
	}
	if (verdict.why == SESSION_NO_COOKIE)
		verdict.why = why_no_cookie(config, asked->request);
	return verdict;
}
