#include "policy/conf_session.h"

/* RFC 7518 3.1; the others as Python's hashlib and Node's crypto name them. */
static void
take_algorithm(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	static const char *const tokens[] = { "HS256", "HS384", "HS512" };
	static const char *const others[] = { "sha256", "sha384", "sha512",
		"sha1" };
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512, HASH_SHA1 };
	bool token =
	    out->format == FORMAT_JWT || out->format == FORMAT_SUPABASE;
	size_t which;

	if (conf_choice(l, group, "algorithm", token ? tokens : others,
		token ? 3 : 4, &which))
		out->hash = hashes[which];
}

static void
take_derivation(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	static const char *const names[] = { "django-concat", "concat", "hmac",
		"none" };
	static const enum derivation derivations[] = { DERIVE_DJANGO_CONCAT,
		DERIVE_CONCAT, DERIVE_HMAC, DERIVE_NOTHING };
	size_t which;

	if (conf_choice(l, group, "key_derivation", names, 4, &which))
		out->signing.derivation = derivations[which];
}

static void
take_timed(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	bool timed = true;

	if (!conf_bool(l, group, "timed", &timed) || timed)
		return;
	out->signing.stamp = STAMP_NONE;
	out->max_age = 0;
	if (conf_member(group, "max_age") != NULL)
		conf_error(l, conf_member(group, "max_age"),
		    "max_age counts from a time of issue, and with timed = "
		    "false there is none");
	conf_warn(l, conf_member(group, "timed"),
	    "such a cookie never expires: whoever has a copy is that user "
	    "until the key changes");
}

void
conf_signing(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	take_algorithm(l, group, out);
	conf_string(l, group, "salt", false, &out->signing.salt);
	take_derivation(l, group, out);
	take_timed(l, group, out);
}
