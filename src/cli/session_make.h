/* A proof as the site's own login would make it, for mint and for tests. */
#ifndef CLI_SESSION_MAKE_H
#define CLI_SESSION_MAKE_H

#include "base/sink.h"
#include "session/session.h"

/*
 * What a Cookie header says: "NAME=value", and for keygrip "; NAME.sig=..."
 * behind it. text is what is signed: a JSON object, or the user's name itself
 * where config->user is empty. issued, in seconds, is for formats that write a
 * time of issue beside it. False without room, or for a format that signs
 * nothing (remote_user, php).
 */
bool session_make(const struct session_config *config,
    const struct session_key *key, struct span text, long long issued,
    struct sink *out);

#endif
