#include "policy/loader.h"

/* 1*63( lower-case letter / digit / "-" ), without "-" at either end */
static bool
is_label(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') &&
		    !(s.p[i] >= '0' && s.p[i] <= '9') &&
		    (s.p[i] != '-' || i == 0 || i + 1 == s.n))
			return false;
	return s.n > 0 && s.n <= 63;
}

/* host = label 1*( "." label ), RFC 1035 2.3.1 and RFC 1123 2.1 */
bool
conf_is_host(struct span s)
{
	struct span_cut cut = span_cut(s, '.');

	if (!cut.found || s.n > HOST_MAX)
		return false;
	while (cut.found) {
		if (!is_label(cut.head))
			return false;
		cut = span_cut(cut.tail, '.');
	}
	return is_label(cut.head);
}

static void
read_host(struct loader *l, const config_setting_t *group, const char *name,
    struct span *out)
{
	if (conf_string(l, group, name, false, out) && !conf_is_host(*out))
		conf_error(l, conf_member(group, name),
		    "%s must be a host as in \"images.example.com\": "
		    "lower-case "
		    "letters, digits, \"-\" and \".\", without https://, port "
		    "or path",
		    name);
}

void
conf_delivery(
    struct loader *l, const config_setting_t *group, struct cloud *out)
{
	struct delivery *d = &out->delivery;
	bool secure = true;

	conf_bool(l, group, "secure", &secure);
	conf_bool(l, group, "private_cdn", &d->private_cdn);
	conf_bool(l, group, "long_url_signature", &d->long_url_signature);
	read_host(l, group, "secure_distribution", &d->secure_distribution);
	read_host(l, group, "cname", &d->cname);
	d->insecure = !secure;
	/* As in the SDKs, each is for one scheme alone. */
	if (secure && conf_member(group, "cname") != NULL)
		conf_error(l, conf_member(group, "cname"),
		    "cname is for http (secure = false); for https write "
		    "secure_distribution");
	if (!secure && conf_member(group, "secure_distribution") != NULL)
		conf_error(l, conf_member(group, "secure_distribution"),
		    "secure_distribution is for https; with secure = false "
		    "write cname");
}
