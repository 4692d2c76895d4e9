#include "session/make.h"

#include "session/cookie_signature.h"
#include "session/itsdangerous.h"
#include "session/jwt.h"
#include "session/keygrip.h"
#include "session/supabase.h"

static bool
make_supabase(const struct session_config *config,
    const struct session_key *key, struct span text, struct sink *out)
{
	unsigned char mem[COOKIE_MAX];
	struct sink token;

	sink_init(&token, mem, sizeof(mem));
	return jwt_make(config, key, text, &token) &&
	       supabase_make(sink_view(&token), out);
}

static bool
make_value(const struct session_config *config, const struct session_key *key,
    struct span text, long long issued, struct sink *out)
{
	switch (config->format) {
	case FORMAT_JWT:
		return jwt_make(config, key, text, out);
	case FORMAT_SUPABASE:
		return make_supabase(config, key, text, out);
	case FORMAT_ITSDANGEROUS:
		return itsdangerous_make(config, key, text, issued, out);
	case FORMAT_COOKIE_SIGNATURE:
		return cookie_signature_make(config, key, text, out);
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
		return keygrip_make(config, key, text, out);
	sink_say(out, "%v=", config->cookie);
	return make_value(config, key, text, issued, out) && !out->full;
}
