#include "policy/loader.h"

void
conf_verify_secrets(
    struct loader *l, const config_setting_t *group, struct cloud *out)
{
	const char *name = "verify_secret_files";
	const config_setting_t *at = conf_member(group, name);
	struct span *files, *secrets;
	size_t n, taken = 0;

	if (!conf_strings(l, group, name, VERIFY_SECRETS_MAX, &files, &n))
		return;
	secrets = arena_array(&l->arena, n, sizeof(*secrets));
	if (secrets == NULL)
		return;
	if (n == 0)
		conf_error(l, at,
		    "%s is empty: name the files of other API secrets, or "
		    "leave it out",
		    name);
	for (size_t i = 0; i < n; i++)
		if (conf_secret_at(l, at, name, files[i], ENCODING_TEXT,
			&secrets[taken]) &&
		    conf_api_secret(l, at, secrets[taken]))
			taken++;
	out->verify_secrets = secrets;
	out->n_verify_secrets = taken;
}
