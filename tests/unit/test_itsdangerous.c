#include "test.h"

#include <stdio.h>

#include "opening.h"
#include "session/formats.h"
#include "session/itsdangerous.h"

#define SECRET "plain test key of thirty-two bytes"
#define ISSUED 1700000000LL
#define STAMP "ZVPxAA" /* the same */
#define BODY "eyJfdXNlcl9pZCI6IjQyIn0"
#define FLASK BODY "." STAMP ".Zt0LRskQHG1eSgTROwbnxC_MMbs"

static struct session_config config;
static struct session_key key;
static char value[COOKIE_MAX + 256];

/* A configuration that says this format, "s" and this user. */
static void
configure(const char *format, const char *user)
{
	const struct format_row *row = format_named(span_of(format));

	assert_non_null(row);
	config = (struct session_config){ 0 };
	format_apply(row, &config);
	config.cookie = SPAN_LIT("s");
	config.user = span_of(user);
	format_body(row, &config);
	key = derived_key("k", &config, SPAN_LIT(SECRET));
	config.keys = &key;
	config.n_keys = 1;
}

static int
set_up(void **state)
{
	(void)state;
	configure("flask", "_user_id");
	return 0;
}

static void
make(const char *text, long long issued)
{
	struct sink out;

	sink_init(&out, value, sizeof(value));
	assert_true(
	    itsdangerous_make(&config, &key, span_of(text), issued, &out));
	sink_byte(&out, '\0');
	assert_false(out.full);
}

/* Signs any text at all. */
static void
sign(const char *text)
{
	struct span covered = span_of(text);
	unsigned char mac[DIGEST_MAX];
	size_t n = hmac_of(key.hmac, &covered, 1, mac);
	struct sink out;

	sink_init(&out, value, sizeof(value));
	sink_span(&out, covered);
	sink_byte(&out, config.signing.separator);
	base64url_encode((struct span){ mac, n }, &out);
	sink_byte(&out, '\0');
	assert_false(out.full);
}

static enum session_why
open_value(const char *text, long long now)
{
	static char header[sizeof(value) + 16];

	(void)snprintf(header, sizeof(header), "s=%s", text);
	return open_header(&config, span_of(header), now);
}

/* What a cookie is worth that was issued so long ago. */
static enum session_why
open_made(const char *text, long long age)
{
	make(text, ISSUED);
	return open_value(value, ISSUED + age);
}

static enum session_why
open_signed(const char *text)
{
	sign(text);
	return open_value(value, ISSUED);
}

/* By Python's hmac and zlib, as these frameworks put it together. */
static const struct {
	const char *format, *user, *text, *value, *name;
} known[] = {
	{ "flask", "_user_id", "{\"_user_id\":\"42\"}", FLASK, "42" },
	{ "flask", "_user_id", NULL,
	    ".eNqrVoovLU4tis9MUbJSMjFSqgUANW4Faw." STAMP
	    ".28mzIOFpejz2aJRrIoO49h2Z5mg",
	    "42" },
	{ "starlette", "_user_id", "{\"_user_id\":\"42\"}",
	    BODY "=." STAMP ".bZrZZPVUVB-0kgOUO5j6mJLH3qU", "42" },
	{ "itsdangerous", "", "ann.b",
	    "ann.b." STAMP ".qiwhllsnZN8nhuDmKdOWFLHlXEY", "ann.b" },
	{ "django", "_auth_user_id", "{\"_auth_user_id\":\"42\"}",
	    "eyJfYXV0aF91c2VyX2lkIjoiNDIifQ:1r31eq"
	    ":MnhgKWQNtidKzcG9xE47oDWqFCMM6HpEkVzUC1NibP8",
	    "42" },
	{ "django-cookie", "", "ann",
	    "ann:1r31eq:XYUZXr65L140pQLuwgD1bDUjXjNwcG-9c7sIZZ2ad74", "ann" },
};
#define N_KNOWN (sizeof(known) / sizeof(known[0]))

TEST(known_cookies)
{
	for (size_t i = 0; i < N_KNOWN; i++) {
		configure(known[i].format, known[i].user);
		assert_int_equal(
		    open_value(known[i].value, ISSUED + 60), SESSION_OK);
		assert_true(span_is(opened.user, known[i].name));
		assert_int_equal(opened.expires, ISSUED + config.max_age);
		assert_true(span_is(opened.key_id, "k"));
		if (known[i].text == NULL)
			continue;
		make(known[i].text, ISSUED);
		assert_string_equal(value, known[i].value);
	}
}

/* Starlette and itsdangerous have one salt: a guest's session is no name. */
TEST(no_format_reads_another)
{
	for (size_t i = 0; i < N_KNOWN; i++)
		for (size_t j = 0; j < N_KNOWN; j++) {
			bool same =
			    strcmp(known[i].format, known[j].format) == 0;

			configure(known[i].format, known[i].user);
			assert_int_equal(
			    open_value(known[j].value, ISSUED) == SESSION_OK,
			    same);
		}
}

TEST(every_other_byte_is_refused)
{
	char text[128];

	for (size_t k = 0; k < N_KNOWN; k++) {
		configure(known[k].format, known[k].user);
		for (size_t i = 0; known[k].value[i] != '\0'; i++)
			for (char c = ' '; c < 0x7f; c++) {
				strcpy(text, known[k].value);
				if (text[i] == c)
					continue;
				text[i] = c;
				assert_int_not_equal(
				    open_value(text, ISSUED), SESSION_OK);
			}
		for (size_t n = strlen(known[k].value); n > 0; n--) {
			strcpy(text, known[k].value);
			text[n - 1] = '\0';
			assert_int_not_equal(
			    open_value(text, ISSUED), SESSION_OK);
		}
	}
}

TEST_WITH(a_value_and_its_signature, set_up, NULL)
{
	static const struct {
		const char *value;
		enum session_why why;
	} cases[] = {
		{ FLASK, SESSION_OK },
		{ "", SESSION_SHAPE },
		{ "x", SESSION_SHAPE },
		{ BODY "." STAMP ".", SESSION_SHAPE },
		{ ".Zt0LRskQHG1eSgTROwbnxC_MMbs", SESSION_SHAPE },
		{ FLASK "=", SESSION_MAC },
		{ FLASK "A", SESSION_MAC },
		{ FLASK "AA", SESSION_MAC_SIZE },
		{ FLASK ".", SESSION_SHAPE },
		{ "." FLASK, SESSION_MAC },
		{ "a" FLASK, SESSION_MAC },
		{ BODY "." STAMP ".Zt0LRskQHG1eSgTROwbnxC_MMbt", SESSION_MAC },
		{ BODY "." STAMP ".Zt0LRskQHG1eSgTROwbnxC_MMbw", SESSION_MAC },
		{ BODY "." STAMP ".Zt0LRskQHG1eSgTROwbnxC_MMQ",
		    SESSION_MAC_SIZE },
		{ BODY "." STAMP ".Zt0LRskQHG1eSgTROwbnxC/MMbs", SESSION_MAC },
		{ BODY "." STAMP "%2EZt0LRskQHG1eSgTROwbnxC_MMbs",
		    SESSION_MAC_SIZE },
		{ BODY "." STAMP ":Zt0LRskQHG1eSgTROwbnxC_MMbs",
		    SESSION_MAC_SIZE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    open_value(cases[i].value, ISSUED), cases[i].why);
}

TEST_WITH(one_cookie_of_the_name, set_up, NULL)
{
	assert_int_equal(
	    open_header(&config, SPAN_LIT("t=u; s=" FLASK), ISSUED),
	    SESSION_OK);
	assert_int_equal(
	    open_header(&config, SPAN_LIT(""), ISSUED), SESSION_NO_COOKIE);
	assert_int_equal(open_header(&config, SPAN_LIT("S=" FLASK), ISSUED),
	    SESSION_NO_COOKIE);
	assert_int_equal(
	    open_header(&config, SPAN_LIT("s=" FLASK "; s=" FLASK), ISSUED),
	    SESSION_TWO_COOKIES);
	assert_int_equal(
	    open_header(&config, SPAN_LIT("s=" FLASK ", t=u"), ISSUED),
	    SESSION_BAD_COOKIE);
}

/* As itsdangerous and Django write them: no zero in front. */
TEST(times_of_issue)
{
	static const struct {
		const char *bytes, *base62;
		enum session_why why;
	} cases[] = {
		{ STAMP, "1r31eq", SESSION_OK },
		{ "ZVPxAQ", "1r31er", SESSION_FUTURE },
		{ "AQ", "1", SESSION_AGE },
		{ "f_________8", "zzzzzzzzzz", SESSION_FUTURE },
		{ "gAAAAAAAAAA", "10000000000", SESSION_STAMP },
		{ "AQAAAAAAAAAA", "zzzzzzzzzzz", SESSION_STAMP },
		{ "AGVT8QA", "01r31eq", SESSION_STAMP },
		{ "AA", "0", SESSION_STAMP },
		{ "", "", SESSION_STAMP },
		{ "ZVPxAA==", "1r31e_", SESSION_STAMP },
		{ "ZVPxAB", "1r31e-", SESSION_STAMP },
		{ "ZVPx+A", "+1r31eq", SESSION_STAMP },
		{ "ZVPxA", "-1r31eq", SESSION_STAMP },
		{ "Z", "1r31e%", SESSION_STAMP },
	};
	char text[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		configure("flask", "_user_id");
		(void)snprintf(text, sizeof(text), BODY ".%s", cases[i].bytes);
		assert_int_equal(open_signed(text), cases[i].why);
		configure("django", "_user_id");
		(void)snprintf(text, sizeof(text), BODY ":%s", cases[i].base62);
		assert_int_equal(open_signed(text), cases[i].why);
	}
	configure("flask", "_user_id");
	assert_int_equal(open_signed(BODY), SESSION_STAMP);
	assert_int_equal(open_signed(STAMP), SESSION_STAMP);
	assert_int_equal(open_signed("." STAMP), SESSION_JSON);
}

TEST(without_a_time_of_issue)
{
	configure("itsdangerous", "");
	config.signing.stamp = STAMP_NONE;
	make("ann", ISSUED);
	assert_string_equal(value, "ann.4Te7DubXtobVO_5i7sVkv7-keww");
	assert_int_equal(open_value(value, ISSUED), SESSION_OK);
	assert_true(opened.expires == SESSION_ENDLESS);
	assert_int_equal(
	    open_value("ann.4Te7DubXtobVO_5i7sVkv7-kewx", ISSUED), SESSION_MAC);
	/* What has one is another name then, and the other way round. */
	assert_int_equal(open_signed("ann." STAMP), SESSION_OK);
	assert_true(span_is(opened.user, "ann." STAMP));
	config.signing.stamp = STAMP_BYTES;
	assert_int_equal(open_signed("ann"), SESSION_STAMP);
}

TEST_WITH(age_at_the_edge, set_up, NULL)
{
	const char *text = "{\"_user_id\":\"42\"}";

	config.max_age = 100;
	assert_int_equal(open_made(text, 99), SESSION_OK);
	assert_int_equal(open_made(text, 100), SESSION_OK);
	assert_int_equal(opened.expires, ISSUED + 100);
	assert_int_equal(open_made(text, 101), SESSION_AGE);
	assert_int_equal(open_made(text, 0), SESSION_OK);
	assert_int_equal(open_made(text, -1), SESSION_FUTURE);
	config.leeway = 10;
	assert_int_equal(open_made(text, 110), SESSION_OK);
	assert_int_equal(opened.expires, ISSUED + 100);
	assert_int_equal(open_made(text, 111), SESSION_AGE);
	assert_int_equal(open_made(text, -10), SESSION_OK);
	assert_int_equal(open_made(text, -11), SESSION_FUTURE);
	config.leeway = 0;
	config.max_age = 1;
	assert_int_equal(open_made(text, 1), SESSION_OK);
	assert_int_equal(open_made(text, 2), SESSION_AGE);
	config.leeway = 10;
	config.max_age = 0;
	assert_int_equal(open_made(text, 1000000), SESSION_OK);
	assert_true(opened.expires == SESSION_ENDLESS);
	assert_int_equal(open_made(text, -11), SESSION_FUTURE);
}

/* A Django session with this _session_expiry, so long after its issue. */
static enum session_why
open_expiring(const char *expiry, long long age)
{
	char text[256];

	(void)snprintf(text, sizeof(text),
	    "{\"_session_expiry\":%s,\"_user_id\":\"42\"}", expiry);
	return open_made(text, age);
}

TEST(a_session_with_an_end_of_its_own)
{
	configure("django", "_user_id");
	assert_int_equal(open_expiring("300", 300), SESSION_OK);
	assert_int_equal(opened.expires, ISSUED + 300);
	assert_int_equal(open_expiring("300", 301), SESSION_AGE);
	assert_int_equal(open_expiring("-1", 0), SESSION_AGE);
	assert_int_equal(open_expiring("0", config.max_age), SESSION_OK);
	assert_int_equal(open_expiring("null", config.max_age), SESSION_OK);
	assert_int_equal(open_expiring("0", config.max_age + 1), SESSION_AGE);
	/* 22:18:20, which is 300 seconds later */
	assert_int_equal(
	    open_expiring("\"2023-11-14T22:18:20Z\"", 300), SESSION_OK);
	assert_int_equal(opened.expires, ISSUED + 300);
	assert_int_equal(
	    open_expiring("\"2023-11-14T23:18:20.5+01:00\"", 301), SESSION_AGE);
	/* It never makes the session longer than the configured age. */
	assert_int_equal(open_expiring("34559999", 60), SESSION_OK);
	assert_int_equal(opened.expires, ISSUED + config.max_age);
	assert_int_equal(
	    open_expiring("34559999", config.max_age + 1), SESSION_AGE);
	config.leeway = 10;
	assert_int_equal(open_expiring("300", 310), SESSION_OK);
	assert_int_equal(open_expiring("300", 311), SESSION_AGE);
	/* Flask knows no such member. */
	configure("flask", "_user_id");
	assert_int_equal(open_expiring("\"x\"", 301), SESSION_OK);
}

TEST(an_end_that_is_none)
{
	static const char *const wrong[] = { "true", "false", "[]", "{}",
		"300.5", "3e2", "-0", "\"300\"", "\"\"",
		"\"2023-11-14T22:18:20\"", "\"2023-11-14\"", "34560001",
		"-34560001", "1700000300000", "1000000000000000000" };

	configure("django", "_user_id");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(open_expiring(wrong[i], 60), SESSION_TIME);
	assert_int_equal(SESSION_AHEAD_MAX_SECONDS, 34560000);
	assert_int_equal(open_expiring("34560000", 0), SESSION_OK);
	assert_int_equal(open_expiring("-34560000", 0), SESSION_AGE);
	config.leeway = 1;
	assert_int_equal(open_expiring("34560000", -1), SESSION_EXPIRY_FAR);
	assert_int_equal(
	    open_expiring("\"9999-12-31T23:59:59Z\"", 60), SESSION_EXPIRY_FAR);
	assert_int_equal(
	    open_expiring("300,\"_session_expiry\":300", 60), SESSION_TWICE);
	assert_int_equal(open_expiring("300,\"\\u005fsession_expiry\":0", 60),
	    SESSION_TWICE);
}

TEST_WITH(a_signature_is_no_login, set_up, NULL)
{
	const struct claim_rule rule = { SPAN_LIT("_fresh"), 1,
		&SPAN_LIT("true"), false };

	assert_int_equal(open_made("{\"_user_id\":42}", 60), SESSION_OK);
	assert_int_equal(open_made("{}", 60), SESSION_USER);
	assert_int_equal(open_made("{\"_User_id\":\"42\"}", 60), SESSION_USER);
	assert_int_equal(open_made("{\"_user_id\":null}", 60), SESSION_USER);
	assert_int_equal(open_made("{\"_user_id\":true}", 60), SESSION_USER);
	assert_int_equal(open_made("{\"_user_id\":\"\"}", 60), SESSION_USER);
	assert_int_equal(
	    open_made("{\"x\":{\"_user_id\":\"42\"}}", 60), SESSION_USER);
	assert_int_equal(
	    open_made("{\"_user_id\":\"1\",\"_user_id\":\"1\"}", 60),
	    SESSION_TWICE);
	assert_int_equal(open_made("[]", 60), SESSION_JSON);
	assert_int_equal(open_signed("!." STAMP), SESSION_SHAPE);
	config.n_require = 1;
	config.require = &rule;
	assert_int_equal(
	    open_made("{\"_user_id\":42,\"_fresh\":true}", 60), SESSION_OK);
	assert_int_equal(
	    open_made("{\"_user_id\":42,\"_fresh\":false}", 60), SESSION_CLAIM);
	assert_int_equal(open_made("{\"_user_id\":42}", 60), SESSION_CLAIM);
}

TEST(a_name_itself)
{
	char name[USER_MAX + 2];

	configure("django-cookie", "");
	for (size_t n = USER_MAX - 1; n <= USER_MAX + 1; n++) {
		memset(name, 'a', n);
		name[n] = '\0';
		assert_int_equal(open_made(name, 60),
		    n <= USER_MAX ? SESSION_OK : SESSION_USER);
	}
	assert_int_equal(open_made("a:b:c", 60), SESSION_OK);
	assert_true(span_is(opened.user, "a:b:c"));
	assert_int_equal(opened.claims.kind, JSON_ABSENT);
	assert_int_equal(open_made("", 60), SESSION_USER);
	assert_int_equal(open_made("a b", 60), SESSION_BAD_COOKIE);
}

TEST_WITH(keys_rotate, set_up, NULL)
{
	struct session_key keys[2] = { derived_key("new", &config,
					   SPAN_LIT("another plain test key")),
		key };

	config.keys = keys;
	config.n_keys = 2;
	assert_int_equal(open_value(FLASK, ISSUED), SESSION_OK);
	assert_true(span_is(opened.key_id, "k"));
	config.n_keys = 1;
	assert_int_equal(open_value(FLASK, ISSUED), SESSION_MAC);
	keys[0] = derived_key("new", &config, SPAN_LIT(SECRET "s"));
	assert_int_equal(open_value(FLASK, ISSUED), SESSION_MAC);
}

TEST_WITH(making_needs_room, set_up, NULL)
{
	struct span text = SPAN_LIT("{\"_user_id\":\"42\"}");
	struct sink out;

	for (size_t cap = 0; cap < strlen(FLASK); cap++) {
		sink_init(&out, value, cap);
		assert_false(
		    itsdangerous_make(&config, &key, text, ISSUED, &out));
	}
	sink_init(&out, value, strlen(FLASK));
	assert_true(itsdangerous_make(&config, &key, text, ISSUED, &out));
	assert_true(span_is(sink_view(&out), FLASK));
}
