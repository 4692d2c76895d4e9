#include "session/proof.h"

#define ZLIB_CONST /* next_in is only read */
#include <zlib.h>

#include "base/date.h"
#include "base/text.h"
#include "http/cookie.h"

bool
proof_made_of(struct span s, const char *others)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i], letter = c | 0x20;

		if ((letter < 'a' || letter > 'z') && (c < '0' || c > '9') &&
		    (c == '\0' || strchr(others, c) == NULL))
			return false;
	}
	return s.n > 0;
}

enum session_why
proof_cookie(
    const struct session_asked *asked, struct span name, struct span *value)
{
	static const enum session_why whys[] = { [COOKIE_NONE] =
						     SESSION_NO_COOKIE,
		[COOKIE_ONE] = SESSION_OK,
		[COOKIE_MANY] = SESSION_TWO_COOKIES,
		[COOKIE_BAD] = SESSION_BAD_COOKIE };

	return whys[cookie_find(asked->request->cookie, name, value)];
}

enum session_why
proof_cookie_beside(const struct session_asked *asked, struct span name,
    struct span end, struct span *value)
{
	unsigned char mem[COOKIE_MAX];
	struct sink whole;

	sink_init(&whole, mem, sizeof(mem));
	sink_say(&whole, "%v%v", name, end);
	return whole.full ? SESSION_REFUSED
			  : proof_cookie(asked, sink_view(&whole), value);
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

/* Chunks from 0 up to the first that is missing, and none behind a gap. */
static enum session_why
join(const struct session_asked *asked, struct span cookie, struct span *value)
{
	unsigned char *p = arena_bytes(asked->arena, JOINED_MAX);
	size_t n = 0, chunks = 0;

	if (p == NULL)
		return SESSION_REFUSED;
	for (size_t i = 0; i <= CHUNKS_MAX; i++) {
		unsigned char mem[8];
		struct span chunk;
		struct sink end;
		enum session_why why;

		sink_init(&end, mem, sizeof(mem));
		sink_say(&end, ".%d", (long long)i);
		why =
		    proof_cookie_beside(asked, cookie, sink_view(&end), &chunk);
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

enum session_why
proof_verify(const struct session_config *config, const struct span *parts,
    size_t n_parts, base64_decoder *decode, struct span signature,
    struct span *key_id)
{
	size_t size = digest_size(config->hash), n;
	size_t digits = (8 * size + 5) / 6;
	unsigned char mac[DIGEST_MAX], own[DIGEST_MAX];
	enum session_why why = SESSION_MAC;

	/* What is longer may be padded up to a multiple of four. */
	if (signature.n < digits || signature.n > (digits + 3) / 4 * 4)
		return SESSION_MAC_SIZE;
	if (!decode(signature, mac, sizeof(mac), &n) || n != size || size == 0)
		return SESSION_MAC;
	for (size_t i = 0; i < config->n_keys; i++) {
		const struct session_key *key = &config->keys[i];

		if (hmac_of(key->hmac, parts, n_parts, own) == size &&
		    digest_equal(own, mac, size)) {
			*key_id = key->id;
			why = SESSION_OK;
		}
	}
	/* It would be the right signature of a text that a client chose. */
	wipe(own, sizeof(own));
	return why;
}

static enum session_why
decode(base64_decoder *with, struct span text, struct arena *arena,
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

/* For zlib: its memory is the arena's, which is given back whole. */
static voidpf
take_memory(voidpf arena, uInt count, uInt size)
{
	return arena_array(arena, count, size);
}

static void
leave_memory(voidpf arena, voidpf p)
{
	(void)arena;
	(void)p;
}

/*
 * All of a zlib stream (RFC 1950), of INFLATED_MAX bytes at most, in the arena.
 * Not one that is damaged or cut, has bytes behind it or needs a dictionary.
 */
static bool
inflate_text(struct span packed, struct arena *arena, struct span *out)
{
	z_stream z = {
		.zalloc = take_memory, .zfree = leave_memory, .opaque = arena
	};
	unsigned char *room = arena_bytes(arena, INFLATED_MAX);
	int code;

	if (room == NULL || packed.n == 0 || inflateInit(&z) != Z_OK)
		return false;
	z.next_in = packed.p;
	z.avail_in = (uInt)packed.n;
	z.next_out = room;
	z.avail_out = INFLATED_MAX;
	code = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	*out = (struct span){ room, INFLATED_MAX - z.avail_out };
	return code == Z_STREAM_END && z.avail_in == 0;
}

/* [ "." ] base64url; behind the dot, which was signed too, it is deflated. */
static enum session_why
unpack(struct span text, struct arena *arena, struct span *out)
{
	bool deflated = text.n > 0 && text.p[0] == '.';
	enum session_why why =
	    decode(base64url_decode, span_skip(text, deflated), arena, out);

	if (why == SESSION_OK && deflated && !inflate_text(*out, arena, out))
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
		why = decode(base64url_decode, text, arena, &json);
	else if (body == BODY_PREFIXED && span_starts(text, SPAN_LIT("j:")))
		json = span_skip(text, 2);
	else
		why = decode(base64_padded_decode, text, arena, &json);
	return why == SESSION_OK ? proof_json(json, out) : why;
}

enum session_why
proof_user(struct span name, struct session *out)
{
	if (name.n == 0 || name.n > USER_MAX || !text_utf8(name) ||
	    text_has_control(name))
		return SESSION_USER;
	out->user = name;
	return SESSION_OK;
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
	enum session_why why = proof_user(text, out);

	return why == SESSION_OK && is_object(text) ? SESSION_USER : why;
}

enum session_why
proof_claims(const struct session_config *config, struct arena *arena,
    struct session *out)
{
	struct json_value v;
	struct span text;
	long long ignored;

	for (size_t i = 0; i < config->n_require; i++) {
		const struct claim_rule *rule = &config->require[i];

		if (json_path(out->claims, rule->claim).kind == JSON_TWICE)
			return SESSION_TWICE;
		if (!session_claim_is(out, rule, arena))
			return SESSION_CLAIM;
	}
	/* A signature alone is no login: guests have signed sessions too. */
	v = json_path(out->claims, config->user);
	text = v.text;
	if (v.kind == JSON_TWICE)
		return SESSION_TWICE;
	if (v.kind == JSON_KIND_STRING ? !json_read_text(v, arena, &text)
				       : !json_read_integer(v, &ignored))
		return SESSION_USER;
	return proof_user(text, out);
}

/* The registered claims that are looked at (RFC 7519 4.1), times first. */
enum { EXP, NBF, IAT, TIMES, AUD = TIMES, ISS, REGISTERED };
static const struct span registered[REGISTERED] = {
	[EXP] = SPAN_INIT("exp"),
	[NBF] = SPAN_INIT("nbf"),
	[IAT] = SPAN_INIT("iat"),
	[AUD] = SPAN_INIT("aud"),
	[ISS] = SPAN_INIT("iss"),
};

/*
 * exp (RFC 7519 4.1.4: over "on or after"), and no further ahead than a
 * browser keeps a cookie: milliseconds in place of seconds are no "for ever".
 * nbf (4.1.5). iat, and the configuration's own limit, which counts from it.
 */
static enum session_why
check_times(const struct session_config *config,
    const struct json_value claims[static TIMES], long long now,
    struct session *out)
{
	long long at[TIMES] = { 0 }, end;
	bool there[TIMES];

	/* RFC 7519 2: a NumericDate is a number; a string of digits is none. */
	for (size_t i = 0; i < TIMES; i++) {
		there[i] = claims[i].kind != JSON_ABSENT;
		if (claims[i].kind == JSON_TWICE)
			return SESSION_TWICE;
		if (there[i] && !json_read_seconds(claims[i], &at[i]))
			return SESSION_TIME;
	}
	if (!there[EXP] && config->max_age <= 0)
		return SESSION_EXPIRY_MISSING;
	if (there[EXP] && now >= at[EXP] + config->leeway)
		return SESSION_EXPIRED;
	if (there[EXP] && at[EXP] - now > SESSION_AHEAD_MAX_SECONDS)
		return SESSION_EXPIRY_FAR;
	if (there[NBF] && at[NBF] > now + config->leeway)
		return SESSION_NOT_YET;
	if (there[IAT] && at[IAT] > now + config->leeway)
		return SESSION_FUTURE;
	out->expires = at[EXP];
	if (config->max_age <= 0)
		return SESSION_OK;
	end = at[IAT] + config->max_age;
	if (!there[IAT] || now >= end + config->leeway)
		return SESSION_AGE;
	if (!there[EXP] || end < at[EXP])
		out->expires = end;
	return SESSION_OK;
}

/*
 * The token may be a cache of a session that ends before it does (Better
 * Auth's getCookieCache() refuses then, too).
 */
static enum session_why
check_own_end(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct json_value v;
	struct span text;
	long long end;

	if (config->signing.own_end.n == 0)
		return SESSION_OK;
	v = json_path(out->claims, config->signing.own_end);
	if (v.kind == JSON_TWICE)
		return SESSION_TWICE;
	if (!json_read_text(v, asked->arena, &text) ||
	    !date_time_read(text, &end))
		return SESSION_OWN_END;
	if (asked->now >= end + config->leeway)
		return SESSION_ENDED;
	if (end < out->expires)
		out->expires = end;
	return SESSION_OK;
}

enum session_why
proof_token(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct json_value claims[REGISTERED];
	enum session_why why;

	json_members(out->claims, registered, REGISTERED, claims);
	why = check_times(config, claims, asked->now, out);
	if (why == SESSION_OK)
		why = check_own_end(config, asked, out);
	if (why != SESSION_OK)
		return why;
	/* RFC 7519 4.1.3: a token that names an audience must be refused by
	 * whoever is not in it, so also where none is configured. */
	if (claims[AUD].kind == JSON_TWICE)
		return SESSION_TWICE;
	if (config->audience.n == 0
		? claims[AUD].kind != JSON_ABSENT
		: !json_has_string(claims[AUD], config->audience))
		return SESSION_AUDIENCE;
	/* RFC 7519 4.1.1: the whole text, no prefix and no part. */
	if (config->issuer.n > 0) {
		if (claims[ISS].kind == JSON_TWICE)
			return SESSION_TWICE;
		if (!json_string_is(claims[ISS], config->issuer))
			return SESSION_ISSUER;
	}
	return proof_claims(config, asked->arena, out);
}
