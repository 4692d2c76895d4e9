/*
 * npm cookie-signature: Express' signed cookies, @fastify/cookie, Hono, React
 * Router and Remix.
 */
#ifndef SESSION_COOKIE_SIGNATURE_H
#define SESSION_COOKIE_SIGNATURE_H

#include "base/sink.h"
#include "session/session.h"

/*
 * The cookie that config names. Its name is not signed: every signed value of
 * the site fits into it.
 */
enum session_why cookie_signature_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

/*
 * A cookie's value over the text: JSON, or the name itself for BODY_TEXT. As
 * Express writes it: "s:", no padding.
 */
bool cookie_signature_make(const struct session_config *config,
    const struct session_key *key, struct span text, struct sink *out);

#endif
