#include "session/proof.h"

/*
 * token = header "." payload "." signature
 * each  = 1*( ALPHA / DIGIT / "-" / "_" )
 *
 * RFC 7515 7.1, at most what a cookie, or its chunks, can hold. Nothing else is
 * a token: no JSON serialization, no fourth and fifth part of an encrypted one,
 * no padding.
 */
struct parts {
	struct span header, payload, signature;
	struct span covered; /* what the signature covers: header "." payload */
};

static bool
split(struct span token, size_t most, struct parts *out)
{
	struct span_cut last = span_cut_last(token, '.');
	struct span_cut first = span_cut(last.head, '.');

	*out = (struct parts){ first.head, first.tail, last.tail, last.head };
	return token.n <= most && last.found && first.found &&
	       proof_made_of(out->header, "-_") &&
	       proof_made_of(out->payload, "-_") &&
	       proof_made_of(out->signature, "-_");
}

/* RFC 7518 3.1; no other algorithm has a name here. */
static struct span
algorithm_name(enum hash hash)
{
	static const char *const names[] = { [HASH_SHA256] = "HS256",
		[HASH_SHA384] = "HS384",
		[HASH_SHA512] = "HS512" };

	return span_of(names[hash]);
}

/* A header or a payload, decoded and known to be one JSON object. */
static enum session_why
read_object(struct span part, struct arena *arena, struct json_value *out)
{
	enum session_why why = proof_object(BODY_BASE64URL, part, arena, out);

	return why == SESSION_SHAPE ? SESSION_FORM : why;
}

/*
 * The algorithm is the configured one, said once (RFC 8725 3.1). An extension
 * that is not understood must be refused (RFC 7515 4.1.11), and none is: not
 * crit, not b64 (RFC 7797), nothing of encryption, no token inside the token
 * (cty). kid, jwk, jku and x5u are never looked at: no key comes from a token.
 */
static enum session_why
check_header(const struct session_config *config, struct json_value header)
{
	static const struct span names[] = { SPAN_INIT("alg"),
		SPAN_INIT("crit"), SPAN_INIT("b64"), SPAN_INIT("zip"),
		SPAN_INIT("enc"), SPAN_INIT("cty") };
	enum { COUNT = sizeof(names) / sizeof(names[0]) };
	struct json_value found[COUNT];

	json_members(header, names, COUNT, found);
	if (found[0].kind == JSON_TWICE)
		return SESSION_TWICE;
	if (!json_string_is(found[0], algorithm_name(config->hash)))
		return SESSION_ALGORITHM;
	for (size_t i = 1; i < COUNT; i++)
		if (found[i].kind != JSON_ABSENT)
			return SESSION_HEADER;
	return SESSION_OK;
}

/* Verify first, parse after. */
enum session_why
jwt_open_token(const struct session_config *config,
    const struct session_asked *asked, struct span token, struct session *out)
{
	struct json_value header;
	enum session_why why;
	struct parts parts;

	if (algorithm_name(config->hash).n == 0)
		return SESSION_REFUSED;
	if (!split(token, config->signing.chunked ? JOINED_MAX : COOKIE_MAX,
		&parts))
		return SESSION_FORM;
	why = proof_verify(config, &parts.covered, 1, base64url_decode,
	    parts.signature, &out->key_id);
	if (why == SESSION_OK)
		why = read_object(parts.header, asked->arena, &header);
	if (why == SESSION_OK)
		why = check_header(config, header);
	if (why == SESSION_OK)
		why = read_object(parts.payload, asked->arena, &out->claims);
	return why == SESSION_OK ? proof_token(config, asked, out) : why;
}

enum session_why
jwt_open(const struct session_config *config, const struct session_asked *asked,
    struct session *out)
{
	struct span token;
	enum session_why why = proof_chunks(asked, config, &token);

	return why == SESSION_OK ? jwt_open_token(config, asked, token, out)
				 : why;
}

/* value = "base64-" base64url(JSON with access_token) */
static const struct span scheme = SPAN_INIT("base64-");

static enum session_why
unwrap(struct span value, struct arena *arena, struct span *token)
{
	struct json_value object;
	enum session_why why = SESSION_SHAPE;

	/* Nothing of it is believed: it only says where the token is. */
	if (span_starts(value, scheme))
		why = proof_object(
		    BODY_BASE64URL, span_skip(value, scheme.n), arena, &object);
	if (why != SESSION_OK)
		return why;
	object = json_member(object, SPAN_LIT("access_token"));
	if (object.kind == JSON_TWICE)
		return SESSION_TWICE;
	return json_read_text(object, arena, token) ? SESSION_OK
						    : SESSION_SHAPE;
}

enum session_why
jwt_open_supabase(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct span value, token;
	enum session_why why = proof_chunks(asked, config, &value);

	if (why == SESSION_OK)
		why = unwrap(value, asked->arena, &token);
	if (why != SESSION_OK)
		return why;
	return jwt_open_token(config, asked, token, out);
}
