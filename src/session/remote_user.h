/* A name that the web server itself established. */
#ifndef SESSION_REMOTE_USER_H
#define SESSION_REMOTE_USER_H

#include "session/session.h"

/*
 * The variable that the configuration names, which no request header can set
 * (RFC 3875 4.1.18: headers are HTTP_...). An empty one is absent: nginx sends
 * it for guests.
 *
 * REMOTE_USER is of somebody who was authenticated, and AUTH_TYPE says how
 * (4.1.11, 4.1.1). Without it the name is whatever a client sent: a rule that
 * copies Authorization into REMOTE_USER is common for PHP behind Apache, and
 * nginx passes on what no auth_basic has checked.
 */
enum session_why remote_user_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

#endif
