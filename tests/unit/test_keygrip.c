#include "test.h"

#include <stdio.h>

#include "opening.h"
#include "session/keygrip.h"

#define NOW 1700000060LL
#define JSON "{\"passport\":{\"user\":\"42\"}}"
/* By Python's hmac, as keygrip and cookie-session put it together. */
#define VALUE "eyJwYXNzcG9ydCI6eyJ1c2VyIjoiNDIifX0="
#define SIGNATURE "wysQjV9sEjkouYb2SYlj7Opx7m0"
#define BOTH "s=" VALUE "; s.sig=" SIGNATURE

static struct session_config config;
static struct session_key key;
static char header[2 * COOKIE_MAX];

static int
set_up(void **state)
{
	(void)state;
	config = (struct session_config){
		.format = FORMAT_KEYGRIP,
		.hash = HASH_SHA1,
		.cookie = SPAN_LIT("s"),
		.user = SPAN_LIT("passport.user"),
		.n_keys = 1,
		.keys = &key,
	};
	key = derived_key(
	    "k", &config, SPAN_LIT("plain test key of thirty-two bytes"));
	return 0;
}

static enum session_why
open_cookies(const char *text)
{
	return open_header(&config, span_of(text), NOW);
}

static enum session_why
open_json(const char *json)
{
	struct sink out;

	sink_init(&out, header, sizeof(header));
	assert_true(keygrip_make(&config, &key, span_of(json), &out));
	return open_header(&config, sink_view(&out), NOW);
}

/* A right signature of any value at all. */
static enum session_why
open_signed(const char *value)
{
	char text[COOKIE_MAX + 16];
	struct span covered;
	unsigned char mac[DIGEST_MAX];
	struct sink out;
	size_t n;

	(void)snprintf(text, sizeof(text), "s=%s", value);
	covered = span_of(text);
	n = hmac_of(key.hmac, &covered, 1, mac);
	sink_init(&out, header, sizeof(header));
	sink_say(&out, "%s; s.sig=", text);
	base64url_encode((struct span){ mac, n }, &out);
	return open_header(&config, sink_view(&out), NOW);
}

TEST_WITH(a_known_pair, set_up, NULL)
{
	assert_int_equal(open_json(JSON), SESSION_OK);
	assert_true(span_is(
	    (struct span){ (unsigned char *)header, strlen(BOTH) }, BOTH));
	assert_int_equal(open_cookies(BOTH), SESSION_OK);
	assert_true(span_is(opened.user, "42"));
	assert_true(span_is(opened.key_id, "k"));
	assert_true(opened.expires == SESSION_ENDLESS);
	assert_int_equal(
	    open_cookies("s.sig=" SIGNATURE "; a=b; s=" VALUE), SESSION_OK);
}

TEST_WITH(another_digest, set_up, NULL)
{
	const char *with_sha256 =
	    "s=" VALUE "; s.sig=wit24oLrI8gEZeYtme1RO0FvcP0RRpQ37SNh9VarHoM";

	assert_int_equal(open_cookies(with_sha256), SESSION_MAC_SIZE);
	config.hash = HASH_SHA256;
	key = derived_key(
	    "k", &config, SPAN_LIT("plain test key of thirty-two bytes"));
	assert_int_equal(open_cookies(with_sha256), SESSION_OK);
	assert_int_equal(open_cookies(BOTH), SESSION_MAC_SIZE);
}

TEST_WITH(both_cookies_once, set_up, NULL)
{
	static const struct {
		const char *cookies;
		enum session_why why;
	} cases[] = {
		{ "", SESSION_NO_COOKIE },
		{ "s.sig=" SIGNATURE, SESSION_NO_COOKIE },
		{ "S=" VALUE "; s.sig=" SIGNATURE, SESSION_NO_COOKIE },
		{ "s=" VALUE, SESSION_NO_SIGNATURE },
		{ "s=" VALUE "; s.Sig=" SIGNATURE, SESSION_NO_SIGNATURE },
		{ "s=" VALUE "; s.sig2=" SIGNATURE, SESSION_NO_SIGNATURE },
		{ "s=" VALUE "; t.sig=" SIGNATURE, SESSION_NO_SIGNATURE },
		{ BOTH "; s=" VALUE, SESSION_TWO_COOKIES },
		{ "s=; " BOTH, SESSION_TWO_COOKIES },
		{ BOTH "; s.sig=" SIGNATURE, SESSION_TWO_SIGNATURES },
		{ "s.sig=; " BOTH, SESSION_TWO_SIGNATURES },
		{ BOTH ",", SESSION_BAD_COOKIE },
		{ "s=\\; s.sig=" SIGNATURE, SESSION_BAD_COOKIE },
		{ "s=" VALUE "; s.sig=", SESSION_MAC_SIZE },
		{ "s=; s.sig=" SIGNATURE, SESSION_MAC },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(open_cookies(cases[i].cookies), cases[i].why);
}

/* Each byte of both values, and each cut of the whole. */
TEST_WITH(every_other_byte_is_refused, set_up, NULL)
{
	const size_t skipped = strlen("s=" VALUE "; s.sig=");
	char text[sizeof(BOTH)];

	for (size_t i = 2; i < strlen(BOTH); i++) {
		if (i >= 2 + strlen(VALUE) && i < skipped)
			continue;
		for (int c = ' '; c < 0x7f; c++) {
			strcpy(text, BOTH);
			if (text[i] == c)
				continue;
			text[i] = (char)c;
			assert_int_not_equal(open_cookies(text), SESSION_OK);
		}
	}
	for (size_t n = 0; n < strlen(BOTH); n++)
		assert_int_not_equal(
		    open_header(&config, span_head(SPAN_LIT(BOTH), n), NOW),
		    SESSION_OK);
}

/* The signature is of the name too. */
TEST_WITH(another_cookie_of_the_site, set_up, NULL)
{
	config.cookie = SPAN_LIT("t");
	assert_int_equal(
	    open_cookies("t=" VALUE "; t.sig=" SIGNATURE), SESSION_MAC);
	assert_int_equal(open_json(JSON), SESSION_OK);
	/* A name that ends with what was the value's begin is another name. */
	config.cookie = SPAN_LIT("s.sig");
	assert_int_equal(open_cookies(BOTH), SESSION_NO_SIGNATURE);
}

TEST_WITH(one_spelling_of_the_signature, set_up, NULL)
{
	assert_int_equal(open_cookies(BOTH), SESSION_OK);
	assert_int_equal(open_cookies(BOTH "="), SESSION_MAC);
	assert_int_equal(open_cookies(BOTH "AA"), SESSION_MAC_SIZE);
	assert_int_equal(open_cookies(BOTH "A"), SESSION_MAC);
	assert_int_equal(open_cookies(BOTH "%3D"), SESSION_MAC_SIZE);
	assert_int_equal(open_cookies(BOTH "." SIGNATURE), SESSION_MAC_SIZE);
}

TEST_WITH(the_value_is_padded_base64_of_an_object, set_up, NULL)
{
	config.user = SPAN_LIT("u");
	/* {"u":1} */
	assert_int_equal(open_signed("eyJ1IjoxfQ=="), SESSION_OK);
	assert_true(span_is(opened.user, "1"));
	assert_int_equal(open_signed("eyJ1IjoxfQ="), SESSION_SHAPE);
	assert_int_equal(open_signed("eyJ1IjoxfQ"), SESSION_SHAPE);
	assert_int_equal(open_signed("eyJ1IjoxfR=="), SESSION_SHAPE);
	assert_int_equal(open_signed("eyJ1IjoxfQ%3D%3D"), SESSION_SHAPE);
	assert_int_equal(open_signed("{}"), SESSION_SHAPE);
	assert_int_equal(open_signed(""), SESSION_JSON);
	assert_int_equal(open_signed("W10="), SESSION_JSON); /* [] */
	assert_int_equal(open_signed("e30="), SESSION_USER); /* {} */
	assert_int_equal(open_signed("MQ=="), SESSION_JSON);
}

/* Its name is whatever browsers send back, and so is the other's. */
TEST_WITH(a_name_with_a_colon, set_up, NULL)
{
	unsigned char mem[1024];
	struct sink out;

	config.cookie = SPAN_LIT("koa:sess");
	sink_init(&out, mem, sizeof(mem));
	assert_true(keygrip_make(&config, &key, SPAN_LIT(JSON), &out));
	assert_true(span_starts(sink_view(&out), SPAN_LIT("koa:sess=")));
	assert_int_equal(
	    open_header(&config, sink_view(&out), NOW), SESSION_OK);
	config.cookie = SPAN_LIT("koa.sess");
	assert_int_equal(
	    open_header(&config, sink_view(&out), NOW), SESSION_NO_COOKIE);
}

TEST_WITH(koa_says_when_it_ends, set_up, NULL)
{
	config.user = SPAN_LIT("u");
	assert_int_equal(
	    open_json("{\"u\":1,\"_expire\":1700000061000}"), SESSION_OK);
	assert_int_equal(opened.expires, 1700000061);
	assert_int_equal(
	    open_json("{\"u\":1,\"_expire\":1700000060999}"), SESSION_EXPIRED);
	assert_int_equal(
	    open_json("{\"u\":1,\"_expire\":1700000060000}"), SESSION_EXPIRED);
	assert_int_equal(
	    open_json("{\"u\":1,\"_expire\":1700000062000}"), SESSION_OK);
	assert_int_equal(open_json("{\"u\":1,\"_expire\":0}"), SESSION_EXPIRED);
	/* Seconds in place of milliseconds */
	assert_int_equal(
	    open_json("{\"u\":1,\"_expire\":1700003600}"), SESSION_EXPIRED);
	config.leeway = 10;
	assert_int_equal(
	    open_json("{\"u\":1,\"_expire\":1700000051000}"), SESSION_OK);
	assert_int_equal(
	    open_json("{\"u\":1,\"_expire\":1700000050000}"), SESSION_EXPIRED);
	/* 400 days, and a second more */
	assert_int_equal(
	    open_json("{\"u\":1,\"_expire\":1734560060000}"), SESSION_OK);
	assert_int_equal(open_json("{\"u\":1,\"_expire\":1734560061000}"),
	    SESSION_EXPIRY_FAR);
}

TEST_WITH(an_end_that_is_none, set_up, NULL)
{
	static const char *const wrong[] = { "null", "true", "{}", "[]",
		"\"1700003600000\"", "1700003600000.5", "17e11", "-1", "-0",
		"1000000000000000000" };
	char json[128];

	config.user = SPAN_LIT("u");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		(void)snprintf(
		    json, sizeof(json), "{\"u\":1,\"_expire\":%s}", wrong[i]);
		assert_int_equal(open_json(json), SESSION_TIME);
	}
	assert_int_equal(open_json("{\"u\":1,\"_expire\":1700003600000,"
				   "\"_expire\":1700003600000}"),
	    SESSION_TWICE);
	assert_int_equal(
	    open_json("{\"u\":1,\"_session\":true,\"_session\":true}"),
	    SESSION_TWICE);
}

TEST_WITH(koa_must_say_when_it_ends, set_up, NULL)
{
	config.user = SPAN_LIT("u");
	assert_int_equal(open_json("{\"u\":1}"), SESSION_OK);
	config.signing.expiry_required = true;
	assert_int_equal(open_json("{\"u\":1}"), SESSION_EXPIRY_MISSING);
	assert_int_equal(open_json("{\"u\":1,\"_Expire\":1700003600000}"),
	    SESSION_EXPIRY_MISSING);
	assert_int_equal(
	    open_json("{\"u\":1,\"x\":{\"_expire\":1700003600000}}"),
	    SESSION_EXPIRY_MISSING);
	assert_int_equal(
	    open_json("{\"u\":1,\"_session\":false}"), SESSION_EXPIRY_MISSING);
	assert_int_equal(
	    open_json("{\"u\":1,\"_session\":1}"), SESSION_EXPIRY_MISSING);
	assert_int_equal(open_json("{\"u\":1,\"_session\":true}"), SESSION_OK);
	assert_true(opened.expires == SESSION_ENDLESS);
	assert_int_equal(
	    open_json("{\"u\":1,\"_expire\":1700003600000}"), SESSION_OK);
	assert_int_equal(
	    open_json("{\"u\":1,\"_session\":true,\"_expire\":1700000060000}"),
	    SESSION_EXPIRED);
}

TEST_WITH(a_signature_is_no_login, set_up, NULL)
{
	const struct span is = SPAN_LIT("admin");
	const struct claim_rule rule = { SPAN_LIT("role"), 1, &is, false };

	assert_int_equal(open_json(JSON), SESSION_OK);
	assert_int_equal(open_json("{}"), SESSION_USER);
	assert_int_equal(open_json("{\"passport\":{}}"), SESSION_USER);
	assert_int_equal(
	    open_json("{\"passport\":{\"user\":null}}"), SESSION_USER);
	assert_int_equal(
	    open_json("{\"passport\":{\"user\":{\"id\":1}}}"), SESSION_USER);
	assert_int_equal(open_json("{\"passport.user\":\"42\"}"), SESSION_USER);
	assert_int_equal(
	    open_json("{\"passport\":{\"user\":\"42\"},\"passport\":{}}"),
	    SESSION_TWICE);
	config.n_require = 1;
	config.require = &rule;
	assert_int_equal(open_json(JSON), SESSION_CLAIM);
	assert_int_equal(
	    open_json("{\"passport\":{\"user\":\"42\"},\"role\":\"admin\"}"),
	    SESSION_OK);
}

TEST_WITH(keys_rotate, set_up, NULL)
{
	struct session_key keys[2] = { derived_key("new", &config,
					   SPAN_LIT("another plain test key")),
		key };

	config.keys = keys;
	config.n_keys = 2;
	assert_int_equal(open_cookies(BOTH), SESSION_OK);
	assert_true(span_is(opened.key_id, "k"));
	config.n_keys = 1;
	assert_int_equal(open_cookies(BOTH), SESSION_MAC);
}

TEST_WITH(room_is_needed, set_up, NULL)
{
	struct request request = { .cookie = SPAN_LIT(BOTH) };
	struct session session = { 0 };
	struct arena arena;
	struct session_asked asked = { &request, NOW, NULL, &arena };
	struct sink out;

	for (size_t cap = 0; cap < strlen(BOTH); cap++) {
		sink_init(&out, header, cap);
		assert_false(keygrip_make(&config, &key, SPAN_LIT(JSON), &out));
	}
	sink_init(&out, header, strlen(BOTH));
	assert_true(keygrip_make(&config, &key, SPAN_LIT(JSON), &out));
	for (size_t cap = 0; cap < strlen("s.sig") + strlen(JSON); cap++) {
		arena_init(&arena, opening_room, cap);
		assert_int_equal(
		    keygrip_open(&config, &asked, &session), SESSION_REFUSED);
	}
}
