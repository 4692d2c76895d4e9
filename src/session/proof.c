#include "session/proof.h"

#include "base/enc.h"
#include "base/inflate.h"
#include "http/cookie.h"
#include "session/claims.h"

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

/* [ "." ] base64url; behind the dot, which was signed too, it is deflated. */
static enum session_why
unpack(struct span text, struct arena *arena, struct span *out)
{
	bool deflated = text.n > 0 && text.p[0] == '.';
	enum session_why why =
	    decode(base64url_decode, span_skip(text, deflated), arena, out);

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
		why = decode(base64url_decode, text, arena, &json);
	else if (body == BODY_PREFIXED && span_starts(text, SPAN_LIT("j:")))
		json = span_skip(text, 2);
	else
		why = decode(base64_padded_decode, text, arena, &json);
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
