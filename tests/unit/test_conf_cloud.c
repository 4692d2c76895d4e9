#include "test.h"

#include "sandbox.h"

static struct bench b;

#define THREE(name, key, file)                                                 \
	"cloud_name = " name "; api_key = " key "; api_secret_file = " file "; "
#define RIGHT_THREE THREE("\"demo\"", "\"123\"", "\"cloudinary.secret\"")

static void
read_clouds(const char *text)
{
	bench_read(&b, text);
	conf_clouds(&b.l, b.root);
}

/* One mistake, this one. */
static void
wrong(const char *text, const char *said)
{
	read_clouds(text);
	assert_true(sandbox_said(&b.box, said));
	assert_int_equal(b.box.report.errors, 1);
}

/* The first of the accounts of a right text. */
static const struct cloud *
right(const char *text)
{
	read_clouds(text);
	assert_string_equal(b.box.said, "");
	assert_true(b.config.n_clouds > 0);
	return &b.config.clouds[0];
}

TEST(test_one)
{
	const struct cloud *c = right("cloudinary = { " RIGHT_THREE " };");

	assert_int_equal(b.config.n_clouds, 1);
	assert_int_equal(c->label.n, 0);
	assert_true(span_is(c->cloud_name, "demo"));
	assert_true(span_is(c->api_key, "123"));
	assert_true(span_is(c->api_secret, SANDBOX_SECRET));
	assert_int_equal(c->hash, HASH_SHA256);
	assert_true(span_is(c->upload_prefix, "https://api.cloudinary.com"));
	assert_int_equal(b.config.n_secret_paths, 1);
}

TEST(test_presence)
{
	wrong("", "error 0: cloudinary is missing");
	wrong("cloudinary = 1;", "cloudinary must be a group");
	wrong("clouds = ( );", "clouds must be a group");
	wrong("clouds = { };", "clouds must hold 1 to 16 accounts");
	wrong("clouds = { a = 1; };", "a must be a group");
	wrong("clouds = { a = { " RIGHT_THREE " }; };\ncloudinary = { };",
	    "error 1: clouds stands in place of cloudinary");
	read_clouds("cloudinary = { };");
	assert_int_equal(b.box.report.errors, 3);
	wrong("cloudinary = { " RIGHT_THREE "\ncloudname = 1; };",
	    "error 2: unknown name \"cloudname\" here: did you mean "
	    "\"cloud_name\"?");
}

/* Every wrong member is said, not only the first. */
TEST(test_every)
{
	read_clouds("cloudinary = {\n" THREE("\"a b\"", "\"12a\"",
	    "\"gone\"") "\nsignature_algorithm = \"md5\"; upload_prefix = "
			"\"x\"; };");
	assert_true(sandbox_said(&b.box, "error 2: the cloud name must be"));
	assert_true(sandbox_said(&b.box, "error 2: the API key must be"));
	assert_true(sandbox_said(&b.box, "error 2: api_secret_file: "));
	assert_true(sandbox_said(&b.box, "error 3: signature_algorithm = "));
	assert_true(sandbox_said(&b.box, "error 3: upload_prefix must be"));
	assert_int_equal(b.box.report.errors, 5);
}

TEST(test_names)
{
	char text[256], name[80];

	for (int n = 63; n <= 65; n++) {
		memset(name, 'a', sizeof(name));
		name[n] = '\0';
		snprintf(text, sizeof(text),
		    "cloudinary = { cloud_name = \"%s\"; api_key = \"1\"; "
		    "api_secret_file = \"cloudinary.secret\"; };",
		    name);
		read_clouds(text);
		assert_int_equal(b.box.report.errors, n > 64);
	}
	for (int n = 31; n <= 33; n++) {
		memset(name, '1', sizeof(name));
		name[n] = '\0';
		snprintf(text, sizeof(text),
		    "cloudinary = { cloud_name = \"a\"; api_key = \"%s\"; "
		    "api_secret_file = \"cloudinary.secret\"; };",
		    name);
		read_clouds(text);
		assert_int_equal(b.box.report.errors, n > 32);
	}
	right("cloudinary = { " THREE(
	    "\"a_B-9\"", "\"0\"", "\"cloudinary.secret\"") " };");
	wrong("cloudinary = { " THREE(
		  "\"a.b\"", "\"0\"", "\"cloudinary.secret\"") " };",
	    "the cloud name");
	wrong("cloudinary = { " THREE(
		  "\"\"", "\"0\"", "\"cloudinary.secret\"") " };",
	    "the cloud name");
	wrong("cloudinary = { " THREE(
		  "\"a\"", "\"\"", "\"cloudinary.secret\"") " };",
	    "the API key");
	wrong("cloudinary = { " THREE(
		  "\"a\"", "123", "\"cloudinary.secret\"") " };",
	    "api_key must be a string");
}

TEST(test_secret)
{
	const char *const text =
	    "cloudinary = { " THREE("\"a\"", "\"1\"", "\"s\"") " };";

	sandbox_file(&b.box, "s", "abcdefghijklmno\n", 0600);
	wrong(text, "this secret has 15 bytes");
	sandbox_file(&b.box, "s", "abcdefghijklmnop\n", 0600);
	right(text);
	sandbox_file(&b.box, "s", "abcdefghijklmno%\n", 0600);
	wrong(text, "the API secret must be of the characters");
	assert_null(strstr(b.box.said, "abcdefg"));
	sandbox_file(&b.box, "s",
	    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
	    "abcdefghijklmnopqrstuvwxyz-_19\n",
	    0600);
	right(text);
	sandbox_file(&b.box, "s",
	    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
	    "abcdefghijklmnopqrstuvwxyz-_1.\n",
	    0600);
	wrong(text, "the API secret must be of the characters");
	sandbox_file(&b.box, "s", SANDBOX_SECRET, 0644);
	wrong(text, "api_secret_file: ");
}

TEST(test_algorithm)
{
	read_clouds("cloudinary = { " RIGHT_THREE "\n"
		    "signature_algorithm = \"sha1\"; };");
	assert_int_equal(b.box.report.errors, 0);
	assert_int_equal(b.config.clouds[0].hash, HASH_SHA1);
	assert_true(
	    sandbox_said(&b.box, "warning 2: two texts of one SHA-1 digest"));
	assert_int_equal(right("cloudinary = { " RIGHT_THREE
			       "signature_algorithm = \"sha256\"; };")
			     ->hash,
	    HASH_SHA256);
	wrong("cloudinary = { " RIGHT_THREE
	      "signature_algorithm = \"sha265\"; };",
	    "did you mean \"sha256\"?");
	wrong("cloudinary = { " RIGHT_THREE
	      "signature_algorithm = \"SHA1\"; };",
	    "signature_algorithm = \"SHA1\" is not known");
	wrong("cloudinary = { " RIGHT_THREE
	      "token_key_file = \"session.key\"; };",
	    "token_key_file (hex, as Cloudinary shows it; not the API "
	    "secret): ");
}

static void
try_prefix(const char *prefix, bool fits)
{
	char text[256];

	snprintf(text, sizeof(text),
	    "cloudinary = { " RIGHT_THREE "upload_prefix = \"%s\"; };", prefix);
	if (fits)
		assert_true(span_is(right(text)->upload_prefix, prefix));
	else
		wrong(text, "upload_prefix must be https://HOST");
}

TEST(test_upload_prefix)
{
	static const char *const fit[] = { "https://api-eu.cloudinary.com",
		"https://proxy.example:8443", "http://127.0.0.1",
		"http://127.0.0.1:9000", "http://localhost",
		"http://localhost:9000" };
	static const char *const unfit[] = { "", "https://", "null",
		"https://api.cloudinary.com/", "https://api.cloudinary.com/v1",
		"http://api.cloudinary.com", "HTTPS://api.cloudinary.com",
		"https://API.cloudinary.com", "http://127.0.0.1.example",
		"http://localhost.example:80", "http://127.0.0.2",
		"ftp://localhost", "http://localhost@evil.example",
		"https://a?b", "https://a#b", "https://a b", "//localhost",
		"http:localhost", "http://localhost:9000/" };

	for (size_t i = 0; i < sizeof(fit) / sizeof(fit[0]); i++)
		try_prefix(fit[i], true);
	for (size_t i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++)
		try_prefix(unfit[i], false);
}

#define URL_TEXT "cloudinary = {\nurl_file = \"url\"; };"

TEST(test_url)
{
	const struct cloud *c;

	sandbox_file(
	    &b.box, "url", "cloudinary://123:" SANDBOX_SECRET "@demo\n", 0600);
	c = right(URL_TEXT);
	assert_true(span_is(c->cloud_name, "demo"));
	assert_true(span_is(c->api_key, "123"));
	assert_true(span_is(c->api_secret, SANDBOX_SECRET));
	wrong("cloudinary = { url_file = \"url\";\ncloud_name = \"demo\"; };",
	    "error 2: url_file says cloud_name already");
	wrong("cloudinary = { url_file = \"url\";\napi_key = \"123\"; };",
	    "error 2: url_file says api_key already");
	wrong("cloudinary = { url_file = \"url\";\n"
	      "api_secret_file = \"cloudinary.secret\"; };",
	    "error 2: url_file says api_secret_file already");
}

TEST(test_url_wrong)
{
	static const char *const urls[][2] = {
		{ "cloudinary:/123:" SANDBOX_SECRET "@demo", "one line" },
		{ "cloudinary://123" SANDBOX_SECRET "@demo", "one line" },
		{ "cloudinary://123:" SANDBOX_SECRET "demo", "one line" },
		{ "CLOUDINARY_URL=cloudinary://123:" SANDBOX_SECRET "@demo",
		    "one line" },
		{ "123:" SANDBOX_SECRET "@demo", "one line" },
		{ "cloudinary://:" SANDBOX_SECRET "@demo", "the API key" },
		{ "cloudinary://a:" SANDBOX_SECRET "@demo", "the API key" },
		{ "cloudinary://123:" SANDBOX_SECRET "@", "the cloud name" },
		{ "cloudinary://123:" SANDBOX_SECRET "@demo?a=b",
		    "the cloud name" },
		{ "cloudinary://123:" SANDBOX_SECRET "@demo/x",
		    "the cloud name" },
		{ "cloudinary://123:" SANDBOX_SECRET "@x@demo",
		    "the cloud name" },
		{ "cloudinary://123:" SANDBOX_SECRET ":x@demo",
		    "the API secret" },
		{ "cloudinary://123:@demo", "the API secret" },
		{ "cloudinary://123:abcdefghijklmno@demo", "15 bytes" },
		{ "cloudinary://<key>:<" SANDBOX_SECRET ">@demo", "the API" },
	};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		sandbox_file(&b.box, "url", urls[i][0], 0600);
		read_clouds(URL_TEXT);
		assert_true(sandbox_said(&b.box, "error 2: "));
		assert_true(sandbox_said(&b.box, urls[i][1]));
		assert_null(strstr(b.box.said, "abcdef"));
	}
}

TEST(test_several)
{
	const struct cloud *c;

	sandbox_file(&b.box, "url",
	    "cloudinary://7:" SANDBOX_SECRET "-other@two\n", 0600);
	c = right("clouds = { main = { " RIGHT_THREE " }; other = { url_file = "
		  "\"url\"; }; };");
	assert_int_equal(b.config.n_clouds, 2);
	assert_true(span_is(c[0].label, "main"));
	assert_true(span_is(c[0].cloud_name, "demo"));
	assert_true(span_is(c[1].label, "other"));
	assert_true(span_is(c[1].cloud_name, "two"));
	sandbox_file(
	    &b.box, "url", "cloudinary://7:" SANDBOX_SECRET "@two\n", 0600);
	wrong("clouds = { main = { " RIGHT_THREE " };\nother = {\nurl_file = "
	      "\"url\"; }; };",
	    "error 3: this is the same secret as the one of line 1");
}

static void
read_many(int n)
{
	static char text[CLOUDS_MAX * 160];
	int at = snprintf(text, sizeof(text), "clouds = { ");

	for (int i = 0; i < n; i++) {
		char name[32], secret[40];

		snprintf(name, sizeof(name), "secret%d", i);
		snprintf(secret, sizeof(secret), "abcdefghijklmnop%d", i);
		sandbox_file(&b.box, name, secret, 0600);
		at += snprintf(text + at, sizeof(text) - (size_t)at,
		    "c%d = { cloud_name = \"c\"; api_key = \"1\"; "
		    "api_secret_file = \"secret%d\"; }; ",
		    i, i);
	}
	snprintf(text + at, sizeof(text) - (size_t)at, "};");
	read_clouds(text);
}

TEST(test_many)
{
	read_many(CLOUDS_MAX);
	assert_string_equal(b.box.said, "");
	assert_int_equal(b.config.n_clouds, CLOUDS_MAX);
	read_many(CLOUDS_MAX + 1);
	assert_true(sandbox_said(&b.box, "clouds must hold 1 to 16 accounts"));
	assert_int_equal(b.config.n_clouds, 0);
}

AROUND(bench_open(&b), bench_close(&b));
