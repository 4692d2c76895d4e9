/* What the session says that mint makes. */
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

/* Can a session of this format end by itself? */
bool payload_ends(const struct session_config *config);

/* How long one lives if nobody says: an hour, or the max_age that is less. */
long long payload_ttl(const struct session_config *config);

/*
 * When a session must have been issued to end after the wished time, where
 * its end counts from there; else now.
 */
long long payload_issued(
    const struct session_config *config, const struct payload_wishes *wishes);

/*
 * A JSON object that the configuration would accept: the user where its path
 * says, the end as the format writes it (exp beside iat, or _expire), aud and
 * iss as configured, the wished claims, and each claim that the session's
 * `require` asks for with its first value. The user's name alone where its
 * path is empty. False when a name or path can't be made: only names with dots
 * can, and no two may share a beginning.
 */
bool payload_write(const struct session_config *config,
    const struct payload_wishes *wishes, struct sink *out);

#endif
