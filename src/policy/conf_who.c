#include "policy/conf_policy.h"

#include <stdlib.h>

#include "base/text.h"

/* Can a session's user ever have this name? */
static bool
check_user(struct loader *l, const config_setting_t *at, const char *name,
    struct span user)
{
	if (user.n > 0 && user.n <= USER_MAX && !text_has_control(user))
		return true;
	conf_error(l, at,
	    "%s: %q is no user's name, which has 1 to %d bytes and no control "
	    "character",
	    name, user, (long long)USER_MAX);
	return false;
}

static int
by_bytes(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

static void
read_users(struct loader *l, const config_setting_t *group, const char *name,
    struct names *out)
{
	const config_setting_t *at = conf_member(group, name);
	struct span *users;
	size_t n;

	if (!conf_strings(l, group, name, POLICY_NAMES_MAX, &users, &n))
		return;
	for (size_t i = 0; i < n; i++)
		if (!check_user(l, at, name, users[i]))
			return;
	if (n > 0)
		qsort(users, n, sizeof(users[0]), by_bytes);
	for (size_t i = 1; i < n; i++)
		if (span_eq(users[i - 1], users[i]))
			conf_error(l, at, "%s has %q twice", name, users[i]);
	*out = (struct names){ true, n, users };
}

static void
read_addresses(
    struct loader *l, const config_setting_t *group, struct policy *out)
{
	struct address_range *ranges;
	struct span *texts;
	size_t n;

	if (!conf_strings(l, group, "addresses", POLICY_NAMES_MAX, &texts, &n))
		return;
	ranges = arena_array(&l->arena, n, sizeof(*ranges));
	if (ranges == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		if (!address_range_parse(texts[i], &ranges[i]))
			conf_error(l, conf_member(group, "addresses"),
			    "addresses: %q is none: write \"192.0.2.7\", "
			    "\"192.0.2.0/24\" or \"2001:db8::/32\", with "
			    "nothing set behind the network's bits",
			    texts[i]);
	out->has_addresses = true;
	out->n_addresses = n;
	out->addresses = ranges;
}

static void
read_origins(
    struct loader *l, const config_setting_t *group, struct policy *out)
{
	const config_setting_t *at = conf_member(group, "origins");
	struct span *origins;
	size_t n;

	if (!conf_strings(l, group, "origins", ORIGINS_MAX, &origins, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		struct span listed =
		    origin_listed(&l->config->origins, origins[i]);

		if (listed.n > 0) {
			origins[i] = listed;
			continue;
		}
		conf_error(l, at,
		    "origins: %q may not ask at all yet: add it to the file's "
		    "own origins = [ ... ] as well",
		    origins[i]);
	}
	out->has_origins = true;
	out->origins = (struct origins){ n, origins };
}

void
conf_who(struct loader *l, const config_setting_t *group, struct policy *out)
{
	read_users(l, group, "users", &out->users);
	read_users(l, group, "deny_users", &out->deny_users);
	conf_require(l, group, &out->require, &out->n_require);
	read_addresses(l, group, out);
	read_origins(l, group, out);
}
