/* What a payload must say before it is a session, whoever signed it. */
#ifndef SESSION_CLAIMS_H
#define SESSION_CLAIMS_H

#include "session/session.h"

/*
 * out->claims holds a payload whose MAC was right. Fills out->user and
 * out->expires when every claim that the configuration asks for is there, in
 * time, and of its type.
 */
struct session_verdict claims_check(const struct session_config *config,
    long long now, struct arena *arena, struct session *out);

#endif
