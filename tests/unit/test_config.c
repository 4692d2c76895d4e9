/* What a configuration becomes, where signpost check doesn't show it. */
#include "test.h"

#include "sandbox.h"

static struct sandbox box;
static struct config *config;

#define KEYS "keys = ( { id = \"1\"; file = \"session.key\"; } ); "

/* As the configuration of this account and this session. */
static void
load(const char *cloud, const char *session)
{
	static char text[4096];

	config_free(config);
	snprintf(text, sizeof(text),
	    "cloudinary = { %s };\nsession = { %s };\nlog = \"./a.log\";\n%s",
	    cloud, session, SANDBOX_POLICIES);
	config = sandbox_load(&box, text);
	if (config == NULL)
		fail_msg("%s%s", text, box.said);
}

#define THREE(file)                                                            \
	"cloud_name = \"demo\"; api_key = \"123\"; api_secret_file = \"" file  \
	"\"; "
#define PLAIN "cookie = \"s\"; " KEYS

TEST(test_account)
{
	const struct cloud *c;

	load(THREE("cloudinary.secret"), PLAIN);
	c = config->clouds;
	assert_true(span_is(c->api_secret, SANDBOX_SECRET));
	assert_null(vault_take(config->vault, 1)); /* it is sealed */
	assert_true(span_is(config->path, box.conf));
	assert_null(c->token_key);
	assert_int_equal(c->n_verify_secrets, 0);
	assert_false(c->delivery.insecure || c->delivery.private_cdn ||
		     c->delivery.long_url_signature);
	assert_true(
	    c->delivery.secure_distribution.n == 0 && c->delivery.cname.n == 0);
	assert_int_equal(config->n_secret_paths, 2);
	load("url_file = \"url\";", PLAIN);
	assert_true(span_is(config->clouds->api_secret, SANDBOX_SECRET));
	load(THREE("cloudinary.secret") "verify_secret_files = [ \"one\", "
					"\"two\" ]; private_cdn = "
					"true; long_url_signature = true; "
					"secure_distribution = "
					"\"a.example.com\";",
	    PLAIN);
	c = config->clouds;
	assert_int_equal(c->n_verify_secrets, 2);
	assert_true(span_is(c->verify_secrets[0], "first-secret-of-tests"));
	assert_true(span_is(c->verify_secrets[1], "other-secret-of-tests"));
	assert_int_equal(config->n_secret_paths, 4);
	assert_true(!c->delivery.insecure && c->delivery.private_cdn &&
		    c->delivery.long_url_signature);
	assert_true(span_is(c->delivery.secure_distribution, "a.example.com"));
	load(THREE("cloudinary.secret") "secure = false; cname = "
					"\"a.example.com\";",
	    PLAIN);
	assert_true(config->clouds->delivery.insecure);
	assert_true(span_is(config->clouds->delivery.cname, "a.example.com"));
}

/* Does this key make the MAC of "x" that the secret makes? */
static bool
is_key_of(const struct hmac_key *key, enum hash hash, struct span secret)
{
	unsigned char own[DIGEST_MAX], want[DIGEST_MAX];
	struct hmac_key *made = malloc(hmac_key_size());
	struct span x = SPAN_LIT("x");
	size_t n = digest_size(hash);

	assert_true(hmac_key_init(made, hash, secret));
	assert_int_equal(hmac_of(made, &x, 1, want), n);
	assert_int_equal(hmac_of(key, &x, 1, own), n);
	free(made);
	return memcmp(own, want, n) == 0;
}

#define ENCODED(file, encoding)                                                \
	"cookie = \"s\"; keys = ( { id = \"1\"; file = \"" file                \
	"\"; encoding = \"" encoding "\"; } );"

/* The key is of the digest, too, wherever that stands. */
TEST(test_keys)
{
	static const struct {
		const char *session;
		enum hash hash;
		struct span secret;
	} rows[] = {
		{ PLAIN, HASH_SHA256, SPAN_INIT(SANDBOX_KEY) },
		{ PLAIN "algorithm = \"HS512\";", HASH_SHA512,
		    SPAN_INIT(SANDBOX_KEY) },
		{ KEYS "format = \"express\"; algorithm = \"sha512\";",
		    HASH_SHA512, SPAN_INIT(SANDBOX_KEY) },
		{ ENCODED("token.key", "text"), HASH_SHA256,
		    SPAN_INIT(SANDBOX_TOKEN_KEY) },
		{ ENCODED("hex", "hex"), HASH_SHA256,
		    SPAN_INIT("0123456789abcdef0123456789abcdef") },
		{ ENCODED("base64", "base64"), HASH_SHA256,
		    SPAN_INIT("0123456789abcdef0123456789abcdef") },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		load(THREE("cloudinary.secret"), rows[i].session);
		assert_int_equal(config->session.hash, rows[i].hash);
		assert_true(is_key_of(config->session.keys[0].hmac,
		    rows[i].hash, rows[i].secret));
	}
	/* Of an account: in hex, of either case. */
	load(THREE("cloudinary.secret") "token_key_file = \"upper\";", PLAIN);
	assert_true(is_key_of(config->clouds->token_key, HASH_SHA256,
	    SPAN_LIT("\xaa\xbb\xcc\xdd\xee\xff\x01\x23\x45\x67\x89\xab\xcd"
		     "\xef\xaa\xbb")));
}

#define ITS "format = \"itsdangerous\"; cookie = \"s\"; " KEYS
#define OBJECT ITS "user = \"u\"; "
#define SIGNED "format = \"cookie-signature\"; cookie = \"s\"; " KEYS

/* How a cookie is signed, and what is in it. */
TEST(test_signing)
{
	static const struct {
		const char *session;
		enum derivation derivation;
		int stamp, body;
		const char *salt;
	} rows[] = {
		{ OBJECT, DERIVE_DJANGO_CONCAT, STAMP_BYTES, BODY_PACKED,
		    "itsdangerous" },
		{ ITS "user = \"\";", DERIVE_DJANGO_CONCAT, STAMP_BYTES,
		    BODY_TEXT, "itsdangerous.Signer" },
		{ OBJECT "salt = \"mine\"; timed = true;", DERIVE_DJANGO_CONCAT,
		    STAMP_BYTES, BODY_PACKED, "mine" },
		{ OBJECT "salt = \"\"; timed = false;", DERIVE_DJANGO_CONCAT,
		    STAMP_NONE, BODY_PACKED, "" },
		{ OBJECT "key_derivation = \"django-concat\";",
		    DERIVE_DJANGO_CONCAT, STAMP_BYTES, BODY_PACKED,
		    "itsdangerous" },
		{ OBJECT "key_derivation = \"concat\";", DERIVE_CONCAT,
		    STAMP_BYTES, BODY_PACKED, "itsdangerous" },
		{ OBJECT "key_derivation = \"hmac\";", DERIVE_HMAC, STAMP_BYTES,
		    BODY_PACKED, "itsdangerous" },
		{ OBJECT "key_derivation = \"none\";", DERIVE_NOTHING,
		    STAMP_BYTES, BODY_PACKED, "itsdangerous" },
		{ SIGNED "user = \"\";", 0, STAMP_NONE, BODY_TEXT, "" },
		{ SIGNED "user = \"id\";", 0, STAMP_NONE, BODY_PREFIXED, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct signing *s;

		load(THREE("cloudinary.secret"), rows[i].session);
		s = &config->session.signing;
		assert_int_equal(s->derivation, rows[i].derivation);
		assert_int_equal(s->stamp, rows[i].stamp);
		assert_int_equal(s->body, rows[i].body);
		assert_true(span_is(s->salt, rows[i].salt));
	}
}

static bool
is_named(size_t i, const char *option, const char *text, bool secret)
{
	return i < config->n_named &&
	       strcmp(config->named[i].option, option) == 0 &&
	       span_is(config->named[i].text, text) &&
	       config->named[i].secret == secret;
}

/* Files as they are written, for people who look, and where they lie. */
TEST(test_files)
{
	char path[64];

	load(THREE("cloudinary.secret"),
	    "format = \"php\"; user = \"u\"; save_path = \"/tmp\";");
	assert_int_equal(config->n_named, 4);
	assert_true(is_named(0, "api_secret_file", "cloudinary.secret", true));
	assert_true(is_named(1, "save_path", "/tmp", false));
	assert_true(is_named(2, "store", "counters", false));
	assert_true(is_named(3, "log", "./a.log", false));
	snprintf(path, sizeof(path), "%s/cloudinary.secret", box.dir);
	assert_int_equal(config->n_secret_paths, 1);
	assert_true(span_is(config->secret_paths[0], path));
	assert_int_equal(config->n_private, 3);
	assert_true(span_is(config->private_paths[0], "/tmp"));
	snprintf(path, sizeof(path), "%s/counters", box.dir);
	assert_true(span_is(config->private_paths[1], path));
	snprintf(path, sizeof(path), "%s/a.log", box.dir);
	assert_true(span_is(config->private_paths[2], path));
	assert_int_equal(access(path, F_OK), -1); /* not yet */
}

TEST(test_policy)
{
	load(THREE("cloudinary.secret"), PLAIN);
	assert_ptr_equal(
	    config_policy(config, SPAN_LIT("avatar")), config->policies);
	assert_null(config_policy(config, SPAN_LIT("avata")));
	assert_null(config_policy(config, SPAN_LIT("avatar2")));
	assert_null(config_policy(config, SPAN_LIT("Avatar")));
	assert_null(config_policy(config, SPAN_LIT("")));
	config_free(NULL);
}

static void
open_files(void)
{
	sandbox_open(&box);
	sandbox_file(
	    &box, "url", "cloudinary://123:" SANDBOX_SECRET "@demo\n", 0600);
	sandbox_file(&box, "one", "first-secret-of-tests\n", 0600);
	sandbox_file(&box, "two", "other-secret-of-tests\n", 0600);
	sandbox_file(&box, "hex",
	    "3031323334353637383961626364656630313233343536373839616263646566",
	    0600);
	sandbox_file(&box, "base64",
	    "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", 0600);
	sandbox_file(&box, "upper", "AABBCCDDEEFF0123456789aBcDeFAABB", 0600);
}

static void
close_files(void)
{
	config_free(config);
	sandbox_close(&box);
}

AROUND(open_files(), close_files());
