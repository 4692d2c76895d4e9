#include "test.h"

#include "reading_session.h"

/* keys in place of the sample's. */
static void
read_keys(const char *keys)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    "session = { cookie = \"s\";\nkeys = %s; };", keys);
	read_text(text);
}

static void
wrong_keys(const char *keys, const char *said)
{
	read_keys(keys);
	said_once(said);
}

TEST(test_keys)
{
	wrong_keys("( )", "error 2: keys must be a list of 1 to 8 keys");
	wrong_keys("{ id = \"1\"; file = \"session.key\"; }",
	    "keys must be a list of 1 to 8 keys");
	wrong_keys("\"session.key\"", "keys must be a list of 1 to 8 keys");
	wrong_keys("( \"session.key\" )", "keys holds groups only");
	wrong_keys("( { file = \"session.key\"; } )", "id is missing");
	wrong_keys("( { id = \"1\"; } )", "file is missing");
	wrong_keys("( { id = \"1\"; file = \"gone\"; } )", "file: ");
	wrong_keys(
	    "( { id = \"1\"; file = \"session.key\"; secret = \"x\"; } )",
	    "unknown name \"secret\"");
	wrong_keys("( { id = \"1\"; file = \"session.key\"; encoding = "
		   "\"base46\"; } )",
	    "did you mean \"base64\"?");
}

TEST(test_key_ids)
{
	char keys[256], id[80];

	for (int n = 63; n <= 65; n++) {
		memset(id, 'a', sizeof(id));
		id[n] = '\0';
		snprintf(keys, sizeof(keys),
		    "( { id = \"%s\"; file = \"session.key\"; } )", id);
		read_keys(keys);
		assert_int_equal(b.box.report.errors, n > 64);
	}
	read_keys("( { id = \"2026.11_a-B\"; file = \"session.key\"; } )");
	assert_string_equal(b.box.said, "");
	wrong_keys(
	    "( { id = \"\"; file = \"session.key\"; } )", "id = \"\" must");
	wrong_keys(
	    "( { id = \"a b\"; file = \"session.key\"; } )", "must be 1");
	wrong_keys(
	    "( { id = \"a/b\"; file = \"session.key\"; } )", "must be 1");
	sandbox_file(&b.box, "k2", SANDBOX_KEY "2", 0600);
	wrong_keys("( { id = \"a\"; file = \"session.key\"; },\n"
		   "{ id = \"a\"; file = \"k2\"; } )",
	    "error 3: two keys have the id \"a\"");
	wrong_keys("( { id = \"a\"; file = \"session.key\"; },\n"
		   "{ id = \"b\"; file = \"session.key\"; } )",
	    "/session.key is named before already");
}

TEST(test_encodings)
{
	const struct session_config *s = &b.config.session;
	struct span secret = SPAN_LIT("0123456789abcdef0123456789abcdef");

	sandbox_file(&b.box, "t", "0123456789abcdef0123456789abcdef\n", 0600);
	sandbox_file(&b.box, "h",
	    "3031323334353637383961626364656630313233343536373839616263646566",
	    0600);
	sandbox_file(
	    &b.box, "b", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", 0600);
	read_keys("( { id = \"1\"; file = \"t\"; encoding = \"text\"; } )");
	assert_string_equal(b.box.said, "");
	assert_true(is_key_of(s->keys[0].hmac, HASH_SHA256, secret));
	read_keys("( { id = \"1\"; file = \"h\"; encoding = \"hex\"; } )");
	assert_string_equal(b.box.said, "");
	assert_true(is_key_of(s->keys[0].hmac, HASH_SHA256, secret));
	read_keys("( { id = \"1\"; file = \"b\"; encoding = \"base64\"; } )");
	assert_string_equal(b.box.said, "");
	assert_true(is_key_of(s->keys[0].hmac, HASH_SHA256, secret));
	wrong_keys(
	    "( { id = \"1\"; file = \"b\"; encoding = \"hex\"; } )", "file: ");
	/* One key in two spellings. */
	wrong_keys(
	    "( { id = \"1\"; file = \"t\"; }, { id = \"2\"; file = \"h\"; "
	    "encoding = \"hex\"; } )",
	    "this is the same secret");
}

/* A public key is no secret: whoever has it could sign (RFC 8725 3.1). */
TEST(test_public_key)
{
	sandbox_file(&b.box, "pem",
	    "-----BEGIN PUBLIC KEY-----\n"
	    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
	    "-----END PUBLIC KEY-----\n",
	    0600);
	wrong_keys("( { id = \"1\"; file = \"pem\"; } )", "file: ");
	wrong_keys("( { id = \"1\"; file = \"pem\"; encoding = \"base64\"; } )",
	    "file: ");
}

TEST(test_length)
{
	sandbox_file(&b.box, "k", "0123456789abcde", 0600);
	wrong_keys("( { id = \"1\"; file = \"k\"; } )",
	    "error 2: file: this secret has 15 bytes, and 16 are the least");
	sandbox_file(&b.box, "k", "0123456789abcdef", 0600);
	read_keys("( { id = \"1\"; file = \"k\"; } )");
	assert_int_equal(b.box.report.errors, 0);
	assert_true(sandbox_said(&b.box, "warning 2: this key has 16 bytes"));
	sandbox_file(&b.box, "k", "0123456789abcdef0123456789abcde", 0600);
	read_keys("( { id = \"1\"; file = \"k\"; } )");
	assert_true(sandbox_said(&b.box, "warning 2: this key has 31 bytes"));
	sandbox_file(&b.box, "k", "0123456789abcdef0123456789abcdef", 0600);
	read_keys("( { id = \"1\"; file = \"k\"; } )");
	assert_string_equal(b.box.said, "");
}

static void
read_many(int n)
{
	static char keys[(SESSION_KEYS_MAX + 1) * 64];
	int at = snprintf(keys, sizeof(keys), "(");

	for (int i = 0; i < n; i++) {
		char name[32], key[64];

		snprintf(name, sizeof(name), "key%d", i);
		snprintf(key, sizeof(key), SANDBOX_KEY "%d", i);
		sandbox_file(&b.box, name, key, 0600);
		at += snprintf(keys + at, sizeof(keys) - (size_t)at,
		    "%s { id = \"%d\"; file = \"key%d\"; }", i > 0 ? "," : "",
		    i, i);
	}
	snprintf(keys + at, sizeof(keys) - (size_t)at, ")");
	read_keys(keys);
}

TEST(test_many)
{
	read_many(SESSION_KEYS_MAX);
	assert_string_equal(b.box.said, "");
	assert_int_equal(b.config.session.n_keys, SESSION_KEYS_MAX);
	assert_true(span_is(b.config.session.keys[7].id, "7"));
	read_many(SESSION_KEYS_MAX + 1);
	said_once("keys must be a list of 1 to 8 keys");
	assert_int_equal(b.config.session.n_keys, 0);
}

AROUND(bench_open(&b), bench_close(&b));
