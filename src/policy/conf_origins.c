#include "base/limits.h"
#include "policy/loader.h"

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
