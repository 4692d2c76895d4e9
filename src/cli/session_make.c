#include "cli/session_make.h"

#include "base/enc.h"

/*
 * A separator, and the MAC over all from mark on, as base64url. Returns its
 * size in bytes, 0 without room.
 */
static size_t
put_mac(const struct session_key *key, unsigned char separator, size_t mark,
    struct sink *out)
{
	struct span covered = sink_since(out, mark);
	unsigned char mac[DIGEST_MAX];
	size_t n = hmac_of(key->hmac, &covered, 1, mac);

	sink_byte(out, separator);
	base64url_encode((struct span){ mac, n }, out);
	return out->full ? 0 : n;
}

/* The payload is taken as it is. */
static bool
make_jwt(const struct session_config *config, const struct session_key *key,
    struct span payload, struct sink *out)
{
	static const char *const names[] = { [HASH_SHA256] = "HS256",
		[HASH_SHA384] = "HS384",
		[HASH_SHA512] = "HS512" };
	const char *name = names[config->hash];
	unsigned char mem[64];
	size_t mark = out->n;
	struct sink header;

	if (name == NULL)
		return false;
	sink_init(&header, mem, sizeof(mem));
	sink_say(&header, "{\"alg\":\"%s\",\"typ\":\"JWT\"}", name);
	base64url_encode(sink_view(&header), out);
	sink_byte(out, '.');
	base64url_encode(payload, out);
	return put_mac(key, '.', mark, out) == digest_size(config->hash);
}

static bool
make_supabase(const struct session_config *config,
    const struct session_key *key, struct span payload, struct sink *out)
{
	unsigned char token_mem[COOKIE_MAX], mem[COOKIE_MAX];
	struct sink token, json;

	sink_init(&token, token_mem, sizeof(token_mem));
	if (!make_jwt(config, key, payload, &token))
		return false;
	sink_init(&json, mem, sizeof(mem));
	sink_say(&json, "{\"access_token\":\"%v\",\"token_type\":\"bearer\"}",
	    sink_view(&token));
	sink_text(out, "base64-");
	base64url_encode(sink_view(&json), out);
	return !json.full && !out->full;
}

static void
put_stamp(enum stamp stamp, long long at, struct sink *out)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	unsigned char p[16];
	size_t n = sizeof(p);
	int base = stamp == STAMP_BASE62 ? 62 : 256;

	for (; at > 0 && n > 0; at /= base)
		p[--n] = (unsigned char)(base == 62 ? digits[at % 62]
						    : (char)(at % 256));
	if (base == 62)
		sink_span(out, (struct span){ p + n, sizeof(p) - n });
	else
		base64url_encode((struct span){ p + n, sizeof(p) - n }, out);
}

/* Never deflated: readers take both. */
static bool
make_itsdangerous(const struct session_config *config,
    const struct session_key *key, struct span text, long long issued,
    struct sink *out)
{
	const struct signing *s = &config->signing;
	size_t mark = out->n;

	if (s->body == BODY_TEXT)
		sink_span(out, text);
	else if (s->body == BODY_BASE64)
		base64_encode(text, true, out);
	else
		base64url_encode(text, out);
	if (s->stamp != STAMP_NONE) {
		sink_byte(out, s->separator);
		put_stamp(s->stamp, issued, out);
	}
	return put_mac(key, s->separator, mark, out) > 0;
}

/* As Express writes it: "s:", and no padding. */
static bool
make_cookie_signature(const struct session_config *config,
    const struct session_key *key, struct span text, struct sink *out)
{
	const struct span json[] = { SPAN_LIT("j:"), text };
	bool object = config->signing.body != BODY_TEXT;
	unsigned char mac[DIGEST_MAX], mem[2 * DIGEST_MAX];
	size_t n =
	    hmac_of(key->hmac, object ? json : &text, object ? 2 : 1, mac);
	struct sink signature;

	sink_init(&signature, mem, sizeof(mem));
	base64_encode((struct span){ mac, n }, false, &signature);
	sink_text(out, object ? "s%3Aj%3A" : "s%3A");
	percent_encode(text, out);
	sink_byte(out, '.');
	percent_encode(sink_view(&signature), out);
	return n > 0 && !out->full;
}

/* Behind "NAME=": the JSON, and the second cookie with its signature. */
static bool
make_keygrip(const struct session_config *config, const struct session_key *key,
    struct span json, size_t mark, struct sink *out)
{
	struct span covered;
	unsigned char mac[DIGEST_MAX];
	size_t n;

	base64_encode(json, true, out);
	covered = sink_since(out, mark);
	n = hmac_of(key->hmac, &covered, 1, mac);
	sink_say(out, "; %v.sig=", config->cookie);
	base64url_encode((struct span){ mac, n }, out);
	return n > 0 && !out->full;
}

bool
session_make(const struct session_config *config, const struct session_key *key,
    struct span text, long long issued, struct sink *out)
{
	size_t mark = out->n;

	sink_say(out, "%v=", config->cookie);
	switch (config->format) {
	case FORMAT_JWT:
		return make_jwt(config, key, text, out);
	case FORMAT_SUPABASE:
		return make_supabase(config, key, text, out);
	case FORMAT_ITSDANGEROUS:
		return make_itsdangerous(config, key, text, issued, out);
	case FORMAT_COOKIE_SIGNATURE:
		return make_cookie_signature(config, key, text, out);
	case FORMAT_KEYGRIP:
		return make_keygrip(config, key, text, mark, out);
	case FORMAT_REMOTE_USER:
	case FORMAT_PHP:
	case FORMAT_NONE:
	default:
		return false;
	}
}
