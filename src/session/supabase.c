#include "session/supabase.h"

#include "base/enc.h"
#include "session/jwt.h"
#include "session/proof.h"

/*
 * value  = "base64-" base64url(JSON with access_token)
 * NAME   = value
 *        / NAME.0, NAME.1, ... which joined are the value
 *
 * The bare name wins where both are there: chunks of an older, longer value
 * may be left over (@supabase/ssr, combineChunks()).
 */
static const struct span scheme = SPAN_INIT("base64-");

static enum session_why
find_chunk(const struct session_config *config,
    const struct session_asked *asked, size_t i, struct span *value)
{
	unsigned char mem[COOKIE_MAX];
	struct sink name;

	sink_init(&name, mem, sizeof(mem));
	sink_say(&name, "%v.%d", config->cookie, (long long)i);
	return name.full ? SESSION_REFUSED
			 : proof_cookie(asked, sink_view(&name), value);
}

/* Chunks from 0 up to the first that is missing, and none behind a gap. */
static enum session_why
join(const struct session_config *config, const struct session_asked *asked,
    struct span *value)
{
	unsigned char *p = arena_bytes(asked->arena, JOINED_MAX);
	size_t n = 0, chunks = 0;

	if (p == NULL)
		return SESSION_REFUSED;
	for (size_t i = 0; i <= CHUNKS_MAX; i++) {
		struct span chunk;
		enum session_why why = find_chunk(config, asked, i, &chunk);

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
supabase_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct span value, token;
	enum session_why why = proof_cookie(asked, config->cookie, &value);

	if (why == SESSION_NO_COOKIE)
		why = join(config, asked, &value);
	if (why == SESSION_OK)
		why = unwrap(value, asked->arena, &token);
	if (why != SESSION_OK)
		return why;
	return jwt_open(config, token, asked->now, asked->arena, out).why;
}

bool
supabase_make(struct span token, struct sink *out)
{
	unsigned char mem[COOKIE_MAX];
	struct sink json;

	sink_init(&json, mem, sizeof(mem));
	sink_say(&json, "{\"access_token\":\"%v\",\"token_type\":\"bearer\"}",
	    token);
	sink_span(out, scheme);
	base64url_encode(sink_view(&json), out);
	return !json.full && !out->full;
}
