#include "base/limits.h"
#include "base/text.h"
#include "policy/loader.h"

static void
check_format(struct loader *l, const config_setting_t *group)
{
	static const char *const built[] = { "jwt" };
	static const char *const later[] = { "flask", "starlette", "django",
		"itsdangerous", "express", "koa", "cookie-signature",
		"remote_user", "php" };
	const config_setting_t *at = conf_member(group, "format");
	const char *name = at == NULL ? NULL : config_setting_get_string(at);
	size_t which;

	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		if (!span_is(span_of(name), later[i]))
			continue;
		conf_error(l, at,
		    "format = \"%s\" is not built yet; what there is: \"jwt\"",
		    later[i]);
		return;
	}
	conf_choice(l, group, "format", built, 1, &which);
}

static void
check_algorithm(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	static const char *const names[] = { "HS256", "HS384", "HS512" };
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512 };
	size_t which = 0;

	conf_choice(l, group, "algorithm", names, 3, &which);
	out->hash = hashes[which];
}

static void
take_user(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	out->user = SPAN_LIT("sub");
	if (conf_string(l, group, "user", false, &out->user) &&
	    !json_path_valid(out->user))
		conf_error(l, conf_member(group, "user"),
		    "user = %q is no path into the payload: write \"sub\" or "
		    "\"user.ids[0]\"",
		    out->user);
}

static void
take_cookie(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	if (conf_string(l, group, "cookie", true, &out->cookie) &&
	    !text_token(out->cookie))
		conf_error(l, conf_member(group, "cookie"),
		    "cookie = %q is no cookie's name, which has neither blanks "
		    "nor any of ( ) < > @ , ; : \\ / [ ] ? = { } and quotes",
		    out->cookie);
}

/* audience and issuer: "" would look like a check and be none. */
static void
take_name(struct loader *l, const config_setting_t *group, const char *name,
    struct span *out)
{
	if (conf_string(l, group, name, false, out) && out->n == 0)
		conf_error(l, conf_member(group, name),
		    "%s is empty: say which, or leave it out", name);
}

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
take_key_file(struct loader *l, const config_setting_t *group, enum hash hash,
    struct session_key *out)
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
	if (key == NULL || !hmac_key_init(key, hash, secret))
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
	take_key_file(l, at, before->hash, out);
}

static void
take_keys(
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

void
conf_session(struct loader *l, const config_setting_t *root)
{
	static const char *const names[] = { "format", "algorithm", "cookie",
		"user", "bearer", "audience", "issuer", "leeway", "max_age",
		"require", "keys", "deny_users_file" };
	const config_setting_t *group = conf_group(l, root, "session", true);
	struct session_config *out = &l->config->session;

	if (group == NULL)
		return;
	conf_known(l, group, names, sizeof(names) / sizeof(names[0]));
	out->format = FORMAT_JWT;
	check_format(l, group);
	check_algorithm(l, group, out);
	take_cookie(l, group, out);
	take_user(l, group, out);
	conf_bool(l, group, "bearer", &out->bearer);
	take_name(l, group, "audience", &out->audience);
	take_name(l, group, "issuer", &out->issuer);
	conf_int(l, group, "leeway", 0, CLOCK_SKEW_MAX_SECONDS, &out->leeway);
	conf_int(
	    l, group, "max_age", 1, SESSION_AHEAD_MAX_SECONDS, &out->max_age);
	conf_require(l, group, &out->require, &out->n_require);
	take_keys(l, group, out);
	conf_denied(l, group);
}
