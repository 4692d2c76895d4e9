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

/*
 * The same of a payload whose times are elsewhere: the claims that `require`
 * names, and the user. Fills out->user.
 */
enum session_why claims_user(const struct session_config *config,
    struct arena *arena, struct session *out);

/* A proof that is nothing but the user's name: is it one? Fills out->user. */
enum session_why claims_name(struct span name, struct session *out);

#endif
