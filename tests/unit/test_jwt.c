#include "test.h"

#include <ctype.h>

#include <string.h>

#include "guard.h"
#include "session/jwt.h"
#include "token.h"

#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define PAYLOAD "{\"sub\":\"42\",\"iat\":1700000000,\"exp\":1700003600}"

static unsigned char room[65536], text[JOINED_MAX + 64];
static struct session_key keys[2];
static struct session session;

/* One key and a configuration for it. */
static struct session_config
config_of(enum hash hash)
{
	keys[0] = token_key(
	    "new", hash, SPAN_LIT("a secret of thirty-two bytes and more"));
	keys[1] = token_key(
	    "old", hash, SPAN_LIT("another secret that was good last year"));
	return (struct session_config){
		.format = FORMAT_JWT,
		.hash = hash,
		.user = SPAN_LIT("sub"),
		.n_keys = 1,
		.keys = keys,
	};
}

/* A refused token leaves nothing in session. */
static enum session_why
open_with(const struct session_config *config, struct span token)
{
	struct span s = guarded(token);
	struct arena arena;
	enum session_why why;

	arena_init(&arena, room, sizeof(room));
	memset(&session, 0xa5, sizeof(session));
	why = jwt_open(config, s, TOKEN_NOW, &arena, &session).why;
	guard_free(s);
	assert_false(session.open);
	assert_int_equal(session.user.n > 0, why == SESSION_OK);
	assert_int_equal(session.expires > 0, why == SESSION_OK);
	assert_int_equal(session.claims.kind != JSON_ABSENT, why == SESSION_OK);
	if (why != SESSION_OK) {
		assert_null(session.key_id.p);
		assert_null(session.claims.text.p);
	}
	return why;
}

static struct span
token_of(const char *header, const char *payload, const struct session_key *key)
{
	struct sink out;

	sink_init(&out, text, sizeof(text));
	return token_sign(span_of(header), span_of(payload), key, &out);
}

/* What a rightly signed token of these is worth. */
static enum session_why
open_these(const char *header, const char *payload)
{
	struct session_config c = config_of(HASH_SHA256);

	return open_with(&c, token_of(header, payload, &keys[0]));
}

TEST(a_valid_token)
{
	assert_int_equal(open_these(HEADER, PAYLOAD), SESSION_OK);
	assert_true(span_is(session.user, "42"));
	assert_true(span_is(session.key_id, "new"));
	assert_true(span_is(session.claims.text, PAYLOAD));
	assert_int_equal(session.expires, 1700003600);
	assert_false(session.bearer);
}

TEST(every_truncation_is_refused)
{
	struct session_config c = config_of(HASH_SHA256);
	struct span token = token_of(HEADER, PAYLOAD, &keys[0]);

	assert_int_equal(open_with(&c, token), SESSION_OK);
	for (size_t n = 0; n < token.n; n++) {
		assert_int_not_equal(
		    open_with(&c, span_head(token, n)), SESSION_OK);
		assert_int_not_equal(
		    open_with(&c, span_skip(token, token.n - n)), SESSION_OK);
	}
}

TEST(every_bit_flip_is_refused)
{
	const enum hash hashes[] = { HASH_SHA256, HASH_SHA384, HASH_SHA512 };
	const char *const headers[] = { HEADER, "{\"alg\":\"HS384\"}",
		"{\"alg\":\"HS512\"}" };

	for (size_t h = 0; h < 3; h++) {
		struct session_config c = config_of(hashes[h]);
		struct span token = token_of(headers[h], PAYLOAD, &keys[0]);

		assert_int_equal(open_with(&c, token), SESSION_OK);
		for (size_t i = 0; i < token.n * 8; i++) {
			text[i / 8] ^= (unsigned char)(1u << i % 8);
			assert_int_not_equal(open_with(&c, token), SESSION_OK);
			text[i / 8] ^= (unsigned char)(1u << i % 8);
		}
		assert_int_equal(open_with(&c, token), SESSION_OK);
	}
}

TEST(every_byte_at_the_end_is_refused)
{
	struct session_config c = config_of(HASH_SHA256);
	struct span token = token_of(HEADER, PAYLOAD, &keys[0]);

	for (unsigned b = 0; b < 256; b++) {
		text[token.n] = (unsigned char)b;
		assert_int_not_equal(
		    open_with(&c, (struct span){ text, token.n + 1 }),
		    SESSION_OK);
	}
	/* 43 digits carry 258 bits: only one spelling of the last one counts.
	 */
	for (unsigned b = 0; b < 256; b++) {
		unsigned char was = text[token.n - 1];

		text[token.n - 1] = (unsigned char)b;
		assert_int_equal(open_with(&c, token),
		    b == was                                  ? SESSION_OK
		    : isalnum((int)b) || b == '-' || b == '_' ? SESSION_MAC
							      : SESSION_FORM);
		text[token.n - 1] = was;
	}
}

TEST(three_parts_of_base64url)
{
	struct session_config c = config_of(HASH_SHA256);
	static const char *const wrong[] = { "", ".", "..", "...", "a", "a.b",
		"a.b.", ".b.c", "a..c", "a.b.c.d", "a.b.c.d.e",
		"a.b.c=", "a.b.c ", " a.b.c", "a%2Eb%2Ec", "a.b.c+", "a.b.c/",
		"a.b!.c", "a\xc3\xa4.b.c", "{\"payload\":\"a\"}" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(
		    open_with(&c, span_of(wrong[i])), SESSION_FORM);
	assert_int_equal(open_with(&c, SPAN_LIT("a.b.c\0")), SESSION_FORM);
	/* A form, but of no MAC. */
	assert_int_equal(open_with(&c, SPAN_LIT("a.b.cccc")), SESSION_MAC_SIZE);
	assert_int_equal(open_with(&c, SPAN_LIT("a.b.c")), SESSION_MAC_SIZE);
}

TEST(the_mac_has_the_configured_length)
{
	struct session_config c = config_of(HASH_SHA256);
	unsigned char zeros[512] = { 0 }; /* RS256's, of 4096 bits */

	for (size_t n = 1; n <= sizeof(zeros); n++) {
		struct sink out;

		sink_init(&out, text, sizeof(text));
		sink_text(&out, "aaaa.aaaa.");
		base64url_encode((struct span){ zeros, n }, &out);
		assert_int_equal(open_with(&c, sink_view(&out)),
		    n == 32 || n == 33 ? SESSION_MAC : SESSION_MAC_SIZE);
	}
}

TEST(keys_rotate)
{
	struct session_config c = config_of(HASH_SHA256);
	struct session_key other =
	    token_key("x", HASH_SHA256, SPAN_LIT("a key of somebody else"));

	c.n_keys = 2;
	assert_int_equal(
	    open_with(&c, token_of(HEADER, PAYLOAD, &keys[0])), SESSION_OK);
	assert_true(span_is(session.key_id, "new"));
	assert_int_equal(
	    open_with(&c, token_of(HEADER, PAYLOAD, &keys[1])), SESSION_OK);
	assert_true(span_is(session.key_id, "old"));
	assert_int_equal(
	    open_with(&c, token_of(HEADER, PAYLOAD, &other)), SESSION_MAC);
	c.n_keys = 1;
	assert_int_equal(
	    open_with(&c, token_of(HEADER, PAYLOAD, &keys[1])), SESSION_MAC);
	c.n_keys = 0;
	assert_int_equal(
	    open_with(&c, token_of(HEADER, PAYLOAD, &keys[0])), SESSION_MAC);
}

TEST(the_configuration_names_the_algorithm)
{
	static const struct {
		const char *header;
		enum hash hash; /* the one that it is right for */
	} cases[] = {
		{ "{\"alg\":\"HS256\"}", HASH_SHA256 },
		{ "{\"alg\":\"HS384\"}", HASH_SHA384 },
		{ "{\"alg\":\"HS512\"}", HASH_SHA512 },
		{ "{\"alg\":\"\\u0048S256\"}", HASH_SHA256 },
		{ "{\"alg\":\"none\"}", HASH_NONE },
		{ "{\"alg\":\"None\"}", HASH_NONE },
		{ "{\"alg\":\"nOnE\"}", HASH_NONE },
		{ "{\"alg\":\"\"}", HASH_NONE },
		{ "{\"alg\":\"hs256\"}", HASH_NONE },
		{ "{\"alg\":\"HS256 \"}", HASH_NONE },
		{ "{\"alg\":\"HS25\"}", HASH_NONE },
		{ "{\"alg\":\"HS1\"}", HASH_NONE },
		{ "{\"alg\":\"RS256\"}", HASH_NONE },
		{ "{\"alg\":256}", HASH_NONE },
		{ "{\"alg\":null}", HASH_NONE },
		{ "{\"alg\":[\"HS256\"]}", HASH_NONE },
		{ "{\"Alg\":\"HS256\"}", HASH_NONE },
		{ "{\"x\":{\"alg\":\"HS256\"}}", HASH_NONE },
		{ "{}", HASH_NONE },
	};
	const enum hash hashes[] = { HASH_SHA256, HASH_SHA384, HASH_SHA512 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t h = 0; h < 3; h++) {
			struct session_config c = config_of(hashes[h]);

			assert_int_equal(open_with(&c, token_of(cases[i].header,
							   PAYLOAD, &keys[0])),
			    hashes[h] == cases[i].hash ? SESSION_OK
						       : SESSION_ALGORITHM);
		}
}

TEST(no_algorithm_opens_nothing)
{
	struct session_config c = config_of(HASH_SHA1);

	assert_int_equal(
	    open_with(&c, token_of("{\"alg\":\"HS1\"}", PAYLOAD, &keys[0])),
	    SESSION_REFUSED);
	assert_int_equal(
	    open_with(&c, token_of("{\"alg\":\"\"}", PAYLOAD, &keys[0])),
	    SESSION_REFUSED);
	c.hash = HASH_NONE;
	assert_int_equal(
	    open_with(&c, token_of("{\"alg\":\"\"}", PAYLOAD, &keys[0])),
	    SESSION_REFUSED);
	/* A key of another hash than the configuration's fits nothing. */
	c.hash = HASH_SHA256;
	assert_int_equal(open_with(&c, token_of(HEADER, PAYLOAD, &keys[0])),
	    SESSION_MAC_SIZE);
}

TEST(a_header_without_extensions)
{
	static const struct {
		const char *header;
		enum session_why why;
	} cases[] = {
		{ "{\"alg\":\"HS256\",\"crit\":[]}", SESSION_HEADER },
		{ "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", SESSION_HEADER },
		{ "{\"alg\":\"HS256\",\"cr\\u0069t\":1}", SESSION_HEADER },
		{ "{\"alg\":\"HS256\",\"crit\":null}", SESSION_HEADER },
		{ "{\"alg\":\"HS256\",\"crit\":1,\"crit\":1}", SESSION_HEADER },
		{ "{\"alg\":\"HS256\",\"b64\":true}", SESSION_HEADER },
		{ "{\"alg\":\"HS256\",\"b64\":false}", SESSION_HEADER },
		{ "{\"alg\":\"HS256\",\"zip\":\"DEF\"}", SESSION_HEADER },
		{ "{\"alg\":\"HS256\",\"enc\":\"A256GCM\"}", SESSION_HEADER },
		{ "{\"alg\":\"HS256\",\"cty\":\"JWT\"}", SESSION_HEADER },
		{ "{\"alg\":\"HS256\",\"alg\":\"HS256\"}", SESSION_TWICE },
		{ "{\"alg\":\"HS256\",\"a\\u006cg\":\"none\"}", SESSION_TWICE },
		{ "{\"alg\":\"none\",\"alg\":\"HS256\"}", SESSION_TWICE },
		{ "{\"alg\":\"HS256\",\"Crit\":1}", SESSION_OK },
		{ "{\"alg\":\"HS256\",\"kid\":\"../x\"}", SESSION_OK },
		{ "{\"alg\":\"HS256\",\"jwk\":{\"k\":\"AA\"}}", SESSION_OK },
		{ "{\"alg\":\"HS256\",\"jku\":\"//x\",\"x5u\":1}", SESSION_OK },
		{ "\"HS256\"", SESSION_JSON },
		{ "[\"alg\",\"HS256\"]", SESSION_JSON },
		{ "{\"alg\":\"HS256\"} x", SESSION_JSON },
		{ "\xef\xbb\xbf{\"alg\":\"HS256\"}", SESSION_JSON },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    open_these(cases[i].header, PAYLOAD), cases[i].why);
}

TEST(a_payload_of_strict_json)
{
	static const char *const wrong[] = { "[]", "42", "\"42\"",
		"{\"sub\":\"42\",\"exp\":1700003600}}",
		"{\"sub\":\"42\",\"exp\":1700003600,}",
		"{\"sub\":\"42\",\"exp\":01700003600}",
		"{\"sub\":\"\xff\",\"exp\":1700003600}",
		"{\"sub\":\"\\ud83d\",\"exp\":1700003600}",
		"{\"sub\":\"4\\u00002\",\"exp\":1700003600}",
		"\xef\xbb\xbf{\"sub\":\"42\",\"exp\":1700003600}" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(open_these(HEADER, wrong[i]), SESSION_JSON);
	assert_int_equal(
	    open_these(HEADER, "{\"sub\":\"42\"}"), SESSION_EXPIRY_MISSING);
}

TEST(depth_ends_at_32)
{
	char payload[256];

	for (unsigned depth = TOKEN_DEPTH_MAX - 1; depth <= TOKEN_DEPTH_MAX + 1;
	     depth++) {
		strcpy(payload, "{\"sub\":\"42\",\"exp\":1700003600,\"x\":");
		for (unsigned i = 1; i < depth; i++)
			strcat(payload, "[");
		for (unsigned i = 1; i < depth; i++)
			strcat(payload, "]");
		strcat(payload, "}");
		assert_int_equal(open_these(HEADER, payload),
		    depth <= TOKEN_DEPTH_MAX ? SESSION_OK : SESSION_JSON);
	}
}

TEST(parts_must_decode)
{
	/* Rightly signed texts that are no base64url: 4k+1, and spare bits. */
	static const char *const wrong[] = { "e30.e30aa", "e30aa.e30",
		"e30.e31", "e31.e30" };
	struct session_config c = config_of(HASH_SHA256);

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct span covered = span_of(wrong[i]);
		unsigned char mac[DIGEST_MAX];
		size_t n = hmac_of(keys[0].hmac, &covered, 1, mac);
		bool header_good = span_starts(covered, SPAN_LIT("e30."));
		struct sink out;

		sink_init(&out, text, sizeof(text));
		sink_span(&out, covered);
		sink_byte(&out, '.');
		base64url_encode((struct span){ mac, n }, &out);
		/* A good header without alg is refused before the payload. */
		assert_int_equal(open_with(&c, sink_view(&out)),
		    header_good ? SESSION_ALGORITHM : SESSION_FORM);
	}
}

/* A valid token of exactly n bytes, by white space in its payload. */
static struct span
token_of_size(size_t n)
{
	static char payload[COOKIE_MAX];
	size_t used = strlen(PAYLOAD);
	struct span token;

	strcpy(payload, PAYLOAD);
	do {
		payload[used++] = ' ';
		payload[used] = '\0';
		token = token_of("{\"alg\":\"HS256\"}", payload, &keys[0]);
	} while (token.n + 2 < n);
	return token;
}

TEST(a_token_fits_a_cookie)
{
	struct session_config c = config_of(HASH_SHA256);
	struct span token = token_of_size(COOKIE_MAX);

	assert_in_range(token.n, COOKIE_MAX - 2, COOKIE_MAX);
	assert_int_equal(open_with(&c, token), SESSION_OK);
	assert_int_equal(
	    open_with(&c, token_of_size(COOKIE_MAX + 3)), SESSION_FORM);
	c.signing.chunked = true; /* or all of its chunks */
	assert_int_equal(
	    open_with(&c, token_of_size(COOKIE_MAX + 3)), SESSION_OK);
	for (size_t n = JOINED_MAX - 1; n <= JOINED_MAX + 1; n++) {
		memset(text, 'A', n);
		text[8] = text[16] = '.';
		assert_int_equal(open_with(&c, (struct span){ text, n }),
		    n > JOINED_MAX ? SESSION_FORM : SESSION_MAC_SIZE);
	}
}

TEST(no_room_is_a_refusal)
{
	struct session_config c = config_of(HASH_SHA256);
	struct span token = token_of(HEADER, PAYLOAD, &keys[0]);
	struct arena arena;
	size_t needed;

	arena_init(&arena, room, sizeof(room));
	assert_int_equal(
	    jwt_open(&c, token, TOKEN_NOW, &arena, &session).why, SESSION_OK);
	needed = arena.n;
	for (size_t cap = 0; cap < needed; cap++) {
		arena_init(&arena, room, cap);
		assert_int_not_equal(
		    jwt_open(&c, token, TOKEN_NOW, &arena, &session).why,
		    SESSION_OK);
		assert_int_equal(session.user.n, 0);
	}
}

/* RFC 7515 A.1, bytes and key as printed there. */
TEST(the_example_of_rfc_7515)
{
	const char *secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0"
			     "gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
	struct span token =
	    SPAN_LIT("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
		     ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA"
		     "6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
		     ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
	struct session_config c = config_of(HASH_SHA256);
	unsigned char bytes[64];
	struct arena arena;
	size_t n;

	assert_true(base64url_decode(span_of(secret), bytes, 64, &n));
	keys[0] = token_key("a1", HASH_SHA256, (struct span){ bytes, n });
	c.user = SPAN_LIT("iss");
	arena_init(&arena, room, sizeof(room));
	assert_int_equal(
	    jwt_open(&c, token, 1300819379, &arena, &session).why, SESSION_OK);
	assert_true(span_is(session.user, "joe"));
	assert_int_equal(session.expires, 1300819380);
	assert_int_equal(jwt_open(&c, token, 1300819380, &arena, &session).why,
	    SESSION_EXPIRED);
}

TEST(what_is_made_can_be_opened)
{
	const enum hash hashes[] = { HASH_SHA256, HASH_SHA384, HASH_SHA512 };
	/* {"alg":"HS256","typ":"JWT"} and so on */
	const char *const heads[] = { "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
		"eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.",
		"eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9." };

	for (size_t h = 0; h < 3; h++) {
		struct session_config c = config_of(hashes[h]);
		struct sink out;

		sink_init(&out, text, sizeof(text));
		assert_true(jwt_make(&c, &keys[0], SPAN_LIT(PAYLOAD), &out));
		assert_true(span_starts(sink_view(&out), span_of(heads[h])));
		assert_int_equal(open_with(&c, sink_view(&out)), SESSION_OK);
		assert_true(span_is(session.user, "42"));
		sink_init(&out, text, sizeof(text));
		assert_true(jwt_make(&c, &keys[1], SPAN_LIT(PAYLOAD), &out));
		assert_int_equal(open_with(&c, sink_view(&out)), SESSION_MAC);
	}
}

TEST(making_needs_room_and_an_algorithm)
{
	struct session_config c = config_of(HASH_SHA256);
	struct sink out;
	size_t needed;

	sink_init(&out, text, sizeof(text));
	assert_true(jwt_make(&c, &keys[0], SPAN_LIT(PAYLOAD), &out));
	needed = out.n;
	for (size_t cap = 0; cap < needed; cap++) {
		sink_init(&out, text, cap);
		assert_false(jwt_make(&c, &keys[0], SPAN_LIT(PAYLOAD), &out));
	}
	sink_init(&out, text, needed);
	assert_true(jwt_make(&c, &keys[0], SPAN_LIT(PAYLOAD), &out));
	sink_init(&out, text, sizeof(text));
	c.hash = HASH_SHA512; /* not the key's */
	assert_false(jwt_make(&c, &keys[0], SPAN_LIT(PAYLOAD), &out));
	c.hash = HASH_SHA1;
	assert_false(jwt_make(&c, &keys[0], SPAN_LIT(PAYLOAD), &out));
	c.hash = HASH_NONE;
	assert_false(jwt_make(&c, &keys[0], SPAN_LIT(PAYLOAD), &out));
	assert_int_equal(out.n, 0);
}
