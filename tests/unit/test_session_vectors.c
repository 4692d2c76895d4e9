#include "test.h"

#include <jansson.h>

#include "opening.h"

#define VECTORS "tests/vectors/session_cookies.json"

/* A member's text, "" where there is none. */
static struct span
text_of(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return (struct span){ (const unsigned char *)json_string_value(v),
		json_string_length(v) };
}

static const struct {
	const char *scheme;
	enum session_format format;
} families[] = {
	{ "itsdangerous", FORMAT_ITSDANGEROUS },
	{ "django", FORMAT_ITSDANGEROUS },
	{ "keygrip", FORMAT_KEYGRIP },
	{ "cookie-signature", FORMAT_COOKIE_SIGNATURE },
	{ "supabase", FORMAT_SUPABASE },
	{ "jwt", FORMAT_JWT },
};

/* Where a list of names says which of the values it is. */
struct named {
	const char *name;
	int value;
};

static int
value_of(const json_t *config, const char *member, const struct named *list,
    size_t n)
{
	struct span text = text_of(config, member);

	for (size_t i = 0; i < n; i++)
		if (span_is(text, list[i].name))
			return list[i].value;
	fail_msg("%s: %.*s", member, (int)text.n, (const char *)text.p);
	return 0;
}

#define VALUE(config, member, list)                                            \
	value_of(config, member, list, sizeof(list) / sizeof(list[0]))

static struct session_config
read_config(const json_t *from, struct span scheme)
{
	static const struct named hashes[] = { { "", HASH_SHA256 },
		{ "sha1", HASH_SHA1 }, { "sha256", HASH_SHA256 },
		{ "sha512", HASH_SHA512 } };
	static const struct named kdfs[] = { { "", DERIVE_NOTHING },
		{ "none", DERIVE_NOTHING }, { "hmac", DERIVE_HMAC },
		{ "concat", DERIVE_CONCAT },
		{ "django-concat", DERIVE_DJANGO_CONCAT } };
	static const struct named stamps[] = { { "", STAMP_NONE },
		{ "b64-bigendian", STAMP_BYTES }, { "base62", STAMP_BASE62 } };
	static const struct named bodies[] = { { "", BODY_TEXT },
		{ "plain", BODY_TEXT }, { "base64 of JSON", BODY_BASE64 },
		{ "base64 (standard alphabet, padded) of JSON", BODY_BASE64 },
		{ "b64url, zlib if it starts with a dot", BODY_PACKED } };
	struct span separator = text_of(from, "sep");
	struct session_config c = {
		.hash = (enum hash)VALUE(from, "digest", hashes),
		.cookie = text_of(from, "cookie"),
		.user = text_of(from, "uid"),
		.audience = text_of(from, "aud"),
		.leeway = json_integer_value(json_object_get(from, "leeway")),
		.max_age = json_integer_value(json_object_get(from, "max_age")),
		.signing = {
			.derivation = (enum derivation)VALUE(from, "kdf", kdfs),
			.separator = separator.n > 0 ? separator.p[0] : 0,
			.stamp = (enum stamp)VALUE(from, "ts", stamps),
			.body = (enum body)VALUE(from, "body", bodies),
			.salt = text_of(from, "salt"),
			.prefix = text_of(from, "secret_prefix"),
			.expiry_required = text_of(from, "expiry").n > 0,
			.chunked = text_of(from, "chunks").n > 0,
			.own_end = text_of(from, "session_expiry"),
		},
	};

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (span_is(scheme, families[i].scheme))
			c.format = families[i].format;
	assert_int_not_equal(c.format, FORMAT_NONE);
	return c;
}

static void
check_vector(const json_t *v)
{
	struct session_key keys[SESSION_KEYS_MAX];
	const char *id = json_string_value(json_object_get(v, "id"));
	const json_t *from = json_object_get(v, "config");
	json_t *secrets = json_object_get(from, "secrets");
	json_t *expires = json_object_get(v, "expires");
	struct session_config c = read_config(from, text_of(v, "scheme"));
	enum session_why why;

	c.keys = keys;
	c.n_keys = json_array_size(secrets);
	assert_in_range(c.n_keys, 1, SESSION_KEYS_MAX);
	for (size_t i = 0; i < c.n_keys; i++)
		keys[i] = derived_key("", &c,
		    span_of(json_string_value(json_array_get(secrets, i))));
	why = open_header(&c, text_of(v, "cookie"),
	    json_integer_value(json_object_get(v, "now")));
	if ((why == SESSION_OK) != span_is(text_of(v, "expect"), "accept"))
		fail_msg("%s: %s", id, session_why_text(why));
	if (why != SESSION_OK)
		return;
	if (!span_eq(opened.user, text_of(v, "uid")))
		fail_msg("%s: another user", id);
	if (opened.expires != (json_is_integer(expires)
				      ? json_integer_value(expires)
				      : SESSION_ENDLESS))
		fail_msg("%s: another end, %lld", id, opened.expires);
}

TEST(cookies_of_real_frameworks)
{
	json_t *file = json_load_file(VECTORS, JSON_REJECT_DUPLICATES, NULL);
	json_t *vectors = json_object_get(file, "vectors"), *v;
	size_t i;

	assert_int_equal(json_array_size(vectors), 117);
	json_array_foreach(vectors, i, v) check_vector(v);
	json_decref(file);
}
