/* npm keygrip: Express' cookie-session, Koa, whatever is on npm cookies. */
#ifndef SESSION_KEYGRIP_H
#define SESSION_KEYGRIP_H

#include "base/sink.h"
#include "session/session.h"

/* The cookie that config names, and the one of its name and ".sig". */
enum session_why keygrip_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

/*
 * Both, as a Cookie header has them: "NAME=value; NAME.sig=signature", over
 * the JSON.
 */
bool keygrip_make(const struct session_config *config,
    const struct session_key *key, struct span json, struct sink *out);

#endif
