#include "session/proof.h"

/*
 * NAME     = value = base64(JSON)
 * NAME.sig = base64url( HMAC(key, NAME "=" value) )
 *
 * (keygrip's sign(), cookies' set() with signed, cookie-session's encode().)
 */
static enum session_why
verify_keygrip(const struct session_config *config,
    const struct session_asked *asked, struct span *value, struct session *out)
{
	struct span covered[] = { config->cookie, SPAN_LIT("="), { NULL, 0 } };
	struct span signature;
	enum session_why why = proof_cookie(asked, config->cookie, value);

	if (why != SESSION_OK)
		return why;
	covered[2] = *value;
	why = proof_cookie_beside(
	    asked, config->cookie, SPAN_LIT(".sig"), &signature);
	if (why == SESSION_NO_COOKIE)
		return SESSION_NO_SIGNATURE;
	if (why == SESSION_TWO_COOKIES)
		return SESSION_TWO_SIGNATURES;
	return why == SESSION_OK
		   ? proof_verify(config, covered, 3, base64url_decode,
			 signature, &out->key_id)
		   : why;
}

/*
 * Koa writes _expire, in milliseconds, or _session: true for a session that
 * ends with the browser. cookie-session writes nothing, and nobody who reads
 * its cookies looks; a moment that stands there is taken at its word.
 */
static enum session_why
check_expiry(
    const struct session_config *config, long long now, struct session *out)
{
	static const struct span names[] = { SPAN_INIT("_expire"),
		SPAN_INIT("_session") };
	struct json_value found[2];
	long long end;

	json_members(out->claims, names, 2, found);
	out->expires = SESSION_ENDLESS;
	if (found[0].kind == JSON_TWICE || found[1].kind == JSON_TWICE)
		return SESSION_TWICE;
	if (found[0].kind == JSON_ABSENT)
		return !config->signing.expiry_required ||
			       found[1].kind == JSON_KIND_TRUE
			   ? SESSION_OK
			   : SESSION_EXPIRY_MISSING;
	if (!json_read_integer(found[0], &end) || end < 0)
		return SESSION_TIME;
	end /= 1000;
	if (now >= end + config->leeway)
		return SESSION_EXPIRED;
	if (end - now > SESSION_AHEAD_MAX_SECONDS)
		return SESSION_EXPIRY_FAR;
	out->expires = end;
	return SESSION_OK;
}

enum session_why
npm_open_keygrip(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct span value;
	enum session_why why = verify_keygrip(config, asked, &value, out);

	if (why == SESSION_OK)
		why = proof_object(
		    BODY_BASE64, value, asked->arena, &out->claims);
	if (why == SESSION_OK)
		why = check_expiry(config, asked->now, out);
	return why == SESSION_OK ? proof_claims(config, asked->arena, out)
				 : why;
}

/*
 * cookie    = percent-encoded( [ "s:" ] value "." signature )
 * signature = base64( HMAC-SHA256(secret, value) ), padded or not
 * value     = text / "j:" JSON / base64(JSON)
 *
 * cookie-parser writes "s:" and no padding, @fastify/cookie and React Router
 * neither, Hono the padding. Which of them wrote is no secret and no matter:
 * the MAC covers the same value.
 */
static enum session_why
verify_signature(const struct session_config *config, struct span cookie,
    struct span *value, struct session *out)
{
	struct span_cut cut = span_cut_last(cookie, '.');

	if (span_starts(cut.head, SPAN_LIT("s:")))
		cut.head = span_skip(cut.head, 2);
	if (!cut.found || cut.head.n == 0 || cut.tail.n == 0 ||
	    span_has(cut.tail, '-') || span_has(cut.tail, '_'))
		return SESSION_SHAPE;
	*value = cut.head;
	return proof_verify(
	    config, value, 1, base64_decode, cut.tail, &out->key_id);
}

enum session_why
npm_open_signature(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct span cookie, value;
	enum session_why why =
	    proof_cookie_decoded(asked, config->cookie, &cookie);

	if (why == SESSION_OK)
		why = verify_signature(config, cookie, &value, out);
	if (why != SESSION_OK)
		return why;
	out->expires = SESSION_ENDLESS;
	if (config->signing.body == BODY_TEXT)
		return proof_name(value, out);
	why = proof_object(
	    config->signing.body, value, asked->arena, &out->claims);
	return why == SESSION_OK ? proof_claims(config, asked->arena, out)
				 : why;
}
