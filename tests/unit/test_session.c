#include "test.h"

#include "opening.h"

TEST(every_reason_has_a_text_of_its_own)
{
	for (int i = 0; i < SESSION_WHY_COUNT; i++) {
		const char *text = session_why_text((enum session_why)i);

		assert_non_null(text);
		assert_in_range(strlen(text), 10, 100);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(
			    text, session_why_text((enum session_why)k));
	}
	assert_string_equal(session_why_text(SESSION_WHY_COUNT),
	    session_why_text(SESSION_REFUSED));
	assert_string_equal(session_why_text((enum session_why) - 1),
	    session_why_text(SESSION_REFUSED));
}

/* What no configuration says opens nothing. */
TEST(no_format_and_no_algorithm)
{
	const struct session_key key = token_key(
	    "k", HASH_SHA1, SPAN_LIT("plain test key of thirty-two bytes"));
	struct session_config c = { .cookie = SPAN_LIT("s"),
		.user = SPAN_LIT("sub"),
		.hash = HASH_SHA1,
		.n_keys = 1,
		.keys = &key };
	const struct span payload =
	    SPAN_LIT("{\"sub\":\"a\",\"exp\":1700003600}");
	static const char *const headers[] = { "{\"alg\":\"HS1\"}",
		"{\"alg\":\"\"}" };
	unsigned char mem[512];
	struct sink out;

	for (size_t i = 0; i < 2; i++) {
		sink_init(&out, mem, sizeof(mem));
		sink_text(&out, "s=");
		token_sign(span_of(headers[i]), payload, &key, &out);
		c.format = FORMAT_JWT;
		assert_int_equal(open_header(&c, sink_view(&out), TOKEN_NOW),
		    SESSION_REFUSED);
		c.format = FORMAT_NONE;
		assert_int_equal(open_header(&c, sink_view(&out), TOKEN_NOW),
		    SESSION_REFUSED);
		c.format = (enum session_format)(FORMAT_PHP + 1);
		assert_int_equal(open_header(&c, sink_view(&out), TOKEN_NOW),
		    SESSION_REFUSED);
	}
}

TEST(a_closed_session_has_no_claims)
{
	const struct session closed = { .open = false };
	struct span out = SPAN_LIT("dirt");
	struct arena arena;

	arena_init(&arena, opening_room, sizeof(opening_room));
	assert_false(session_claim(&closed, SPAN_LIT("sub"), &arena, &out));
	assert_null(out.p);
}

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

		assert_true(session_derive(&c, SPAN_LIT("s"), memory.filled));
		assert_false(session_derive(&c, SPAN_LIT(""), memory.filled));
		/* An HMAC of the salt has no place for a prefix. */
		c.signing.prefix = SPAN_LIT("prefix");
		assert_false(session_derive(&c, SPAN_LIT(""), memory.filled));
		assert_int_equal(session_derive(&c, secret, memory.filled),
		    all[i] != DERIVE_HMAC);
		c = config_of(HASH_NONE, all[i]);
		assert_int_equal(session_derive(&c, secret, memory.filled),
		    all[i] == DERIVE_HEX32);
	}
}
