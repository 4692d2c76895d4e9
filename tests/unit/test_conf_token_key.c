#include "test.h"

#include "sandbox.h"

static struct bench b;

#define HEX "00112233445566778899aabbccddeeff"
#define THREE(secret)                                                          \
	"cloud_name = \"demo\"; api_key = \"123\"; api_secret_file = "         \
	"\"" secret "\";\n"
#define KEY(file) "token_key_file = " file "; "
#define ACCOUNT(secret, more) "cloudinary = { " THREE(secret) more "};"
#define CLOUD ACCOUNT("cloudinary.secret", KEY("\"token.key\""))

static void
read_clouds(const char *key, const char *text)
{
	sandbox_file(&b.box, "token.key", key, 0600);
	bench_read(&b, text);
	conf_clouds(&b.l, b.root);
}

/* One mistake, this one, and nothing of the key in it. */
static void
wrong(const char *key, const char *text, const char *said)
{
	read_clouds(key, text);
	assert_true(sandbox_said(&b.box, said));
	assert_int_equal(b.box.report.errors, 1);
	if (strlen(key) > 8)
		assert_null(strstr(b.box.said, key));
}

static void
right(const char *key, const char *text)
{
	read_clouds(key, text);
	assert_string_equal(b.box.said, "");
	assert_int_equal(b.box.report.errors, 0);
}

/* HMAC-SHA-256 of "x" under the configured key, in hex. */
static const char *
mac_of(const struct hmac_key *key)
{
	static char hex[65];
	unsigned char digest[DIGEST_MAX];
	const struct span x = SPAN_LIT("x");
	struct sink out;

	assert_non_null(key);
	assert_int_equal(hmac_of(key, &x, 1, digest), 32);
	sink_init(&out, hex, 64);
	sink_hex(&out, (struct span){ digest, 32 });
	return hex;
}

/* printf x | openssl dgst -sha256 -mac HMAC -macopt hexkey:0011... */
TEST(test_key)
{
	static const char *const mac =
	    "2e101866cfa265774af394c5c96796181603d09ba2784ee32b30eabce76abcfb";

	right(HEX "\n", CLOUD);
	assert_string_equal(mac_of(b.config.clouds[0].token_key), mac);
	assert_int_equal(b.config.n_secret_paths, 2);
	right("00112233445566778899AABBCCDDEEFF", CLOUD);
	assert_string_equal(mac_of(b.config.clouds[0].token_key), mac);
	right(HEX "01", CLOUD);
	assert_string_not_equal(mac_of(b.config.clouds[0].token_key), mac);
}

/* It is optional. */
TEST(test_absent)
{
	right(HEX, ACCOUNT("cloudinary.secret", ""));
	assert_null(b.config.clouds[0].token_key);
	assert_int_equal(b.config.n_secret_paths, 1);
}

TEST(test_length)
{
	wrong("00112233445566778899aabbccddee", CLOUD,
	    "error 2: token_key_file: this secret has 15 bytes, and 16");
	right(HEX, CLOUD);
	right(HEX "00", CLOUD);
}

#define NO_HEX                                                                 \
	"error 2: token_key_file (hex, as Cloudinary shows it; not the API "   \
	"secret): "

TEST(test_hex)
{
	wrong(HEX "0", CLOUD, NO_HEX);
	wrong(HEX "0", CLOUD,
	    "token.key: it is not hex: an even number of 0-9 and a-f");
	wrong(HEX "0g", CLOUD, NO_HEX);
	wrong(HEX "--", CLOUD, NO_HEX);
	wrong("0x" HEX, CLOUD, NO_HEX);
	wrong(SANDBOX_SECRET "2", CLOUD, NO_HEX);
	wrong("", CLOUD, NO_HEX);
}

TEST(test_file)
{
	wrong("", ACCOUNT("cloudinary.secret", KEY("7")),
	    "error 2: token_key_file must be a string");
	wrong("", ACCOUNT("cloudinary.secret", KEY("\"gone\"")), NO_HEX);
	wrong("", ACCOUNT("cloudinary.secret", KEY("\"cloudinary.secret\"")),
	    NO_HEX);
}

/* A secret that happens to be hex, as it is or decoded. */
TEST(test_api_secret)
{
	static const char *const text =
	    ACCOUNT("hex.secret", KEY("\"token.key\""));
	static const char *const same =
	    "error 2: this is the same secret as the one of line 1";

	sandbox_file(&b.box, "hex.secret", HEX, 0600);
	wrong(HEX, text, same);
	wrong("00112233445566778899AABBCCDDEEFF", text, same);
	right("00112233445566778899aabbccddeefe", text);
	right(HEX "00", text);
	sandbox_file(&b.box, "hex.secret", "abcdefghijklmnop", 0600);
	wrong("6162636465666768696a6b6c6d6e6f70", text, same);
	right("6162636465666768696a6b6c6d6e6f71", text);
}

/* Also one that is read later, and another account's. */
TEST(test_other_account)
{
	static const char *const text =
	    "clouds = { a = { " THREE("cloudinary.secret")
		KEY("\"token.key\"") "};\n b = { " THREE("hex.secret") "}; };";

	sandbox_file(&b.box, "hex.secret", HEX, 0600);
	wrong(
	    HEX, text, "error 3: this is the same secret as the one of line 2");
	right("00112233445566778899aabbccddeefe", text);
	assert_non_null(b.config.clouds[0].token_key);
	assert_null(b.config.clouds[1].token_key);
}

static int
setup(void **state)
{
	(void)state;
	bench_open(&b);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	bench_close(&b);
	return 0;
}

GROUP(setup, teardown);
