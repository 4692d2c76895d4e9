#include "base/limits.h"
#include "base/text.h"
#include "policy/conf_session.h"
#include "session/proof.h"

static bool
is_key_id(struct span id)
{
	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] != '.' &&
		    !text_segment((struct span){ &id.p[i], 1 }))
			return false;
	return id.n > 0 && id.n <= SEGMENT_MAX;
}

static void
take_key_id(struct loader *l, const config_setting_t *group,
    const struct session_config *before, struct span *out)
{
	const config_setting_t *at = conf_member(group, "id");

	if (!conf_string(l, group, "id", true, out))
		return;
	if (!is_key_id(*out))
		conf_error(l, at,
		    "id = %q must be 1 to %d of the characters A-Z a-z 0-9 . _ "
		    "-",
		    *out, (long long)SEGMENT_MAX);
	for (size_t i = 0; i < before->n_keys; i++)
		if (span_eq(before->keys[i].id, *out))
			conf_error(l, at, "two keys have the id %q", *out);
}

/* The file's content as a key that verifies, in the vault. */
static void
take_key_file(struct loader *l, const config_setting_t *group,
    const struct session_config *before, struct session_key *out)
{
	static const char *const names[] = { "text", "hex", "base64" };
	static const enum encoding encodings[] = { ENCODING_TEXT, ENCODING_HEX,
		ENCODING_BASE64 };
	const config_setting_t *at = conf_member(group, "file");
	struct span secret;
	struct hmac_key *key;
	size_t which = 0;

	if (conf_member(group, "encoding") != NULL &&
	    !conf_choice(l, group, "encoding", names, 3, &which))
		return;
	if (!conf_secret(l, group, "file", encodings[which], &secret))
		return;
	if (secret.n < SECRET_SHORT)
		conf_warn(l, at,
		    "this key has %d bytes, and RFC 7518 (3.2) asks for at "
		    "least %d: one captured cookie lets anybody guess it at "
		    "leisure",
		    (long long)secret.n, (long long)SECRET_SHORT);
	key = vault_take(l->config->vault, hmac_key_size());
	if (key == NULL || !keys_derive(before, secret, key))
		conf_error(l, at, "there is no room for this key");
	else
		out->hmac = key;
}

static void
take_key(struct loader *l, const config_setting_t *at,
    const struct session_config *before, struct session_key *out)
{
	static const char *const names[] = { "id", "file", "encoding" };

	if (config_setting_type(at) != CONFIG_TYPE_GROUP) {
		conf_error(l, at,
		    "keys holds groups only: { id = \"1\"; file = "
		    "\"session.key\"; }");
		return;
	}
	conf_known(l, at, names, sizeof(names) / sizeof(names[0]));
	take_key_id(l, at, before, &out->id);
	take_key_file(l, at, before, out);
}

void
conf_keys(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	const config_setting_t *at = conf_member(group, "keys");
	size_t n = at == NULL ? 0 : (size_t)config_setting_length(at);
	struct session_key *keys;

	if (at == NULL || config_setting_type(at) != CONFIG_TYPE_LIST ||
	    n == 0 || n > SESSION_KEYS_MAX) {
		conf_error(l, at == NULL ? group : at,
		    "keys must be a list of 1 to %d keys: keys = ( { id = "
		    "\"1\"; file = \"session.key\"; } );",
		    (long long)SESSION_KEYS_MAX);
		return;
	}
	keys = arena_array(&l->arena, n, sizeof(*keys));
	if (keys == NULL)
		return;
	out->keys = keys;
	for (; out->n_keys < n; out->n_keys++)
		take_key(l, config_setting_get_elem(at, (unsigned)out->n_keys),
		    out, &keys[out->n_keys]);
}
