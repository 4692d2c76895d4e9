#include "session/proof.h"

#include "base/inflate.h"
#include "base/sink.h"
#include "base/text.h"
#include "http/cookie.h"
#include "session/iso_time.h"

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
keys_derive(const struct session_config *config, struct span secret,
    struct hmac_key *out)
{
	const struct signing *s = &config->signing;
	/* The salt, then the secret: the order of both concatenations. */
	const struct span parts[] = {
		s->salt_has_cookie ? config->cookie : (struct span){ NULL, 0 },
		s->salt,
		s->derivation == DERIVE_DJANGO_CONCAT
		    ? SPAN_LIT("signer")
		    : (struct span){ NULL, 0 },
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

/* The key whose MAC over the parts this is, NULL for none. */
static const struct session_key *
find(const struct session_config *config, const struct span *parts,
    size_t n_parts, struct span mac)
{
	const struct session_key *found = NULL;
	size_t size = digest_size(config->hash);
	unsigned char own[DIGEST_MAX];

	if (size == 0 || mac.n != size)
		return NULL;
	for (size_t i = 0; i < config->n_keys; i++) {
		const struct session_key *key = &config->keys[i];

		if (hmac_of(key->hmac, parts, n_parts, own) == size &&
		    digest_equal(own, mac.p, size))
			found = key;
	}
	/* It would be the right signature of a text that a client chose. */
	wipe(own, sizeof(own));
	return found;
}

enum session_why
keys_verify(const struct session_config *config, const struct span *parts,
    size_t n_parts, base64_decoder *decode, struct span signature,
    struct span *key_id)
{
	size_t digits = (8 * digest_size(config->hash) + 5) / 6, n;
	unsigned char mac[DIGEST_MAX];
	const struct session_key *key;

	/* What is longer may be padded up to a multiple of four. */
	if (signature.n < digits || signature.n > (digits + 3) / 4 * 4)
		return SESSION_MAC_SIZE;
	if (!decode(signature, mac, sizeof(mac), &n))
		return SESSION_MAC;
	key = find(config, parts, n_parts, (struct span){ mac, n });
	if (key == NULL)
		return SESSION_MAC;
	*key_id = key->id;
	return SESSION_OK;
}

/* A claim that is a time. */
struct moment {
	bool present;
	long long at; /* seconds */
};

/* The registered claims that are looked at (RFC 7519 4.1). */
enum { EXP, NBF, IAT, AUD, ISS, REGISTERED };

static const struct span registered[REGISTERED] = {
	[EXP] = SPAN_INIT("exp"),
	[NBF] = SPAN_INIT("nbf"),
	[IAT] = SPAN_INIT("iat"),
	[AUD] = SPAN_INIT("aud"),
	[ISS] = SPAN_INIT("iss"),
};

/* RFC 7519 2: a NumericDate is a number; a string of digits is none. */
static enum session_why
read_moment(struct json_value v, struct moment *out)
{
	*out = (struct moment){ v.kind != JSON_ABSENT, 0 };
	if (v.kind == JSON_TWICE)
		return SESSION_TWICE;
	if (out->present && !json_read_seconds(v, &out->at))
		return SESSION_TIME;
	return SESSION_OK;
}

/*
 * exp (RFC 7519 4.1.4: over "on or after"), and no further ahead than a
 * browser keeps a cookie: milliseconds in place of seconds are no "for ever".
 */
static enum session_why
check_expiry(const struct session_config *config, struct moment exp,
    long long now, struct session *out)
{
	if (!exp.present)
		return config->max_age > 0 ? SESSION_OK
					   : SESSION_EXPIRY_MISSING;
	if (now >= exp.at + config->leeway)
		return SESSION_EXPIRED;
	if (exp.at - now > SESSION_AHEAD_MAX_SECONDS)
		return SESSION_EXPIRY_FAR;
	out->expires = exp.at;
	return SESSION_OK;
}

/* iat, and the configuration's own limit, which counts from it. */
static enum session_why
check_age(const struct session_config *config, struct moment iat,
    bool has_expiry, long long now, struct session *out)
{
	long long end = iat.at + config->max_age;

	if (iat.present && iat.at > now + config->leeway)
		return SESSION_FUTURE;
	if (config->max_age <= 0)
		return SESSION_OK;
	if (!iat.present || now >= end + config->leeway)
		return SESSION_AGE;
	if (!has_expiry || end < out->expires)
		out->expires = end;
	return SESSION_OK;
}

static enum session_why
check_times(const struct session_config *config,
    const struct json_value *claims, long long now, struct session *out)
{
	struct moment exp, nbf, iat;
	enum session_why why;

	why = read_moment(claims[EXP], &exp);
	if (why == SESSION_OK)
		why = read_moment(claims[NBF], &nbf);
	if (why == SESSION_OK)
		why = read_moment(claims[IAT], &iat);
	if (why == SESSION_OK)
		why = check_expiry(config, exp, now, out);
	if (why != SESSION_OK)
		return why;
	/* RFC 7519 4.1.5 */
	if (nbf.present && nbf.at > now + config->leeway)
		return SESSION_NOT_YET;
	return check_age(config, iat, exp.present, now, out);
}

/*
 * The token may be a cache of a session that ends before it does (Better
 * Auth's getCookieCache() refuses then, too).
 */
static enum session_why
check_own_end(const struct session_config *config, long long now,
    struct arena *arena, struct session *out)
{
	struct json_value v;
	struct span text;
	long long end;

	if (config->signing.own_end.n == 0)
		return SESSION_OK;
	v = json_path(out->claims, config->signing.own_end);
	if (v.kind == JSON_TWICE)
		return SESSION_TWICE;
	if (!json_read_text(v, arena, &text) || !iso_time_read(text, &end))
		return SESSION_OWN_END;
	if (now >= end + config->leeway)
		return SESSION_ENDED;
	if (end < out->expires)
		out->expires = end;
	return SESSION_OK;
}

/*
 * RFC 7519 4.1.3: a token that names an audience must be refused by whoever
 * is not in it, so also where none is configured.
 */
static enum session_why
check_audience(const struct session_config *config, struct json_value aud)
{
	if (aud.kind == JSON_TWICE)
		return SESSION_TWICE;
	if (config->audience.n == 0)
		return aud.kind == JSON_ABSENT ? SESSION_OK : SESSION_AUDIENCE;
	return json_has_string(aud, config->audience) ? SESSION_OK
						      : SESSION_AUDIENCE;
}

/* RFC 7519 4.1.1: the whole text, no prefix and no part. */
static enum session_why
check_issuer(const struct session_config *config, struct json_value iss)
{
	if (config->issuer.n == 0)
		return SESSION_OK;
	if (iss.kind == JSON_TWICE)
		return SESSION_TWICE;
	return json_string_is(iss, config->issuer) ? SESSION_OK
						   : SESSION_ISSUER;
}

static enum session_why
check_required(const struct session_config *config,
    const struct session *session, struct arena *arena)
{
	for (size_t i = 0; i < config->n_require; i++) {
		const struct claim_rule *rule = &config->require[i];

		if (json_path(session->claims, rule->claim).kind == JSON_TWICE)
			return SESSION_TWICE;
		if (!session_claim_is(session, rule, arena))
			return SESSION_CLAIM;
	}
	return SESSION_OK;
}

/* A value that is its own text: true, false, or an integer's digits. */
static bool
is_plain(struct json_value v)
{
	long long ignored;

	return v.kind == JSON_KIND_TRUE || v.kind == JSON_KIND_FALSE ||
	       json_read_integer(v, &ignored);
}

static bool
claim_text(struct json_value v, struct arena *arena, struct span *out)
{
	struct span text = v.text;

	*out = (struct span){ NULL, 0 };
	if (!is_plain(v) && !json_read_text(v, arena, &text))
		return false;
	if (text_has_control(text))
		return false;
	*out = text;
	return true;
}

enum session_why
claims_name(struct span name, struct session *out)
{
	if (name.n == 0 || name.n > USER_MAX || !text_utf8(name) ||
	    text_has_control(name))
		return SESSION_USER;
	out->user = name;
	return SESSION_OK;
}

/* A signature alone is no login: guests have signed sessions too. */
static enum session_why
check_user(
    const struct session_config *config, struct arena *arena, struct session *s)
{
	struct json_value v = json_path(s->claims, config->user);

	if (v.kind == JSON_TWICE)
		return SESSION_TWICE;
	if (v.kind != JSON_KIND_STRING && v.kind != JSON_KIND_NUMBER)
		return SESSION_USER;
	if (!claim_text(v, arena, &s->user) || s->user.n == 0 ||
	    s->user.n > USER_MAX)
		return SESSION_USER;
	return SESSION_OK;
}

enum session_why
claims_user(
    const struct session_config *config, struct arena *arena, struct session *s)
{
	enum session_why why = check_required(config, s, arena);

	return why == SESSION_OK ? check_user(config, arena, s) : why;
}

struct session_verdict
claims_check(const struct session_config *config, long long now,
    struct arena *arena, struct session *out)
{
	struct json_value claims[REGISTERED];
	enum session_why why;

	json_members(out->claims, registered, REGISTERED, claims);
	why = check_times(config, claims, now, out);
	if (why == SESSION_OK)
		why = check_own_end(config, now, arena, out);
	if (why == SESSION_OK)
		why = check_audience(config, claims[AUD]);
	if (why == SESSION_OK)
		why = check_issuer(config, claims[ISS]);
	if (why == SESSION_OK)
		why = claims_user(config, arena, out);
	return (struct session_verdict){ why };
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

enum session_why
proof_cookie(
    const struct session_asked *asked, struct span name, struct span *value)
{
	switch (cookie_find(asked->request->cookie, name, value)) {
	case COOKIE_ONE:
		return SESSION_OK;
	case COOKIE_NONE:
		return SESSION_NO_COOKIE;
	case COOKIE_MANY:
		return SESSION_TWO_COOKIES;
	case COOKIE_BAD:
		break;
	}
	return SESSION_BAD_COOKIE;
}

enum session_why
proof_cookie_decoded(
    const struct session_asked *asked, struct span name, struct span *value)
{
	enum session_why why = proof_cookie(asked, name, value);
	unsigned char *p;
	size_t n;

	if (why != SESSION_OK)
		return why;
	p = arena_bytes(asked->arena, value->n);
	if (p == NULL)
		return SESSION_REFUSED;
	if (!percent_decode(*value, p, value->n, &n))
		return SESSION_BAD_COOKIE;
	*value = (struct span){ p, n };
	return SESSION_OK;
}

static enum session_why
find_chunk(const struct session_asked *asked, struct span cookie, size_t i,
    struct span *value)
{
	unsigned char mem[COOKIE_MAX];
	struct sink name;

	sink_init(&name, mem, sizeof(mem));
	sink_say(&name, "%v.%d", cookie, (long long)i);
	return name.full ? SESSION_REFUSED
			 : proof_cookie(asked, sink_view(&name), value);
}

/* Chunks from 0 up to the first that is missing, and none behind a gap. */
static enum session_why
join(const struct session_asked *asked, struct span cookie, struct span *value)
{
	unsigned char *p = arena_bytes(asked->arena, JOINED_MAX);
	size_t n = 0, chunks = 0;

	if (p == NULL)
		return SESSION_REFUSED;
	for (size_t i = 0; i <= CHUNKS_MAX; i++) {
		struct span chunk;
		enum session_why why = find_chunk(asked, cookie, i, &chunk);

		if (why == SESSION_NO_COOKIE)
			continue;
		if (why != SESSION_OK)
			return why;
		if (i != chunks || i == CHUNKS_MAX || chunk.n > JOINED_MAX - n)
			return SESSION_CHUNKS;
		if (chunk.n > 0)
			memcpy(p + n, chunk.p, chunk.n);
		n += chunk.n;
		chunks++;
	}
	*value = (struct span){ p, n };
	return chunks > 0 ? SESSION_OK : SESSION_NO_COOKIE;
}

enum session_why
proof_chunks(const struct session_asked *asked,
    const struct session_config *config, struct span *value)
{
	enum session_why why = proof_cookie(asked, config->cookie, value);

	return why == SESSION_NO_COOKIE && config->signing.chunked
		   ? join(asked, config->cookie, value)
		   : why;
}

static enum session_why
decode_text(base64_decoder *with, struct span text, struct arena *arena,
    struct span *out)
{
	size_t cap = text.n / 4 * 3 + 3, n;
	unsigned char *p = arena_bytes(arena, cap);

	if (p == NULL)
		return SESSION_REFUSED;
	if (!with(text, p, cap, &n))
		return SESSION_SHAPE;
	*out = (struct span){ p, n };
	return SESSION_OK;
}

/* [ "." ] base64url; behind the dot, which was signed too, it is deflated. */
static enum session_why
unpack(struct span text, struct arena *arena, struct span *out)
{
	bool deflated = text.n > 0 && text.p[0] == '.';
	enum session_why why = decode_text(
	    base64url_decode, span_skip(text, deflated), arena, out);

	if (why == SESSION_OK && deflated &&
	    !inflate_text(*out, INFLATED_MAX, arena, out))
		return SESSION_DEFLATED;
	return why;
}

enum session_why
proof_json(struct span text, struct json_value *out)
{
	if (!json_object_valid(text, TOKEN_DEPTH_MAX))
		return SESSION_JSON;
	*out = (struct json_value){ JSON_KIND_OBJECT, text };
	return SESSION_OK;
}

enum session_why
proof_object(enum body body, struct span text, struct arena *arena,
    struct json_value *out)
{
	struct span json = text;
	enum session_why why = SESSION_OK;

	if (body == BODY_PACKED)
		why = unpack(text, arena, &json);
	else if (body == BODY_BASE64URL)
		why = decode_text(base64url_decode, text, arena, &json);
	else if (body == BODY_PREFIXED && span_starts(text, SPAN_LIT("j:")))
		json = span_skip(text, 2);
	else
		why = decode_text(base64_padded_decode, text, arena, &json);
	return why == SESSION_OK ? proof_json(json, out) : why;
}

/*
 * Is this, of USER_MAX bytes at most, "j:" and anything, or in any base64 a
 * JSON object, a JSON text (React Router's id of a session), or behind a dot
 * what zlib deflated (itsdangerous' longer objects; RFC 1950 2.2)?
 */
static bool
is_object(struct span name)
{
	bool deflated = name.n > 0 && name.p[0] == '.';
	unsigned char mem[USER_MAX];
	struct json_value object;
	size_t n;

	if (span_starts(name, SPAN_LIT("j:")))
		return true;
	if (!base64_decode(span_skip(name, deflated), mem, sizeof(mem), &n) ||
	    n < 2)
		return false;
	if (deflated)
		return (mem[0] & 0xf) == 8 && (mem[0] << 8 | mem[1]) % 31 == 0;
	return (mem[0] == '"' && mem[n - 1] == '"') ||
	       proof_json((struct span){ mem, n }, &object) == SESSION_OK;
}

enum session_why
proof_name(struct span text, struct session *out)
{
	enum session_why why = claims_name(text, out);

	return why == SESSION_OK && is_object(text) ? SESSION_USER : why;
}
