#include "session/session.h"

#include "base/text.h"
#include "session/proof.h"

const char *
session_why_text(enum session_why why)
{
	static const char *const texts[] = {
#define SESSION_WHY_TEXT(code, text) [code] = text,
		SESSION_WHYS(SESSION_WHY_TEXT)
#undef SESSION_WHY_TEXT
	};

	if ((unsigned)why >= SESSION_WHY_COUNT)
		why = SESSION_REFUSED;
	return texts[why];
}

/* Half of a SHA-256's hex digits, as text. */
static bool
derive_hex(struct span secret, struct hmac_key *out)
{
	unsigned char digest[DIGEST_MAX], mem[32];
	struct sink hex;
	bool made;

	sink_init(&hex, mem, sizeof(mem));
	made = digest_of(HASH_SHA256, &secret, 1, digest);
	sink_hex(&hex, (struct span){ digest, sizeof(mem) / 2 });
	made = made && hmac_key_init(out, HASH_SHA256, sink_view(&hex));
	wipe(digest, sizeof(digest));
	wipe(mem, sizeof(mem));
	return made;
}

bool
session_derive(const struct session_config *config, struct span secret,
    struct hmac_key *out)
{
	const struct signing *s = &config->signing;
	/* The salt, then the secret: the order of both concatenations. */
	const struct span parts[] = {
		s->salt_has_cookie ? config->cookie : SPAN_LIT(""),
		s->salt,
		s->derivation == DERIVE_DJANGO_CONCAT ? SPAN_LIT("signer")
						      : SPAN_LIT(""),
		s->prefix,
		secret,
	};
	unsigned char derived[DIGEST_MAX];
	size_t n = 0;
	bool made;

	if (secret.n == 0)
		return false;
	switch (s->derivation) {
	case DERIVE_NOTHING:
		return hmac_key_init(out, config->hash, secret);
	case DERIVE_HEX32:
		return derive_hex(secret, out);
	case DERIVE_HMAC:
		if (s->prefix.n == 0 &&
		    hmac_key_init(out, config->hash, secret))
			n = hmac_of(out, parts, 2, derived);
		break;
	case DERIVE_DJANGO_CONCAT:
	case DERIVE_CONCAT:
		if (digest_of(config->hash, parts, 5, derived))
			n = digest_size(config->hash);
		break;
	}
	made = n > 0 &&
	       hmac_key_init(out, config->hash, (struct span){ derived, n });
	wipe(derived, sizeof(derived));
	return made;
}

/* A string, or a value that is its own text: true, false, an integer. */
static bool
claim_text(struct json_value v, struct arena *arena, struct span *out)
{
	struct span text = v.text;
	long long ignored;

	*out = (struct span){ NULL, 0 };
	if (v.kind != JSON_KIND_TRUE && v.kind != JSON_KIND_FALSE &&
	    !json_read_integer(v, &ignored) && !json_read_text(v, arena, &text))
		return false;
	if (text_has_control(text))
		return false;
	*out = text;
	return true;
}

bool
session_claim(const struct session *session, struct span path,
    struct arena *arena, struct span *out)
{
	return claim_text(json_path(session->claims, path), arena, out);
}

bool
session_claim_is(const struct session *session, const struct claim_rule *rule,
    struct arena *arena)
{
	struct json_value v = json_path(session->claims, rule->claim);
	bool list = v.kind == JSON_KIND_ARRAY && !rule->never;
	struct span text;

	if (rule->never && (v.kind == JSON_ABSENT || v.kind == JSON_KIND_NULL))
		return true;
	if (!list && !claim_text(v, arena, &text))
		return false;
	for (size_t i = 0; i < rule->n; i++)
		if (list ? json_has_string(v, rule->is[i])
			 : span_eq(text, rule->is[i]))
			return !rule->never;
	return rule->never;
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

/*
 * "Bearer" SP token68, where token68 =
 * 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
 * (RFC 6750 2.1, RFC 9110 11.2).
 */
static enum session_why
open_bearer(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct span header = asked->request->authorization;
	struct span token = span_skip(header, scheme_of(header).n);
	size_t n;

	if (token.n == 0 || token.p[0] != ' ')
		return SESSION_BAD_BEARER;
	token = span_skip(token, 1);
	for (n = token.n; n > 0 && token.p[n - 1] == '=';)
		n--;
	if (!proof_made_of(span_head(token, n), "-._~+/"))
		return SESSION_BAD_BEARER;
	return jwt_open_token(config, asked, token, out);
}

/*
 * A name that the web server itself established, in the variable that the
 * configuration names, which no request header can set (RFC 3875 4.1.18:
 * headers are HTTP_...). An empty one is absent: nginx sends it for guests.
 *
 * REMOTE_USER is of somebody who was authenticated, and AUTH_TYPE says how
 * (4.1.11, 4.1.1). Without it the name is whatever a client sent: a rule that
 * copies Authorization into REMOTE_USER is common for PHP behind Apache, and
 * nginx passes on what no auth_basic has checked.
 */
static enum session_why
open_remote_user(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	const struct request *request = asked->request;

	if (request->remote_user.n == 0)
		return SESSION_NO_VARIABLE;
	if (span_is(config->variable, "REMOTE_USER") &&
	    request->auth_type.n == 0)
		return SESSION_NO_AUTH_TYPE;
	out->expires = SESSION_ENDLESS;
	return proof_user(request->remote_user, out) == SESSION_OK
		   ? SESSION_OK
		   : SESSION_BAD_VARIABLE;
}

/* The one proof that counts. */
static enum session_why
open_proof(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	static proof_family *const families[] = {
		[FORMAT_JWT] = jwt_open,
		[FORMAT_SUPABASE] = jwt_open_supabase,
		[FORMAT_ITSDANGEROUS] = itsdangerous_open,
		[FORMAT_KEYGRIP] = npm_open_keygrip,
		[FORMAT_COOKIE_SIGNATURE] = npm_open_signature,
		[FORMAT_REMOTE_USER] = open_remote_user,
		[FORMAT_PHP] = php_open,
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
