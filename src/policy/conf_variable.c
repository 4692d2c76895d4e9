#include "policy/conf_session.h"

#define VARIABLE_MAX 64

struct beginning {
	const char *text, *why; /* NULL: nothing is wrong with it */
};

/* The first beginning that fits; NULL when none does. */
static const struct beginning *
find(const struct beginning *list, struct span name)
{
	for (; list->text != NULL; list++)
		if (span_starts(name, span_of(list->text)))
			return list;
	return NULL;
}

#define HEADER "is a header, which any client can send"
#define REQUEST "is a part of the request, which the client writes"
#define SERVER "says where the request went, and not who sent it"
#define CONNECTION "says from where it came, and not from whom"
#define PASSWORD "holds what a client sent before anybody has checked it"
#define TLS "is of the connection's encryption, in which a client has a say"

/*
 * What clients choose, or what is nobody's name: RFC 3875 4.1; Apache's
 * "Environment Variables" (an internal redirect puts REDIRECT_ before what a
 * rule has set, so that REDIRECT_REMOTE_USER can be a header's content also
 * beside a good AUTH_TYPE: tried with 2.4), mod_ssl and mod_http2; nginx'
 * fastcgi_params; PHP's names for Authorization.
 */
static const struct beginning refused[] = {
	{ "HTTP", HEADER },
	{ "REDIRECT_", "is what a rule has set, of a header perhaps" },
	{ "ARGS", REQUEST },
	{ "CONTENT_", REQUEST },
	{ "CONTEXT_", SERVER },
	{ "DOCUMENT_", REQUEST },
	{ "ORIG_", REQUEST },
	{ "PATH", REQUEST },
	{ "QUERY_", REQUEST },
	{ "REQUEST_", REQUEST },
	{ "SCRIPT_", REQUEST },
	{ "THE_REQUEST", REQUEST },
	{ "SERVER_", SERVER },
	{ "GATEWAY_", SERVER },
	{ "FCGI_", SERVER },
	{ "REMOTE_ADDR", CONNECTION },
	{ "REMOTE_HOST", CONNECTION },
	{ "REMOTE_IDENT", "is what the client's own machine says of it" },
	{ "REMOTE_PORT", CONNECTION },
	{ "UNIQUE_ID", "is another one in each request" },
	{ "AUTH_", PASSWORD },
	{ "PHP_", PASSWORD },
	{ "H2", TLS },
	{ "SSL_CLIENT_S_DN", NULL },
	{ "SSL_CLIENT_SAN_", NULL },
	{ "SSL_", TLS },
	{ NULL, NULL },
};

static const struct beginning known[] = {
	{ "SSL_CLIENT_",
	    "is what a certificate says: make sure that the web server refuses "
	    "whoever has none that it has verified (SSLVerifyClient require, "
	    "ssl.verifyclient.enforce)" },
	{ "REMOTE_USER", NULL }, /* see remote_user.h */
	{ "SIGNPOST_USER", NULL },
	{ "", "is no name that is known here: make sure that the web server "
	      "sets it after it has checked who is there, and that no rule "
	      "copies a header into it" },
};

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
	const struct beginning *bad, *say;
	struct span name;

	if (!conf_string(l, group, "variable", true, &name))
		return;
	if (!is_variable(name)) {
		conf_error(l, at,
		    "variable = %q must be 1 to %d of the characters A-Z 0-9 "
		    "_, as in \"REMOTE_USER\"",
		    name, (long long)VARIABLE_MAX);
		return;
	}
	bad = find(refused, name);
	say = find(known, name);
	if (bad != NULL && bad->why != NULL)
		conf_error(l, at,
		    "variable = %q %s: name one that the web server sets after "
		    "it has checked who is there",
		    name, bad->why);
	else if (say->why != NULL)
		conf_warn(l, at, "variable = %q %s", name, say->why);
	out->variable = name;
}
