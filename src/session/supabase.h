/* @supabase/ssr with the project's legacy JWT secret. */
#ifndef SESSION_SUPABASE_H
#define SESSION_SUPABASE_H

#include "base/sink.h"
#include "session/session.h"

/*
 * The cookie that config names (sb-REF-auth-token), or its chunks: the access
 * token in it is all that is believed; the user beside it is not signed.
 */
enum session_why supabase_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

/* A cookie's value around a token (see jwt_make()). */
bool supabase_make(struct span token, struct sink *out);

#endif
