#include "test.h"

#include <stdalign.h>

#include "guard.h"
#include "session/keys.h"
#include "token.h"

#define SECRET "plain test key of thirty-two byte"

static alignas(max_align_t) unsigned char memory[HMAC_KEY_MAX];
static struct hmac_key *const derived = (void *)memory;

static struct session_config
config_of(enum hash hash, enum derivation derivation)
{
	return (struct session_config){
		.hash = hash,
		.cookie = SPAN_LIT("session"),
		.signing = { .derivation = derivation,
		    .salt = SPAN_LIT("salt") },
	};
}

static bool
derives(const struct session_config *c, struct span secret)
{
	struct span copy = guarded(secret);
	bool ok = keys_derive(c, copy, derived);

	guard_free(copy);
	return ok;
}

/* Is this the MAC of "x" by the derived key? */
static bool
gives(const char *hex)
{
	struct span x = SPAN_LIT("x");
	unsigned char mac[DIGEST_MAX], text[2 * DIGEST_MAX];
	size_t n = hmac_of(derived, &x, 1, mac);
	struct sink out;

	sink_init(&out, text, sizeof(text));
	sink_hex(&out, (struct span){ mac, n });
	return span_is(sink_view(&out), hex);
}

/* By Python's hashlib and hmac. */
static const struct {
	enum hash hash;
	enum derivation derivation;
	const char *mac;
} answers[] = {
	{ HASH_SHA1, DERIVE_NOTHING,
	    "6530158f2dc15151d021989078e797980985a4d1" },
	{ HASH_SHA1, DERIVE_HMAC, "c78f2d07bf76af2ab6f199c900e844e9c4c1ab0e" },
	{ HASH_SHA1, DERIVE_DJANGO_CONCAT,
	    "0b71813f7eab6406b882f8cc952ff54ffb6da474" },
	{ HASH_SHA1, DERIVE_CONCAT,
	    "7d10dc4c3018bcddc2ec469b5e85d16c94f1d11c" },
	{ HASH_SHA256, DERIVE_NOTHING,
	    "21fedb2409e65397ed31b8b28f08bd1f58aabbfb42d221e39f6fa528d872f20"
	    "3" },
	{ HASH_SHA256, DERIVE_HMAC,
	    "a1cf5c8f307ec6a3b97b91f329d1ea68392b257486c01e15dc0f29061d54380"
	    "a" },
	{ HASH_SHA256, DERIVE_DJANGO_CONCAT,
	    "fabe8e304004f46325824cd0c4faa51fcf54b7a36541dd2f3353f8739f4268e"
	    "9" },
	{ HASH_SHA256, DERIVE_CONCAT,
	    "676989747970fd9da6f7d3c1edf748987f357038b1d92b8566a13930b6fe5e1"
	    "e" },
	{ HASH_SHA256, DERIVE_HEX32,
	    "f561204771a0cd84ae6ffd155c08a8ec527e0e22d59a94bf64489c8a76904ac"
	    "b" },
	{ HASH_SHA384, DERIVE_HMAC,
	    "580356517df4b31b420a11f566370a8aaac544e0c65ae8503af69826c6bc5295"
	    "70e1f8bb08ca98d9650dd9695d30dd28" },
	{ HASH_SHA512, DERIVE_DJANGO_CONCAT,
	    "7427a6d38e2923486559b665668eaedbb896fb40be8206180e21a53738930fd6"
	    "51124c06a6131635ff107ceb2bdf092198f64bac6ae4997016f0fc7b41c961b"
	    "1" },
};

TEST(known_answers)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct session_config c =
		    config_of(answers[i].hash, answers[i].derivation);

		assert_true(derives(&c, SPAN_LIT(SECRET)));
		assert_true(gives(answers[i].mac));
		assert_true(derives(&c, SPAN_LIT(SECRET "!")));
		assert_false(gives(answers[i].mac));
	}
}

/* Of another salt comes another key, wherever there is a salt. */
TEST(the_salt_matters)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		enum derivation d = answers[i].derivation;
		struct session_config c = config_of(answers[i].hash, d);

		c.signing.salt = SPAN_LIT("salu");
		assert_true(derives(&c, SPAN_LIT(SECRET)));
		assert_int_equal(gives(answers[i].mac),
		    d == DERIVE_NOTHING || d == DERIVE_HEX32);
		c.signing.salt = SPAN_LIT("salt");
		c.cookie = SPAN_LIT("other");
		assert_true(derives(&c, SPAN_LIT(SECRET)));
		assert_true(gives(answers[i].mac));
	}
}

/* Django's set_signed_cookie(): the cookie's name is part of the salt. */
TEST(a_cookie_in_the_salt)
{
	const char *mac = "db46cb800f28ee93f7328fc65bf2d915"
			  "b443a3c25034635324e8a8d4ff69de0c";
	struct session_config c = config_of(HASH_SHA256, DERIVE_DJANGO_CONCAT);

	c.signing.salt_has_cookie = true;
	c.signing.prefix = SPAN_LIT("django.http.cookies");
	assert_true(derives(&c, SPAN_LIT(SECRET)));
	assert_true(gives(mac));
	c.cookie = SPAN_LIT("sessioo");
	assert_true(derives(&c, SPAN_LIT(SECRET)));
	assert_false(gives(mac));
	c.cookie = SPAN_LIT("session");
	c.signing.prefix = SPAN_LIT("");
	assert_true(derives(&c, SPAN_LIT(SECRET)));
	assert_false(gives(mac));
	/* An HMAC of the salt has it too, but no place for a prefix. */
	c.signing.derivation = DERIVE_HMAC;
	assert_true(derives(&c, SPAN_LIT(SECRET)));
	assert_true(gives("488accf7924470ea1d65463f68265bb2"
			  "06d4c870431021aeba7788cc6233695f"));
	c.signing.prefix = SPAN_LIT("p");
	assert_false(derives(&c, SPAN_LIT(SECRET)));
}

TEST(no_secret_makes_no_key)
{
	const enum derivation all[] = { DERIVE_NOTHING, DERIVE_HMAC,
		DERIVE_DJANGO_CONCAT, DERIVE_CONCAT, DERIVE_HEX32 };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct session_config c = config_of(HASH_SHA256, all[i]);

		assert_true(derives(&c, SPAN_LIT("s")));
		assert_false(derives(&c, SPAN_LIT("")));
		c.signing.prefix = SPAN_LIT("prefix");
		assert_false(derives(&c, SPAN_LIT("")));
		c = config_of(HASH_NONE, all[i]);
		if (all[i] != DERIVE_HEX32)
			assert_false(derives(&c, SPAN_LIT(SECRET)));
	}
}

static struct session_key keys[SESSION_KEYS_MAX];

/* So many keys, named by their place. */
static struct session_config
config_with_keys(size_t n)
{
	static const char *const ids[SESSION_KEYS_MAX] = { "0", "1", "2", "3",
		"4", "5", "6", "7" };

	for (size_t i = 0; i < n; i++)
		keys[i] = token_key(ids[i], HASH_SHA256, span_of(ids[i]));
	return (struct session_config){
		.hash = HASH_SHA256,
		.n_keys = n,
		.keys = keys,
	};
}

static const struct session_key *
finds(const struct session_config *c, struct span text, struct span mac)
{
	unsigned char mem[4 * DIGEST_MAX];
	const struct session_key *found = NULL;
	struct span a = guarded(text), b, id = { NULL, 0 };
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	base64url_encode(mac, &out);
	b = guarded(sink_view(&out));
	if (keys_verify(c, &a, 1, base64url_decode, b, &id) == SESSION_OK)
		for (size_t i = 0; i < c->n_keys; i++)
			if (span_eq(c->keys[i].id, id))
				found = &c->keys[i];
	guard_free(a);
	guard_free(b);
	return found;
}

TEST(every_key_is_tried)
{
	struct session_config c = config_with_keys(SESSION_KEYS_MAX);
	struct span x = SPAN_LIT("x");
	unsigned char mac[DIGEST_MAX];

	for (size_t i = 0; i < SESSION_KEYS_MAX; i++) {
		struct span s = { mac, hmac_of(keys[i].hmac, &x, 1, mac) };

		c.n_keys = SESSION_KEYS_MAX;
		assert_ptr_equal(finds(&c, x, s), &keys[i]);
		assert_null(finds(&c, SPAN_LIT("y"), s));
		assert_null(finds(&c, SPAN_LIT("xx"), s));
		assert_null(finds(&c, SPAN_LIT(""), s));
		c.n_keys = i;
		assert_null(finds(&c, x, s));
	}
}

TEST(the_mac_is_whole_and_nothing_else)
{
	struct session_config c = config_with_keys(2);
	struct span x = SPAN_LIT("x");
	unsigned char mac[2 * DIGEST_MAX] = { 0 };
	size_t n = hmac_of(keys[1].hmac, &x, 1, mac);

	for (size_t size = 0; size <= sizeof(mac); size++)
		assert_ptr_equal(finds(&c, x, (struct span){ mac, size }),
		    size == n ? &keys[1] : NULL);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		mac[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_null(finds(&c, x, (struct span){ mac, n }));
		mac[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	assert_ptr_equal(finds(&c, x, (struct span){ mac, n }), &keys[1]);
}

/* The configured hash counts, whatever hash a key was made for. */
TEST(a_key_of_another_hash_fits_nothing)
{
	struct session_config c = config_with_keys(1);
	struct span x = SPAN_LIT("x");
	unsigned char mac[DIGEST_MAX] = { 0 };
	size_t n;

	keys[0] = token_key("0", HASH_SHA512, SPAN_LIT("0"));
	n = hmac_of(keys[0].hmac, &x, 1, mac);
	assert_null(finds(&c, x, (struct span){ mac, n }));
	assert_null(finds(&c, x, (struct span){ mac, n / 2 }));
	c.hash = HASH_NONE;
	assert_null(finds(&c, x, (struct span){ mac, n }));
	assert_null(finds(&c, x, (struct span){ mac, 0 }));
	c.hash = HASH_SHA512;
	assert_non_null(finds(&c, x, (struct span){ mac, n }));
}

static enum session_why
verify(const struct session_config *c, const struct span *parts, size_t n,
    struct span signature)
{
	struct span id;

	return keys_verify(c, parts, n, base64url_decode, signature, &id);
}

TEST(parts_are_one_text)
{
	const struct span parts[] = { SPAN_LIT("na"), SPAN_LIT(""),
		SPAN_LIT("me="), SPAN_LIT("x") };
	const struct span whole = SPAN_LIT("name=x");
	struct session_config c = config_with_keys(1);
	unsigned char mac[DIGEST_MAX], mem[2 * DIGEST_MAX];
	struct sink out;
	struct span s;

	sink_init(&out, mem, sizeof(mem));
	base64url_encode(
	    (struct span){ mac, hmac_of(keys[0].hmac, &whole, 1, mac) }, &out);
	s = sink_view(&out);
	assert_int_equal(verify(&c, &whole, 1, s), SESSION_OK);
	assert_int_equal(verify(&c, parts, 4, s), SESSION_OK);
	assert_int_equal(verify(&c, parts, 3, s), SESSION_MAC);
	assert_int_equal(verify(&c, parts + 1, 3, s), SESSION_MAC);
	assert_int_equal(verify(&c, parts, 0, s), SESSION_MAC);
}

/*
 * A signature with one letter changed fits no key, also where the letter holds
 * spare bits; one of another length is another algorithm's.
 */
TEST(what_is_wrong_with_a_signature)
{
	struct session_config c = config_with_keys(1);
	const struct span x = SPAN_LIT("x");
	unsigned char mac[DIGEST_MAX], mem[1024];
	size_t n = hmac_of(keys[0].hmac, &x, 1, mac);
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	base64url_encode((struct span){ mac, n }, &out);
	assert_int_equal(out.n, 43);
	assert_int_equal(verify(&c, &x, 1, sink_view(&out)), SESSION_OK);
	mem[42]++;
	assert_int_equal(verify(&c, &x, 1, sink_view(&out)), SESSION_MAC);
	mem[42] = '!';
	assert_int_equal(verify(&c, &x, 1, sink_view(&out)), SESSION_MAC);
	memset(mem, 'A', sizeof(mem));
	for (size_t size = 0; size <= 683; size++)
		assert_int_equal(verify(&c, &x, 1, (struct span){ mem, size }),
		    size == 43 || size == 44 ? SESSION_MAC : SESSION_MAC_SIZE);
}
