#include "session/remote_user.h"

#include "session/claims.h"

enum session_why
remote_user_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	if (asked->request->remote_user.n == 0)
		return SESSION_NO_VARIABLE;
	if (span_is(config->variable, "REMOTE_USER") &&
	    asked->request->auth_type.n == 0)
		return SESSION_NO_AUTH_TYPE;
	out->expires = SESSION_ENDLESS;
	return claims_name(asked->request->remote_user, out) == SESSION_OK
		   ? SESSION_OK
		   : SESSION_BAD_VARIABLE;
}
