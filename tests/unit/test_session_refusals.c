/*
 * What a strict verifier of session cookies must refuse, row by row, with the
 * good twin beside each. Weak and public keys (at start): test_conf_keys.c,
 * test_conf_signing.c. What is compressed: test_inflate.c. Requests of other
 * sites: test_app_sessions.c. Names in headers: test_conf_variable.c.
 */

#include "test.h"

#include <stdio.h>

#include "opening.h"
#include "session/make.h"

#define NOW 1700000060LL
#define AHEAD (NOW + 3600)
#define HS256 "{\"alg\":\"HS256\"}"
#define GOOD "{\"sub\":\"al\",\"exp\":1700003660}"

static struct session_config config;
static struct session_key key;
static unsigned char mem[65536];
static struct sink out;

static void
configure(enum session_format format, struct signing signing)
{
	config = (struct session_config){ .format = format,
		.hash = HASH_SHA256,
		.cookie = SPAN_LIT("s"),
		.user = SPAN_LIT("sub"),
		.max_age = format == FORMAT_ITSDANGEROUS ? 100 : 0,
		.n_keys = 1,
		.keys = &key,
		.signing = signing };
	key = derived_key("k", &config, SPAN_LIT("a test key of enough bytes"));
}

static void
flask(void)
{
	configure(
	    FORMAT_ITSDANGEROUS, (struct signing){ .derivation = DERIVE_HMAC,
				     .separator = '.',
				     .stamp = STAMP_BYTES,
				     .body = BODY_PACKED,
				     .salt = SPAN_LIT("cookie-session") });
}

static void
jwt(void)
{
	configure(FORMAT_JWT, (struct signing){ .separator = 0 });
}

static enum session_why
opens(const char *header)
{
	return open_header(&config, span_of(header), NOW);
}

/* A token of these two parts, rightly signed. */
static enum session_why
token(const char *header, const char *payload)
{
	sink_init(&out, mem, sizeof(mem));
	sink_text(&out, "s=");
	token_sign(span_of(header), span_of(payload), &key, &out);
	return open_header(&config, sink_view(&out), NOW);
}

/* text "." its MAC, as itsdangerous and cookie-signature end. */
static enum session_why
macced(const char *text, bool padded)
{
	unsigned char mac[DIGEST_MAX];
	struct span covered = span_of(text);
	size_t n = hmac_of(key.hmac, &covered, 1, mac);

	sink_init(&out, mem, sizeof(mem));
	sink_say(&out, "s=%s.", text);
	if (config.format == FORMAT_ITSDANGEROUS)
		base64url_encode((struct span){ mac, n }, &out);
	else
		base64_encode((struct span){ mac, n }, padded, &out);
	return open_header(&config, sink_view(&out), NOW);
}

TEST(row_1_algorithm)
{
	static const char *const bad[] = { "none", "None", "NONE", "nOnE",
		"hs256", "HS512", "HS384", "RS256", "", "HS256 " };
	char header[64];

	jwt();
	assert_int_equal(token(HS256, GOOD), SESSION_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(header, sizeof(header), "{\"alg\":\"%s\"}", bad[i]);
		assert_int_equal(token(header, GOOD), SESSION_ALGORITHM);
	}
	assert_int_equal(token("{}", GOOD), SESSION_ALGORITHM);
	assert_int_equal(token("{\"alg\":256}", GOOD), SESSION_ALGORITHM);
	assert_int_equal(token("{\"alg\":null}", GOOD), SESSION_ALGORITHM);
	assert_int_equal(
	    token("{\"alg\":[\"HS256\"]}", GOOD), SESSION_ALGORITHM);
}

TEST(row_3_header)
{
	static const char *const bad[] = { "crit", "b64", "zip", "enc" };
	static const char *const unused[] = { "kid", "jku", "x5u", "typ" };
	char header[96];

	jwt();
	for (size_t i = 0; i < 4; i++) {
		snprintf(header, sizeof(header),
		    "{\"alg\":\"HS256\",\"%s\":\"x\"}", bad[i]);
		assert_int_equal(token(header, GOOD), SESSION_HEADER);
		snprintf(header, sizeof(header),
		    "{\"alg\":\"HS256\",\"%s\":\"x\"}", unused[i]);
		assert_int_equal(token(header, GOOD), SESSION_OK);
		assert_true(span_is(opened.key_id, "k"));
	}
	/* A key in the token is not looked at: its own MAC is of ours. */
	assert_int_equal(token("{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\","
			       "\"k\":\"AA\"}}",
			     GOOD),
	    SESSION_OK);
}

TEST(row_4_parts)
{
	static const char *const bad[] = { "s=", "s=a", "s=a.b", "s=a.b.",
		"s=.b.c", "s=a..c", "s=a.b.c.d", "s=a.b.c.d.e",
		"s=a.b.c=", "s=a%2Eb.c", "s={\x22payload\x22:1}" };

	jwt();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enum session_why why = opens(bad[i]);

		assert_true(why == SESSION_FORM || why == SESSION_BAD_COOKIE);
	}
}

/* The cookie of config with one change at its end. */
static void
spoil_end(const char *right, size_t n, char last)
{
	char text[1024];

	snprintf(text, sizeof(text), "%.*s%c", (int)n - 1, right, last);
	assert_int_not_equal(opens(text), SESSION_OK);
}

/* Spare bits, foreign characters, padding: one spelling alone. */
TEST(row_5_base64)
{
	char right[1024];

	flask();
	sink_init(&out, mem, sizeof(mem));
	assert_true(session_make(
	    &config, &key, SPAN_LIT("{\"sub\":\"al\"}"), NOW, &out));
	snprintf(right, sizeof(right), "%.*s", (int)out.n, (const char *)mem);
	assert_int_equal(opens(right), SESSION_OK);
	for (char c = '!'; c < 0x7f; c++)
		if (c != right[out.n - 1])
			spoil_end(right, out.n, c);
	strcat(right, "=");
	assert_int_not_equal(opens(right), SESSION_OK);
	right[out.n - 1] = '\0';
	assert_int_not_equal(opens(right), SESSION_OK);
}

TEST(row_6_mac)
{
	static const char *const bad[] = { "s=eyJzdWIiOiJhbCJ9.ZVPxPA.",
		"s=eyJzdWIiOiJhbCJ9.ZVPxPA.AA", "s=eyJzdWIiOiJhbCJ9.ZVPxPA" };

	flask();
	assert_int_equal(macced("eyJzdWIiOiJhbCJ9.ZVPxPA", false), SESSION_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_not_equal(opens(bad[i]), SESSION_OK);
	assert_int_equal(
	    opens("s=eyJzdWIiOiJhbCJ9.ZVPxPA.AA"), SESSION_MAC_SIZE);
}

/* Nothing is read before the MAC was right: what is worse is not noticed. */
TEST(row_7_order)
{
	flask();
	assert_int_equal(opens("s=.eJwAAAAA.AA.AAAA"), SESSION_MAC_SIZE);
	assert_int_equal(macced(".eJwAAAAA.ZVPxPA", false), SESSION_DEFLATED);
	jwt();
	assert_int_equal(opens("s=AAAA.AAAA.AAAA"), SESSION_MAC_SIZE);
	assert_int_equal(token("[]", "[]"), SESSION_JSON);
}

TEST(row_8_json)
{
	static const char *const bad[] = { "", "[]", "1", "\"x\"", "null",
		"{\"sub\":\"al\"", "{\"sub\":\"al\"} x", "{}{}",
		"\xef\xbb\xbf{}", "{\"sub\":\"\xff\"}", "{\"sub\":\"\\u0000\"}",
		"{\"sub\":\"\\ud800\"}", "{\"sub\":\"\n\"}", "{'sub':1}",
		"{\"sub\":NaN}", "{\"sub\":01}", "{\"sub\":1,}" };
	char deep[256] = "{\"sub\":\"al\",\"exp\":1700003660,\"d\":";

	jwt();
	for (size_t i = 1; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(token(HS256, bad[i]), SESSION_JSON);
	assert_int_equal(token(HS256, bad[0]), SESSION_FORM);
	for (size_t i = 0; i < TOKEN_DEPTH_MAX; i++)
		strcat(deep, "[");
	for (size_t i = 0; i < TOKEN_DEPTH_MAX; i++)
		strcat(deep, "]");
	strcat(deep, "}");
	assert_int_equal(token(HS256, deep), SESSION_JSON);
	flask();
	assert_int_equal(macced("W10.ZVPxPA", false), SESSION_JSON);
}

TEST(row_9_twice)
{
	jwt();
	assert_int_equal(
	    token("{\"alg\":\"none\",\"alg\":\"HS256\"}", GOOD), SESSION_TWICE);
	assert_int_equal(
	    token(HS256, "{\"sub\":\"a\",\"sub\":\"b\",\"exp\":1700003660}"),
	    SESSION_TWICE);
	assert_int_equal(
	    token(HS256, "{\"sub\":\"a\",\"s\\u0075b\":\"b\",\"exp\":"
			 "1700003660}"),
	    SESSION_TWICE);
	assert_int_equal(
	    token(HS256, "{\"sub\":\"a\",\"exp\":1,\"exp\":1700003660}"),
	    SESSION_TWICE);
	flask();
	/* {"sub":"a","sub":"b"} */
	assert_int_equal(macced("eyJzdWIiOiJhIiwic3ViIjoiYiJ9.ZVPxPA", false),
	    SESSION_TWICE);
}

/* A payload with %d in it, which this number is. */
static enum session_why
claims(const char *format, long long number)
{
	char payload[128];
	struct sink text;

	sink_init(&text, payload, sizeof(payload) - 1);
	sink_say(&text, format, number);
	payload[text.n] = '\0';
	return token(HS256, payload);
}

#define NEXT "{\"sub\":\"a\",\"exp\":1700003660,"

TEST(row_10_expiry)
{
	static const char exp[] = "{\"sub\":\"a\",\"exp\":%d}";

	jwt();
	assert_int_equal(
	    token(HS256, "{\"sub\":\"a\"}"), SESSION_EXPIRY_MISSING);
	assert_int_equal(claims(exp, NOW), SESSION_EXPIRED);
	assert_int_equal(claims(exp, NOW + 1), SESSION_OK);
	assert_int_equal(
	    claims(exp, NOW + SESSION_AHEAD_MAX_SECONDS), SESSION_OK);
	assert_int_equal(claims(exp, NOW + SESSION_AHEAD_MAX_SECONDS + 1),
	    SESSION_EXPIRY_FAR);
	assert_int_equal(token(HS256, "{\"sub\":\"a\",\"exp\":\"1700003660\"}"),
	    SESSION_TIME);
	assert_int_not_equal(
	    token(HS256, "{\"sub\":\"a\",\"exp\":1e400}"), SESSION_OK);
}

TEST(row_11_times)
{
	jwt();
	assert_int_equal(claims(NEXT "\"nbf\":%d}", NOW), SESSION_OK);
	assert_int_equal(claims(NEXT "\"nbf\":%d}", NOW + 1), SESSION_NOT_YET);
	assert_int_equal(claims(NEXT "\"iat\":%d}", NOW), SESSION_OK);
	assert_int_equal(claims(NEXT "\"iat\":%d}", NOW + 1), SESSION_FUTURE);
	assert_int_equal(claims(NEXT "\"nbf\":\"%d\"}", NOW), SESSION_TIME);
	assert_int_equal(claims(NEXT "\"iat\":[%d]}", NOW), SESSION_TIME);
	flask(); /* issued at NOW, and a second later */
	assert_int_equal(macced("eyJzdWIiOiJhbCJ9.ZVPxPA", false), SESSION_OK);
	assert_int_equal(
	    macced("eyJzdWIiOiJhbCJ9.ZVPxPQ", false), SESSION_FUTURE);
}

TEST(row_12_audience)
{
	jwt();
	assert_int_equal(
	    token(HS256, NEXT "\"aud\":\"site\"}"), SESSION_AUDIENCE);
	config.audience = SPAN_LIT("site");
	assert_int_equal(token(HS256, NEXT "\"aud\":\"site\"}"), SESSION_OK);
	assert_int_equal(
	    token(HS256, NEXT "\"aud\":[\"x\",\"site\"]}"), SESSION_OK);
	assert_int_equal(
	    token(HS256, NEXT "\"aud\":\"site2\"}"), SESSION_AUDIENCE);
	assert_int_equal(
	    token(HS256, NEXT "\"aud\":\"sit\"}"), SESSION_AUDIENCE);
	assert_int_equal(token(HS256, GOOD), SESSION_AUDIENCE);
	jwt();
	config.issuer = SPAN_LIT("https://a");
	assert_int_equal(
	    token(HS256, NEXT "\"iss\":\"https://a\"}"), SESSION_OK);
	assert_int_equal(
	    token(HS256, NEXT "\"iss\":\"https://a.b\"}"), SESSION_ISSUER);
	assert_int_equal(
	    token(HS256, NEXT "\"iss\":[\"https://a\"]}"), SESSION_ISSUER);
	assert_int_equal(token(HS256, GOOD), SESSION_ISSUER);
}

TEST(row_13_required)
{
	static const struct span access[] = { SPAN_INIT("access") };
	static const struct claim_rule rule = { SPAN_INIT("type"), 1, access,
		false };

	jwt();
	config.n_require = 1;
	config.require = &rule;
	assert_int_equal(token(HS256, NEXT "\"type\":\"access\"}"), SESSION_OK);
	assert_int_equal(
	    token(HS256, NEXT "\"type\":\"refresh\"}"), SESSION_CLAIM);
	assert_int_equal(token(HS256, GOOD), SESSION_CLAIM);
	assert_int_equal(
	    token(HS256, NEXT "\"x\":{\"type\":\"access\"}}"), SESSION_CLAIM);
}

TEST(row_14_user)
{
	static const char *const bad[] = { "null", "true", "false", "\"\"",
		"{}", "[]", "[\"a\"]", "1.5", "1e3", "-0", "\"a\\u0001\"",
		"\"a\\u007f\"", "\"a\\u0085\"" };
	char payload[512], user[USER_MAX + 2];

	jwt();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(payload, sizeof(payload),
		    "{\"exp\":1700003660,\"sub\":%s}", bad[i]);
		assert_int_equal(token(HS256, payload), SESSION_USER);
	}
	assert_int_equal(token(HS256, "{\"exp\":1700003660}"), SESSION_USER);
	for (size_t n = USER_MAX - 1; n <= USER_MAX + 1; n++) {
		memset(user, 'a', n);
		user[n] = '\0';
		snprintf(payload, sizeof(payload),
		    "{\"exp\":1700003660,\"sub\":\"%s\"}", user);
		assert_int_equal(token(HS256, payload),
		    n > USER_MAX ? SESSION_USER : SESSION_OK);
	}
}

/* A cookie of the same secret with one parameter of its making changed. */
TEST(row_15_purpose)
{
	struct signing right, others[3];

	flask();
	right = others[0] = others[1] = others[2] = config.signing;
	others[0].salt = SPAN_LIT("cookie-sessions");
	others[1].derivation = DERIVE_DJANGO_CONCAT;
	others[2].derivation = DERIVE_NOTHING;
	for (size_t i = 0; i < 3; i++) {
		configure(FORMAT_ITSDANGEROUS, others[i]);
		sink_init(&out, mem, sizeof(mem));
		assert_true(session_make(
		    &config, &key, SPAN_LIT("{\"sub\":\"al\"}"), NOW, &out));
		assert_int_equal(
		    open_header(&config, sink_view(&out), NOW), SESSION_OK);
		configure(FORMAT_ITSDANGEROUS, right);
		assert_int_equal(
		    open_header(&config, sink_view(&out), NOW), SESSION_MAC);
	}
	/* keygrip signs the name. */
	configure(FORMAT_KEYGRIP, (struct signing){ .body = BODY_BASE64 });
	sink_init(&out, mem, sizeof(mem));
	assert_true(session_make(
	    &config, &key, SPAN_LIT("{\"sub\":\"al\"}"), NOW, &out));
	assert_int_equal(
	    open_header(&config, sink_view(&out), NOW), SESSION_OK);
	mem[0] = 't';
	*(unsigned char *)strstr((char *)mem, "s.sig") = 't';
	config.cookie = SPAN_LIT("t");
	assert_int_equal(
	    open_header(&config, sink_view(&out), NOW), SESSION_MAC);
}

TEST(row_16_stamp)
{
	flask();
	assert_int_equal(macced("eyJzdWIiOiJhbCJ9", false), SESSION_STAMP);
	assert_int_equal(macced("eyJzdWIiOiJhbCJ9.", false), SESSION_STAMP);
	assert_int_equal(
	    macced("eyJzdWIiOiJhbCJ9.AAAAAAAAAAAA", false), SESSION_STAMP);
	assert_int_equal(macced("eyJzdWIiOiJhbCJ9.*", false), SESSION_STAMP);
	config.signing.stamp = STAMP_BASE62;
	/* 1r31fo is NOW in base62. */
	assert_int_equal(macced("eyJzdWIiOiJhbCJ9.1r31fo", false), SESSION_OK);
	assert_int_equal(
	    macced("eyJzdWIiOiJhbCJ9.00000000001", false), SESSION_STAMP);
	assert_int_equal(
	    macced("eyJzdWIiOiJhbCJ9.1r31f_", false), SESSION_STAMP);
}

TEST(row_17_age)
{
	flask();
	sink_init(&out, mem, sizeof(mem));
	assert_true(session_make(
	    &config, &key, SPAN_LIT("{\"sub\":\"al\"}"), NOW, &out));
	assert_int_equal(
	    open_header(&config, sink_view(&out), NOW + 100), SESSION_OK);
	assert_int_equal(
	    open_header(&config, sink_view(&out), NOW + 101), SESSION_AGE);
}

TEST(row_19_twice)
{
	char text[1024];

	flask();
	sink_init(&out, mem, sizeof(mem));
	assert_true(session_make(
	    &config, &key, SPAN_LIT("{\"sub\":\"al\"}"), NOW, &out));
	snprintf(text, sizeof(text), "%.*s; %.*s", (int)out.n,
	    (const char *)mem, (int)out.n, (const char *)mem);
	assert_int_equal(opens(text), SESSION_TWO_COOKIES);
	configure(FORMAT_KEYGRIP, (struct signing){ .body = BODY_BASE64 });
	sink_init(&out, mem, sizeof(mem));
	assert_true(session_make(
	    &config, &key, SPAN_LIT("{\"sub\":\"al\"}"), NOW, &out));
	snprintf(
	    text, sizeof(text), "%.*s; s.sig=x", (int)out.n, (const char *)mem);
	assert_int_equal(opens(text), SESSION_TWO_SIGNATURES);
	configure(FORMAT_SUPABASE, (struct signing){ .chunked = true });
	assert_int_equal(opens("s.0=a; s.2=b"), SESSION_CHUNKS);
	assert_int_equal(opens("s.0=a; s.0=b"), SESSION_TWO_COOKIES);
}

/* The name is compared as it stands, and a value is cookie octets. */
TEST(row_20_21_names_and_values)
{
	static const char *const names[] = {
		"S=", "%73=", "s\v=", "\vs=", "s[]=", "xs=", "s =x; ss="
	};
	static const char *const values[] = { "s=a,b", "s=a\\b", "s=a\"b",
		"s=a b", "s=a\x7f", "s=\x80", "s=\"a", "s=%", "s=%4", "s=%zz" };

	configure(FORMAT_COOKIE_SIGNATURE, (struct signing){ .separator = 0 });
	config.user = SPAN_LIT("");
	assert_int_equal(macced("al", false), SESSION_OK);
	for (size_t i = 0; i + 1 < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(opens(names[i]), SESSION_NO_COOKIE);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		assert_int_equal(opens(values[i]), SESSION_BAD_COOKIE);
}

TEST(row_22_sizes)
{
	static char text[COOKIE_MAX + 8];

	jwt();
	for (size_t n = COOKIE_MAX - 1; n <= COOKIE_MAX + 1; n++) {
		memset(text, 'a', sizeof(text));
		text[0] = 's';
		text[1] = '=';
		text[n + 2] = '\0';
		assert_int_equal(opens(text),
		    n > COOKIE_MAX ? SESSION_BAD_COOKIE : SESSION_FORM);
	}
}
