#include "policy/conf_session.h"

#define VARIABLE_MAX 64

/*
 * Is it one that a client has a hand in? Headers arrive as HTTP_..., and as
 * REDIRECT_HTTP_... behind Apache's rewriting (RFC 3875 4.1.18); the others
 * are made of the request line or of the connection (4.1).
 */
static bool
is_clients(struct span name)
{
	static const char *const begins[] = { "HTTP", "REDIRECT_", "CONTENT_",
		"PATH", "QUERY_", "REQUEST_", "SCRIPT_", "DOCUMENT_", "SERVER_",
		"GATEWAY_", "FCGI_", "REMOTE_ADDR", "REMOTE_HOST",
		"REMOTE_IDENT", "REMOTE_PORT", "AUTH_TYPE" };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (span_starts(name, span_of(begins[i])))
			return true;
	return false;
}

static bool
is_variable(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = name.p[i];

		if ((c < 'A' || c > 'Z') && c != '_' &&
		    (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return name.n > 0 && name.n <= VARIABLE_MAX;
}

void
conf_variable(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	const config_setting_t *at = conf_member(group, "variable");
	struct span name;

	if (!conf_string(l, group, "variable", true, &name))
		return;
	if (!is_variable(name))
		conf_error(l, at,
		    "variable = %q must be 1 to %d of the characters A-Z 0-9 "
		    "_, as in \"REMOTE_USER\"",
		    name, (long long)VARIABLE_MAX);
	else if (is_clients(name))
		conf_error(l, at,
		    "variable = %q comes from the client, who could be anybody "
		    "with it: name one that the web server sets after it has "
		    "checked who is there",
		    name);
	else if (span_is(name, "REMOTE_USER"))
		conf_warn(l, at,
		    "nginx as Debian configures it passes in REMOTE_USER "
		    "whatever name a client sends, unless auth_basic checks "
		    "it: there, name a variable of your own");
	out->variable = name;
}
