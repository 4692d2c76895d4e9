#include "cli/make.h"

#include "base/enc.h"
#include "session/families.h"

#define STAMP_DIGITS_MAX 11 /* base62: more than a long long has */

static const unsigned char digits62[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* {"alg":"HS256","typ":"JWT"} */
static void
put_header(struct span algorithm, struct sink *out)
{
	unsigned char mem[64];
	struct sink header;

	sink_init(&header, mem, sizeof(mem));
	sink_say(&header, "{\"alg\":\"%v\",\"typ\":\"JWT\"}", algorithm);
	base64url_encode(sink_view(&header), out);
}

bool
make_jwt(const struct session_config *config, const struct session_key *key,
    struct span payload, struct sink *out)
{
	struct span algorithm = jwt_algorithm(config->hash), covered;
	unsigned char mac[DIGEST_MAX];
	size_t mark = out->n, n;

	if (algorithm.n == 0)
		return false;
	put_header(algorithm, out);
	sink_byte(out, '.');
	base64url_encode(payload, out);
	covered = sink_since(out, mark);
	n = hmac_of(key->hmac, &covered, 1, mac);
	if (n != digest_size(config->hash)) {
		out->n = mark;
		return false;
	}
	sink_byte(out, '.');
	base64url_encode((struct span){ mac, n }, out);
	return !out->full;
}

static bool
wrap_supabase(struct span token, struct sink *out)
{
	unsigned char mem[COOKIE_MAX];
	struct sink json;

	sink_init(&json, mem, sizeof(mem));
	sink_say(&json, "{\"access_token\":\"%v\",\"token_type\":\"bearer\"}",
	    token);
	sink_text(out, "base64-");
	base64url_encode(sink_view(&json), out);
	return !json.full && !out->full;
}

static bool
make_supabase(const struct session_config *config,
    const struct session_key *key, struct span text, struct sink *out)
{
	unsigned char mem[COOKIE_MAX];
	struct sink token;

	sink_init(&token, mem, sizeof(mem));
	return make_jwt(config, key, text, &token) &&
	       wrap_supabase(sink_view(&token), out);
}

static void
write_stamp(enum stamp stamp, long long at, struct sink *out)
{
	unsigned char p[STAMP_DIGITS_MAX];
	size_t n = sizeof(p);
	int base = stamp == STAMP_BASE62 ? 62 : 256;

	for (; at > 0 && n > 0; at /= base) {
		int digit = (int)(at % base);

		p[--n] = stamp == STAMP_BASE62 ? digits62[digit]
					       : (unsigned char)digit;
	}
	if (stamp == STAMP_BASE62)
		sink_span(out, (struct span){ p + n, sizeof(p) - n });
	else
		base64url_encode((struct span){ p + n, sizeof(p) - n }, out);
}

static bool
make_itsdangerous(const struct session_config *config,
    const struct session_key *key, struct span text, long long issued,
    struct sink *out)
{
	const struct signing *s = &config->signing;
	unsigned char mac[DIGEST_MAX];
	size_t mark = out->n, n;
	struct span covered;

	if (s->body == BODY_TEXT)
		sink_span(out, text);
	else if (s->body == BODY_BASE64)
		base64_encode(text, true, out);
	else
		base64url_encode(text, out);
	if (s->stamp != STAMP_NONE) {
		sink_byte(out, s->separator);
		write_stamp(s->stamp, issued, out);
	}
	covered = sink_since(out, mark);
	n = hmac_of(key->hmac, &covered, 1, mac);
	sink_byte(out, s->separator);
	base64url_encode((struct span){ mac, n }, out);
	return n > 0 && !out->full;
}

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

static bool
make_keygrip(const struct session_config *config, const struct session_key *key,
    struct span json, struct sink *out)
{
	unsigned char mac[DIGEST_MAX];
	size_t mark = out->n, n;
	struct span covered;

	sink_span(out, config->cookie);
	sink_byte(out, '=');
	base64_encode(json, true, out);
	covered = sink_since(out, mark);
	n = hmac_of(key->hmac, &covered, 1, mac);
	sink_say(out, "; %v.sig=", config->cookie);
	base64url_encode((struct span){ mac, n }, out);
	return n > 0 && !out->full;
}

static bool
make_value(const struct session_config *config, const struct session_key *key,
    struct span text, long long issued, struct sink *out)
{
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
	case FORMAT_REMOTE_USER:
	case FORMAT_PHP:
	case FORMAT_NONE:
	default:
		return false;
	}
}

bool
session_make(const struct session_config *config, const struct session_key *key,
    struct span text, long long issued, struct sink *out)
{
	if (config->format == FORMAT_KEYGRIP)
		return make_keygrip(config, key, text, out);
	sink_say(out, "%v=", config->cookie);
	return make_value(config, key, text, issued, out) && !out->full;
}
