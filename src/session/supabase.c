#include "session/supabase.h"

#include "base/enc.h"
#include "session/jwt.h"
#include "session/proof.h"

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
supabase_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct span value, token;
	enum session_why why = proof_chunks(asked, config, &value);

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
