/* itsdangerous, and with other parameters Flask, Starlette and Django. */
#ifndef SESSION_ITSDANGEROUS_H
#define SESSION_ITSDANGEROUS_H

#include "base/sink.h"
#include "session/session.h"

/* The cookie that config names; what config->signing says is all there is. */
enum session_why itsdangerous_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

/*
 * A cookie's value over the text (JSON, or the name itself for BODY_TEXT),
 * issued at this time. Never deflated: readers take both.
 */
bool itsdangerous_make(const struct session_config *config,
    const struct session_key *key, struct span text, long long issued,
    struct sink *out);

#endif
