#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sandbox.h"

static struct bench b;

#define KEYS "keys = ( { id = \"1\"; file = \"session.key\"; } );"

/* A session group that is right but for what is added. */
static void
read_session(const char *more)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    "session = { cookie = \"s\"; " KEYS "\n%s };", more);
	bench_read(&b, text);
	conf_session(&b.l, b.root);
}

static void
read_text(const char *text)
{
	bench_read(&b, text);
	conf_session(&b.l, b.root);
}

static void
said_once(const char *said)
{
	assert_true(sandbox_said(&b.box, said));
	assert_int_equal(b.box.report.errors, 1);
}

static void
wrong(const char *more, const char *said)
{
	read_session(more);
	said_once(said);
}

static const struct session_config *
right(const char *more)
{
	read_session(more);
	assert_string_equal(b.box.said, "");
	return &b.config.session;
}

/* Does this key make the MAC of "x" that the secret makes? */
static bool
is_key_of(const struct hmac_key *key, enum hash hash, struct span secret)
{
	unsigned char own[DIGEST_MAX], want[DIGEST_MAX];
	struct hmac_key *made = malloc(hmac_key_size());
	struct span x = SPAN_LIT("x");
	bool same;

	assert_true(hmac_key_init(made, hash, secret));
	assert_int_equal(hmac_of(made, &x, 1, want), digest_size(hash));
	assert_int_equal(hmac_of(key, &x, 1, own), digest_size(hash));
	same = memcmp(own, want, digest_size(hash)) == 0;
	free(made);
	return same;
}

static void
test_defaults(void **state)
{
	const struct session_config *s = right("");

	(void)state;
	assert_int_equal(s->format, FORMAT_JWT);
	assert_int_equal(s->hash, HASH_SHA256);
	assert_true(span_is(s->cookie, "s"));
	assert_true(span_is(s->user, "sub"));
	assert_false(s->bearer);
	assert_true(s->audience.n == 0 && s->issuer.n == 0);
	assert_true(s->leeway == 0 && s->max_age == 0 && s->n_require == 0);
	assert_int_equal(s->n_keys, 1);
	assert_true(span_is(s->keys[0].id, "1"));
	assert_true(
	    is_key_of(s->keys[0].hmac, HASH_SHA256, SPAN_LIT(SANDBOX_KEY)));
}

static void
test_all(void **state)
{
	const struct session_config *s = right(
	    "format = \"jwt\"; algorithm = \"HS512\"; user = \"app.user[0]\"; "
	    "bearer = true; audience = \"a\"; issuer = \"i\"; leeway = 300; "
	    "max_age = 34560000; require = ( { claim = \"c\"; is = \"d\"; } "
	    ");");

	(void)state;
	assert_int_equal(s->hash, HASH_SHA512);
	assert_true(span_is(s->user, "app.user[0]"));
	assert_true(s->bearer);
	assert_true(span_is(s->audience, "a") && span_is(s->issuer, "i"));
	assert_true(s->leeway == 300 && s->max_age == 34560000);
	assert_int_equal(s->n_require, 1);
	assert_true(span_is(s->require[0].claim, "c"));
	assert_true(
	    is_key_of(s->keys[0].hmac, HASH_SHA512, SPAN_LIT(SANDBOX_KEY)));
}

static void
test_presence(void **state)
{
	(void)state;
	read_text("");
	said_once("error 0: session is missing");
	read_text("session = \"jwt\";");
	said_once("session must be a group");
	read_text("session = { };");
	assert_true(sandbox_said(&b.box, "cookie is missing in session"));
	assert_true(sandbox_said(&b.box, "keys must be a list of 1 to 8 keys"));
	assert_int_equal(b.box.report.errors, 2);
	wrong("coookie = \"x\";", "error 2: unknown name \"coookie\" here: did "
				  "you mean \"cookie\"?");
}

static void
test_format(void **state)
{
	static const char *const later[] = { "flask", "starlette", "django",
		"itsdangerous", "express", "koa", "cookie-signature",
		"remote_user", "php" };
	char text[64], said[96];

	(void)state;
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		snprintf(text, sizeof(text), "format = \"%s\";", later[i]);
		snprintf(said, sizeof(said),
		    "error 2: format = \"%s\" is not built yet; what there is: "
		    "\"jwt\"",
		    later[i]);
		wrong(text, said);
	}
	wrong("format = \"jwe\";", "did you mean \"jwt\"?");
	wrong("format = \"\";", "format = \"\" is not known");
	wrong("format = 1;", "format must be a string");
}

static void
test_algorithm(void **state)
{
	(void)state;
	assert_int_equal(right("algorithm = \"HS256\";")->hash, HASH_SHA256);
	assert_int_equal(right("algorithm = \"HS384\";")->hash, HASH_SHA384);
	wrong("algorithm = \"HS265\";", "did you mean \"HS256\"?");
	wrong("algorithm = \"hs256\";", "algorithm = \"hs256\" is not known");
	wrong("algorithm = \"none\";", "algorithm = \"none\" is not known");
	wrong("algorithm = \"RS256\";", "algorithm = \"RS256\" is not known");
	wrong("algorithm = \"\";", "algorithm = \"\" is not known");
	wrong("algorithm = [ \"HS256\" ];", "algorithm must be a string");
}

static void
test_cookie(void **state)
{
	char text[] = "session = { cookie = \"a?\"; " KEYS " };";
	char *at = strchr(text, '?');

	(void)state;
	for (int c = 1; c < 256; c++) {
		bool is_token = (c >= '0' && c <= '9') ||
				(c >= 'A' && c <= 'Z') ||
				(c >= 'a' && c <= 'z') ||
				strchr("!#$%&'*+-.^_`|~", c) != NULL;

		if (c == '"' || c == '\\')
			continue; /* would not be one string */
		*at = (char)c;
		read_text(text);
		assert_int_equal(b.box.report.errors, !is_token);
	}
	read_text("session = { cookie = \"\"; " KEYS " };");
	said_once("cookie = \"\" is no cookie's name");
}

static void
test_members(void **state)
{
	(void)state;
	wrong("user = \"\";", "user = \"\" is no path");
	wrong("user = \"a..b\";", "is no path");
	wrong("user = \"a[x]\";", "is no path");
	wrong("bearer = 1;", "bearer must be true or false");
	wrong("audience = \"\";", "audience is empty");
	wrong("issuer = \"\";", "issuer is empty");
	wrong("leeway = 301;", "leeway must be a whole number from 0 to 300");
	wrong("leeway = -1;", "leeway must be a whole number from 0 to 300");
	assert_int_equal(right("leeway = 0;")->leeway, 0);
	wrong(
	    "max_age = 0;", "max_age must be a whole number from 1 to 345600");
	wrong("max_age = 34560001;", "max_age must be a whole number");
	assert_int_equal(right("max_age = 1;")->max_age, 1);
	wrong("require = ( );", "require must be a list");
}

static void
test_denied(void **state)
{
	(void)state;
	wrong("deny_users_file = \"nowhere\";", "error 2: deny_users_file: ");
	wrong("deny_users_file = 1;", "deny_users_file must be a string");
	wrong(
	    "denied_users_file = \"x\";", "did you mean \"deny_users_file\"?");
	sandbox_file(&b.box, "denied.users", "mallory\n", 0644);
	right("deny_users_file = \"denied.users\";");
	assert_true(b.config.deny_users_file.n > 0);
}

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

static void
test_keys(void **state)
{
	(void)state;
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

static void
test_key_ids(void **state)
{
	char keys[256], id[80];

	(void)state;
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

static void
test_encodings(void **state)
{
	const struct session_config *s = &b.config.session;
	struct span secret = SPAN_LIT("0123456789abcdef0123456789abcdef");

	(void)state;
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

static void
test_length(void **state)
{
	(void)state;
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

static void
test_many(void **state)
{
	(void)state;
	read_many(SESSION_KEYS_MAX);
	assert_string_equal(b.box.said, "");
	assert_int_equal(b.config.session.n_keys, SESSION_KEYS_MAX);
	assert_true(span_is(b.config.session.keys[7].id, "7"));
	read_many(SESSION_KEYS_MAX + 1);
	said_once("keys must be a list of 1 to 8 keys");
	assert_int_equal(b.config.session.n_keys, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_presence),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_algorithm),
		cmocka_unit_test(test_cookie),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_key_ids),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_many),
	};
	int failed;

	bench_open(&b);
	failed = cmocka_run_group_tests_name("conf_session", tests, NULL, NULL);
	bench_close(&b);
	return failed;
}
