#include "test.h"

#include "reading_session.h"

TEST(test_token_algorithm)
{
	assert_int_equal(right("algorithm = \"HS256\";")->hash, HASH_SHA256);
	assert_int_equal(right("algorithm = \"HS384\";")->hash, HASH_SHA384);
	wrong("algorithm = \"HS265\";", "did you mean \"HS256\"?");
	wrong("algorithm = \"hs256\";", "algorithm = \"hs256\" is not known");
	wrong("algorithm = \"none\";", "algorithm = \"none\" is not known");
	wrong("algorithm = \"RS256\";", "algorithm = \"RS256\" signs with a "
					"pair of keys, and public keys are "
					"not read yet");
	wrong("algorithm = \"ES256\";", "public keys are not read yet");
	assert_null(strstr(b.box.said, "did you mean"));
	wrong("algorithm = \"ps384\";", "public keys are not read yet");
	wrong("algorithm = \"EdDSA\";", "public keys are not read yet");
	wrong("algorithm = \"ES\";", "algorithm = \"ES\" is not known");
	wrong("algorithm = \"\";", "algorithm = \"\" is not known");
	wrong("algorithm = [ \"HS256\" ];", "algorithm must be a string");
}

#define ITS "format = \"itsdangerous\"; cookie = \"s\"; user = \"u\"; " KEYS

TEST(test_digest)
{
	static const struct {
		const char *name;
		enum hash hash;
	} digests[] = { { "sha1", HASH_SHA1 }, { "sha256", HASH_SHA256 },
		{ "sha384", HASH_SHA384 }, { "sha512", HASH_SHA512 } };
	char text[256];

	assert_int_equal(right_group(ITS)->hash, HASH_SHA1);
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		snprintf(text, sizeof(text), ITS "algorithm = \"%s\";",
		    digests[i].name);
		assert_int_equal(right_group(text)->hash, digests[i].hash);
	}
	wrong_group(ITS "\nalgorithm = \"HS256\";",
	    "error 3: algorithm = \"HS256\" is not known");
	wrong_group(ITS "\nalgorithm = \"md5\";", "is not known");
	wrong_group(ITS "\nalgorithm = \"none\";", "is not known");
	wrong_group(ITS "\nalgorithm = \"ES256\";", "is not known");
	wrong_group("format = \"supabase\"; cookie = \"s\"; " KEYS
		    "\nalgorithm = \"sha256\";",
	    "is not known");
}

/* The key is of the digest, too: what was read first is not what counts. */
TEST(test_key_of_the_digest)
{
	const struct session_config *s = warned_group(
	    "format = \"express\"; " KEYS " algorithm = \"sha512\";",
	    "never expires");

	assert_true(
	    is_key_of(s->keys[0].hmac, HASH_SHA512, SPAN_LIT(SANDBOX_KEY)));
}

TEST(test_salt)
{
	assert_true(
	    span_is(right_group(ITS "salt = \"mine\";")->signing.salt, "mine"));
	assert_true(span_is(right_group(ITS "salt = \"\";")->signing.salt, ""));
	wrong_group(ITS "salt = 1;", "salt must be a string");
}

TEST(test_derivation)
{
	static const struct {
		const char *name;
		enum derivation derivation;
	} all[] = { { "django-concat", DERIVE_DJANGO_CONCAT },
		{ "concat", DERIVE_CONCAT }, { "hmac", DERIVE_HMAC },
		{ "none", DERIVE_NOTHING } };
	char text[256];

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		snprintf(text, sizeof(text), ITS "key_derivation = \"%s\";",
		    all[i].name);
		assert_int_equal(
		    right_group(text)->signing.derivation, all[i].derivation);
	}
	wrong_group(ITS "key_derivation = \"django\";",
	    "key_derivation = \"django\" is not known");
	wrong_group(ITS "key_derivation = \"\";", "is not known");
}

TEST(test_timed)
{
	const struct session_config *s = right_group(ITS "timed = true;");

	assert_int_equal(s->signing.stamp, STAMP_BYTES);
	assert_int_equal(s->max_age, 86400);
	s = warned_group(ITS "timed = false;", "never expires");
	assert_int_equal(s->signing.stamp, STAMP_NONE);
	assert_int_equal(s->max_age, 0);
	read_group(ITS "\ntimed = false; max_age = 60;");
	assert_int_equal(b.box.report.errors, 1);
	assert_true(sandbox_said(&b.box, "error 3: max_age counts from"));
	wrong_group(ITS "timed = 0;", "timed must be true or false");
}

AROUND(bench_open(&b), bench_close(&b));
