#include "session/families.h"

#include "base/enc.h"
#include "session/proof.h"

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
verify(const struct session_config *config, struct span cookie,
    struct span *value, struct session *out)
{
	struct span_cut cut = span_cut_last(cookie, '.');

	if (span_starts(cut.head, SPAN_LIT("s:")))
		cut.head = span_skip(cut.head, 2);
	if (!cut.found || cut.head.n == 0 || cut.tail.n == 0 ||
	    span_has(cut.tail, '-') || span_has(cut.tail, '_'))
		return SESSION_SHAPE;
	*value = cut.head;
	return keys_verify(
	    config, value, 1, base64_decode, cut.tail, &out->key_id);
}

enum session_why
cookie_signature_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct span cookie, value;
	enum session_why why =
	    proof_cookie_decoded(asked, config->cookie, &cookie);

	if (why == SESSION_OK)
		why = verify(config, cookie, &value, out);
	if (why != SESSION_OK)
		return why;
	out->expires = SESSION_ENDLESS;
	if (config->signing.body == BODY_TEXT)
		return proof_name(value, out);
	why = proof_object(
	    config->signing.body, value, asked->arena, &out->claims);
	return why == SESSION_OK ? claims_user(config, asked->arena, out) : why;
}
