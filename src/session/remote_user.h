/* A name that the web server itself established. */
#ifndef SESSION_REMOTE_USER_H
#define SESSION_REMOTE_USER_H

#include "session/session.h"

/*
 * The variable that the configuration names, which no request header can set
 * (RFC 3875 4.1.18: headers are HTTP_...). An empty one is absent: nginx sends
 * it for guests.
 */
enum session_why remote_user_open(
    const struct session_asked *asked, struct session *out);

#endif
