#include "test.h"

#include "opening.h"

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

TEST(what_makes_no_key)
{
	static const enum derivation all[] = { DERIVE_NOTHING, DERIVE_HMAC,
		DERIVE_DJANGO_CONCAT, DERIVE_CONCAT, DERIVE_HEX32 };
	const struct span secret = SPAN_LIT("plain test key");
	struct session_key key = token_key("k", HASH_SHA256, SPAN_LIT("any"));
	union {
		const struct hmac_key *given;
		struct hmac_key *filled;
	} memory = { key.hmac };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct session_config c = config_of(HASH_SHA256, all[i]);

		assert_true(keys_derive(&c, SPAN_LIT("s"), memory.filled));
		assert_false(keys_derive(&c, SPAN_LIT(""), memory.filled));
		/* An HMAC of the salt has no place for a prefix. */
		c.signing.prefix = SPAN_LIT("prefix");
		assert_false(keys_derive(&c, SPAN_LIT(""), memory.filled));
		assert_int_equal(keys_derive(&c, secret, memory.filled),
		    all[i] != DERIVE_HMAC);
		c = config_of(HASH_NONE, all[i]);
		assert_int_equal(keys_derive(&c, secret, memory.filled),
		    all[i] == DERIVE_HEX32);
	}
}

/* The configured hash counts, whatever hash a key was made for. */
TEST(a_key_of_another_hash_fits_nothing)
{
	const struct session_key key =
	    token_key("0", HASH_SHA512, SPAN_LIT("plain test key"));
	struct session_config c = { .n_keys = 1, .keys = &key };
	const struct span x = SPAN_LIT("x");
	unsigned char mac[DIGEST_MAX], mem[2 * DIGEST_MAX];
	size_t n = hmac_of(key.hmac, &x, 1, mac);
	struct sink out;
	struct span id;

	sink_init(&out, mem, sizeof(mem));
	base64url_encode((struct span){ mac, n / 2 }, &out);
	c.hash = HASH_SHA256;
	assert_int_equal(
	    keys_verify(&c, &x, 1, base64url_decode, sink_view(&out), &id),
	    SESSION_MAC);
	c.hash = HASH_NONE;
	assert_int_equal(
	    keys_verify(&c, &x, 1, base64url_decode, SPAN_LIT(""), &id),
	    SESSION_MAC);
	out.n = 0;
	base64url_encode((struct span){ mac, n }, &out);
	c.hash = HASH_SHA512;
	assert_int_equal(
	    keys_verify(&c, &x, 1, base64url_decode, sink_view(&out), &id),
	    SESSION_OK);
}
