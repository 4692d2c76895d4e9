#include "policy/loader.h"

/*
 * Whoever takes the wrong file is told so in the same line. The file is that
 * of one key: that it is no API secret, of any account and in any spelling,
 * is seen by conf_secret_new().
 */
void
conf_token_key(
    struct loader *l, const config_setting_t *group, struct cloud *out)
{
	static const char *const name = "token_key_file";
	const config_setting_t *at = conf_member(group, name);
	struct span file, secret;
	struct hmac_key *key;

	if (!conf_string(l, group, name, false, &file) ||
	    !conf_secret_at(l, at,
		"token_key_file (hex, as Cloudinary shows it; not the API "
		"secret)",
		file, ENCODING_HEX, &secret) ||
	    !conf_secret_new(l, at, secret))
		return;
	key = vault_take(l->config->vault, hmac_key_size());
	if (key == NULL || !hmac_key_init(key, HASH_SHA256, secret))
		conf_error(l, at, "there is no room for this key");
	else
		out->token_key = key;
}
