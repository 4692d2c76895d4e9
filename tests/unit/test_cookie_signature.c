#include "test.h"

#include <stdio.h>

#include "opening.h"
#include "session/cookie_signature.h"

/* By Python's hmac and base64; the key is of plain_key(). */
#define MAC_ANN "QyyEhV9MIsMyILjxuXtZDGyuBqC+YuuE+Fh8un8f2Tg"
#define MAC_PREFIXED "kLWads2cO7zkrxE0PjVATvtUheXFKXH7XynZK5C/L0E"
#define MAC_BASE64 "5Jpv8n4/r1sOKyiL9OR8pE419TGcL6UknqzL3LZ5XaA"

static struct session_config config;
static struct session_key key;
static char value[2 * COOKIE_MAX];

static struct span
plain_key(void)
{
	return SPAN_LIT("plain test key of thirty-two bytes");
}

static int
names(void **state)
{
	(void)state;
	config = (struct session_config){
		.format = FORMAT_COOKIE_SIGNATURE,
		.hash = HASH_SHA256,
		.cookie = SPAN_LIT("s"),
		.n_keys = 1,
		.keys = &key,
	};
	key = derived_key("k", &config, plain_key());
	return 0;
}

static int
objects(void **state)
{
	names(state);
	config.signing.body = BODY_PREFIXED;
	config.user = SPAN_LIT("id");
	return 0;
}

static enum session_why
open_value(const char *text)
{
	char header[2 * COOKIE_MAX + 16];

	(void)snprintf(header, sizeof(header), "s=%s", text);
	return open_header(&config, span_of(header), TOKEN_NOW);
}

static enum session_why
open_made(struct span text)
{
	struct sink out;

	sink_init(&out, value, sizeof(value));
	assert_true(cookie_signature_make(&config, &key, text, &out));
	sink_byte(&out, '\0');
	assert_false(out.full);
	return open_value(value);
}

/* As Fastify and React Router write it: no "s:", and percent signs. */
static enum session_why
open_signed(struct span text)
{
	unsigned char mac[DIGEST_MAX], mem[2 * DIGEST_MAX];
	size_t n = hmac_of(key.hmac, &text, 1, mac);
	struct sink out, signature;

	sink_init(&signature, mem, sizeof(mem));
	base64_encode((struct span){ mac, n }, false, &signature);
	sink_init(&out, value, sizeof(value));
	percent_encode(text, &out);
	sink_byte(&out, '.');
	percent_encode(sink_view(&signature), &out);
	sink_byte(&out, '\0');
	return open_value(value);
}

TEST_WITH(a_known_name, names, NULL)
{
	static const char *const written[] = {
		"s%3Aann.QyyEhV9MIsMyILjxuXtZDGyuBqC%2BYuuE%2BFh8un8f2Tg",
		"s:ann." MAC_ANN, "ann." MAC_ANN, "ann." MAC_ANN "=",
		"ann." MAC_ANN "%3D", "%61nn%2E" MAC_ANN, "\"ann." MAC_ANN "\""
	};

	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		assert_int_equal(open_value(written[i]), SESSION_OK);
		assert_true(span_is(opened.user, "ann"));
		assert_true(span_is(opened.key_id, "k"));
		assert_true(opened.expires == SESSION_ENDLESS);
		assert_int_equal(opened.claims.kind, JSON_ABSENT);
	}
	assert_int_equal(open_made(SPAN_LIT("ann")), SESSION_OK);
	assert_string_equal(value, written[0]);
}

TEST_WITH(a_value_and_its_signature, names, NULL)
{
	static const struct {
		const char *value;
		enum session_why why;
	} cases[] = {
		{ "ann." MAC_ANN, SESSION_OK },
		{ "anm." MAC_ANN, SESSION_MAC },
		{ "Ann." MAC_ANN, SESSION_MAC },
		{ "ann%20." MAC_ANN, SESSION_MAC },
		{ "ann%00." MAC_ANN, SESSION_MAC },
		{ "s:s:ann." MAC_ANN, SESSION_MAC },
		{ "S:ann." MAC_ANN, SESSION_MAC },
		{ "", SESSION_SHAPE },
		{ "ann", SESSION_SHAPE },
		{ "ann.", SESSION_SHAPE },
		{ "." MAC_ANN, SESSION_SHAPE },
		{ "s:." MAC_ANN, SESSION_SHAPE },
		{ "s:", SESSION_SHAPE },
		{ "s:.", SESSION_SHAPE },
		{ "ann:" MAC_ANN, SESSION_SHAPE },
		{ "ann." MAC_ANN "==", SESSION_MAC_SIZE },
		{ "ann." MAC_ANN "A", SESSION_MAC },
		{ "ann." MAC_ANN "%", SESSION_BAD_COOKIE },
		{ "ann." MAC_ANN "%3", SESSION_BAD_COOKIE },
		{ "ann." MAC_ANN "%3g", SESSION_BAD_COOKIE },
		{ "ann." MAC_ANN "%20", SESSION_MAC },
		{ "ann." MAC_ANN "%0A", SESSION_MAC },
		{ "ann." MAC_ANN "%00", SESSION_MAC },
		{ "ann." MAC_ANN ".", SESSION_SHAPE },
		{ "ann." MAC_ANN "." MAC_ANN, SESSION_MAC },
		/* the other alphabet, spare bits, percent signs undone twice */
		{ "ann.QyyEhV9MIsMyILjxuXtZDGyuBqC-YuuE-Fh8un8f2Tg",
		    SESSION_SHAPE },
		{ "ann.QyyEhV9MIsMyILjxuXtZDGyuBqC+YuuE-Fh8un8f2Tg",
		    SESSION_SHAPE },
		{ "ann.QyyEhV9MIsMyILjxuXtZDGyuBqC+YuuE+Fh8un8f2Th",
		    SESSION_MAC },
		{ "ann.QyyEhV9MIsMyILjxuXtZDGyuBqC%252BYuuE%252BFh8un8f2Tg",
		    SESSION_MAC_SIZE },
		{ "ann.QyyEhV9MIsMyILjxuXtZDGyuBqC YuuE Fh8un8f2Tg",
		    SESSION_BAD_COOKIE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(open_value(cases[i].value), cases[i].why);
}

TEST_WITH(one_cookie_of_the_name, names, NULL)
{
	assert_int_equal(
	    open_header(&config, SPAN_LIT(""), TOKEN_NOW), SESSION_NO_COOKIE);
	assert_int_equal(
	    open_header(&config, SPAN_LIT("t=ann." MAC_ANN), TOKEN_NOW),
	    SESSION_NO_COOKIE);
	assert_int_equal(
	    open_value("ann." MAC_ANN "; s=ann." MAC_ANN), SESSION_TWO_COOKIES);
	assert_int_equal(open_value("; s=ann." MAC_ANN), SESSION_TWO_COOKIES);
	assert_int_equal(open_value("ann." MAC_ANN ","), SESSION_BAD_COOKIE);
}

/* Each byte behind "s:", and each cut. */
TEST_WITH(every_other_byte_is_refused, names, NULL)
{
	char text[sizeof("s:ann." MAC_ANN)];

	for (size_t i = 2; i < sizeof(text) - 1; i++) {
		for (int c = ' '; c < 0x7f; c++) {
			strcpy(text, "s:ann." MAC_ANN);
			if (text[i] == c)
				continue;
			text[i] = (char)c;
			assert_int_not_equal(open_value(text), SESSION_OK);
		}
		strcpy(text, "s:ann." MAC_ANN);
		text[i] = '\0';
		assert_int_not_equal(open_value(text), SESSION_OK);
	}
}

TEST_WITH(names_that_are_none, names, NULL)
{
	static unsigned char name[USER_MAX + 1];

	memset(name, 'a', sizeof(name));
	for (size_t n = USER_MAX - 1; n <= USER_MAX + 1; n++)
		assert_int_equal(open_made((struct span){ name, n }),
		    n <= USER_MAX ? SESSION_OK : SESSION_USER);
	assert_int_equal(
	    open_made(SPAN_LIT("a.b; c=\"\xc3\xbc\"")), SESSION_OK);
	assert_true(span_is(opened.user, "a.b; c=\"\xc3\xbc\""));
	assert_int_equal(open_made(SPAN_LIT("ann\n")), SESSION_USER);
	assert_int_equal(open_made(SPAN_LIT("ann\0")), SESSION_USER);
	assert_int_equal(open_made(SPAN_LIT("ann\xff")), SESSION_USER);
	assert_int_equal(open_made(SPAN_LIT("ann\xc2\x85")), SESSION_USER);
	/* An object is nobody's name, but what only looks like one may be. */
	assert_int_equal(open_made(SPAN_LIT("j:{\"id\":42}")), SESSION_USER);
	assert_int_equal(open_made(SPAN_LIT("j:")), SESSION_USER);
	assert_int_equal(open_made(SPAN_LIT("J:x")), SESSION_OK);
	assert_int_equal(open_signed(SPAN_LIT("s:ann")), SESSION_MAC);
	assert_int_equal(open_made(SPAN_LIT("s:ann")), SESSION_OK);
	assert_true(span_is(opened.user, "s:ann"));
}

TEST_WITH(a_known_object, objects, NULL)
{
	static const char *const written[] = {
		"s%3Aj%3A%7B%22id%22%3A42%7D."
		"kLWads2cO7zkrxE0PjVATvtUheXFKXH7XynZK5C%2FL0E",
		"j%3A{%22id%22:42}." MAC_PREFIXED, "eyJpZCI6NDJ9." MAC_BASE64,
		"s:eyJpZCI6NDJ9." MAC_BASE64 "%3D"
	};

	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		assert_int_equal(open_value(written[i]), SESSION_OK);
		assert_true(span_is(opened.user, "42"));
		assert_int_equal(opened.claims.kind, JSON_KIND_OBJECT);
		assert_true(opened.expires == SESSION_ENDLESS);
	}
	assert_int_equal(open_made(SPAN_LIT("{\"id\":42}")), SESSION_OK);
	assert_string_equal(value, written[0]);
	assert_int_equal(
	    open_value("j%3A{%22id%22:43}." MAC_PREFIXED), SESSION_MAC);
	/* The key's owner signed an object, which a name is not. */
	assert_int_equal(open_value("ann." MAC_ANN), SESSION_SHAPE);
	config.signing.body = BODY_TEXT;
	assert_int_equal(open_value(written[0]), SESSION_USER);
	assert_int_equal(open_value(written[2]), SESSION_USER);
	assert_int_equal(open_value("ann." MAC_ANN), SESSION_OK);
}

TEST_WITH(objects_that_are_none, objects, NULL)
{
	assert_int_equal(open_signed(SPAN_LIT("eyJpZCI6NDJ9")), SESSION_OK);
	assert_int_equal(open_signed(SPAN_LIT("eyJpZCI6NDJ9=")), SESSION_SHAPE);
	assert_int_equal(open_signed(SPAN_LIT("e30=")), SESSION_USER);
	assert_int_equal(open_signed(SPAN_LIT("e30")), SESSION_SHAPE);
	assert_int_equal(open_signed(SPAN_LIT("W10=")), SESSION_JSON);
	assert_int_equal(open_signed(SPAN_LIT("{\"id\":42}")), SESSION_SHAPE);
	assert_int_equal(open_made(SPAN_LIT("")), SESSION_JSON);
	assert_int_equal(open_made(SPAN_LIT("42")), SESSION_JSON);
	assert_int_equal(open_made(SPAN_LIT("{\"id\":42}\0")), SESSION_JSON);
	assert_int_equal(
	    open_made(SPAN_LIT("{\"id\":\"\xff\"}")), SESSION_JSON);
	assert_int_equal(
	    open_made(SPAN_LIT("{\"id\":1,\"id\":1}")), SESSION_TWICE);
	assert_int_equal(open_made(SPAN_LIT("{\"id\":null}")), SESSION_USER);
	assert_int_equal(open_made(SPAN_LIT("{\"id\":\"\"}")), SESSION_USER);
	assert_int_equal(open_made(SPAN_LIT("{\"Id\":42}")), SESSION_USER);
}

TEST_WITH(a_required_claim, objects, NULL)
{
	const struct span is = SPAN_LIT("admin");
	const struct claim_rule rule = { SPAN_LIT("role"), 1, &is, false };

	config.n_require = 1;
	config.require = &rule;
	assert_int_equal(open_made(SPAN_LIT("{\"id\":42}")), SESSION_CLAIM);
	assert_int_equal(open_made(SPAN_LIT("{\"id\":42,\"role\":\"admim\"}")),
	    SESSION_CLAIM);
	assert_int_equal(
	    open_made(SPAN_LIT("{\"id\":42,\"role\":\"admin\"}")), SESSION_OK);
}

TEST_WITH(keys_rotate, names, NULL)
{
	struct session_key keys[2] = { derived_key("new", &config,
					   SPAN_LIT("another plain test key")),
		key };

	config.keys = keys;
	config.n_keys = 2;
	assert_int_equal(open_value("ann." MAC_ANN), SESSION_OK);
	assert_true(span_is(opened.key_id, "k"));
	config.n_keys = 1;
	assert_int_equal(open_value("ann." MAC_ANN), SESSION_MAC);
}

TEST_WITH(room_is_needed, names, NULL)
{
	struct request request = { .cookie = SPAN_LIT("s=ann." MAC_ANN) };
	struct session session = { 0 };
	struct arena arena;
	struct session_asked asked = { &request, TOKEN_NOW, NULL, &arena };
	size_t needed = request.cookie.n - 2;
	struct sink out;

	for (size_t cap = 0; cap <= needed; cap++) {
		arena_init(&arena, opening_room, cap);
		assert_int_equal(
		    cookie_signature_open(&config, &asked, &session),
		    cap < needed ? SESSION_REFUSED : SESSION_OK);
	}
	needed = strlen("s%3Aann.%2B%2B") + strlen(MAC_ANN) - 2;
	for (size_t cap = 0; cap <= needed; cap++) {
		sink_init(&out, value, cap);
		assert_int_equal(
		    cookie_signature_make(&config, &key, SPAN_LIT("ann"), &out),
		    cap == needed);
	}
}
