/* The payload of a token that mint makes. */
#ifndef CLI_PAYLOAD_H
#define CLI_PAYLOAD_H

#include "base/sink.h"
#include "session/session.h"

struct payload_wishes {
	struct span user;
	long long now, ttl;        /* seconds */
	const char *const *claims; /* "name=text" */
	size_t n_claims;
};

/*
 * A JSON object that the configuration would accept: the user where its path
 * says, iat, exp, aud and iss as configured, the wished claims, and each
 * claim that the session's `require` asks for with its first value. False
 * when a name or path can't be made: only names with dots can, and no two may
 * share a beginning.
 */
bool payload_write(const struct session_config *config,
    const struct payload_wishes *wishes, struct sink *out);

#endif
