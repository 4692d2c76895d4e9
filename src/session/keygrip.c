#include "session/families.h"

#include "base/enc.h"
#include "session/proof.h"

/*
 * NAME     = value = base64(JSON)
 * NAME.sig = base64url( HMAC(key, NAME "=" value) )
 *
 * (keygrip's sign(), cookies' set() with signed, cookie-session's encode().)
 */
static const struct span suffix = SPAN_INIT(".sig");

static enum session_why
find_signature(const struct session_config *config,
    const struct session_asked *asked, struct span *signature)
{
	size_t n = config->cookie.n;
	unsigned char *name = arena_bytes(asked->arena, n + suffix.n);
	enum session_why why;

	if (name == NULL)
		return SESSION_REFUSED;
	memcpy(name, config->cookie.p, n);
	memcpy(name + n, suffix.p, suffix.n);
	why =
	    proof_cookie(asked, (struct span){ name, n + suffix.n }, signature);
	if (why == SESSION_NO_COOKIE)
		return SESSION_NO_SIGNATURE;
	return why == SESSION_TWO_COOKIES ? SESSION_TWO_SIGNATURES : why;
}

static enum session_why
verify(const struct session_config *config, struct span value,
    struct span signature, struct session *out)
{
	const struct span covered[] = { config->cookie, SPAN_LIT("="), value };

	return keys_verify(
	    config, covered, 3, base64url_decode, signature, &out->key_id);
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
keygrip_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct span value, signature;
	enum session_why why = proof_cookie(asked, config->cookie, &value);

	if (why == SESSION_OK)
		why = find_signature(config, asked, &signature);
	if (why == SESSION_OK)
		why = verify(config, value, signature, out);
	if (why == SESSION_OK)
		why = proof_object(
		    BODY_BASE64, value, asked->arena, &out->claims);
	if (why == SESSION_OK)
		why = check_expiry(config, asked->now, out);
	return why == SESSION_OK ? claims_user(config, asked->arena, out) : why;
}
