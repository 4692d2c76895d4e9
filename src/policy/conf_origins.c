#include "base/limits.h"
#include "policy/loader.h"

/* Plain http, and not only within one machine, as while a site is made. */
static bool
is_clear(struct span origin)
{
	static const char *const own[] = { "localhost", "127.0.0.1", "[::1]" };
	struct span http = SPAN_LIT("http://"), rest;

	if (!span_starts(origin, http))
		return false;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		rest = span_skip(origin, http.n);
		if (!span_starts(rest, span_of(own[i])))
			continue;
		rest = span_skip(rest, strlen(own[i]));
		if (rest.n == 0 || rest.p[0] == ':')
			return false;
	}
	return true;
}

static void
check_origin(struct loader *l, const config_setting_t *at,
    const struct origins *before, struct span origin)
{
	if (origin.n > ORIGIN_MAX || !origin_valid(origin))
		conf_error(l, at,
		    "%q is no origin: write it as a browser does, "
		    "\"https://www.example.com\", in lower case, without a "
		    "path or a slash at its end",
		    origin);
	else if (span_is(origin, "null") && !l->config->session.bearer)
		conf_error(l, at,
		    "\"null\" is any page's origin that hides its own: it is "
		    "for bearer tokens only (session.bearer = true)");
	else if (is_clear(origin))
		conf_warn(l, at,
		    "%q has no TLS: whoever is on the way can change its pages "
		    "and ask in the user's name; write https://",
		    origin);
	for (size_t i = 0; i < before->n; i++)
		if (span_eq(before->o[i], origin))
			conf_error(l, at, "%q stands here twice", origin);
}

void
conf_origins(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *at = conf_member(root, "origins");
	struct origins *list = &l->config->origins;
	struct span *origins;
	size_t n;

	if (!conf_strings(l, root, "origins", ORIGINS_MAX, &origins, &n))
		return;
	*list = (struct origins){ 0, origins };
	for (; list->n < n; list->n++)
		check_origin(l, at, list, origins[list->n]);
}
