#include "policy/conf_session.h"

/* RS256, PS384, ES512, EdDSA and their kin (RFC 7518 3.1, RFC 8037 3.1). */
static bool
has_public_key(struct span algorithm)
{
	static const char *const kin[] = { "RS", "PS", "ES", "ED" };

	for (size_t i = 0; i < sizeof(kin) / sizeof(kin[0]); i++)
		if (algorithm.n > 2 &&
		    span_is_nocase(span_head(algorithm, 2), kin[i]))
			return true;
	return false;
}

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
	const config_setting_t *at = conf_member(group, "algorithm");
	const char *said = at == NULL ? NULL : config_setting_get_string(at);
	size_t which;

	if (token && said != NULL && has_public_key(span_of(said)))
		conf_error(l, at,
		    "algorithm = %q signs with a pair of keys, and public keys "
		    "are not read yet: only HS256, HS384 and HS512 are",
		    span_of(said));
	else if (conf_choice(l, group, "algorithm", token ? tokens : others,
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
