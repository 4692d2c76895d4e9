/* JSON Web Tokens with HMAC (RFC 7515, 7519; strict as RFC 8725 asks). */
#ifndef SESSION_JWT_H
#define SESSION_JWT_H

#include "base/sink.h"
#include "session/session.h"

/* Verify first, parse after. token is the compact serialization. */
struct session_verdict jwt_open(const struct session_config *config,
    struct span token, long long now, struct arena *arena, struct session *out);

/* A token over the payload (JSON, taken as it is), for mint and for tests. */
bool jwt_make(const struct session_config *config,
    const struct session_key *key, struct span payload, struct sink *out);

#endif
