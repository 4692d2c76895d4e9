#include "test.h"

#include "sandbox.h"

static struct sandbox box;

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sandbox_close(&box);
	return 0;
}

static struct config *
load(const char *inside)
{
	static char text[4096];

	snprintf(text, sizeof(text),
	    "cloudinary = { cloud_name = \"demo\"; api_key = \"1\"; "
	    "api_secret_file = \"cloudinary.secret\"; %s };\n%s%s",
	    inside, SANDBOX_SESSION, SANDBOX_POLICIES);
	return sandbox_load(&box, text);
}

TEST(nothing_is_the_shared_cdn)
{
	struct config *config = load("");
	const struct delivery *d = &config->clouds[0].delivery;

	assert_false(d->insecure);
	assert_false(d->private_cdn);
	assert_false(d->long_url_signature);
	assert_int_equal(d->secure_distribution.n, 0);
	assert_int_equal(d->cname.n, 0);
	config_free(config);
}

TEST(what_is_said_is_kept)
{
	struct config *config =
	    load("secure_distribution = \"images.example.com\"; "
		 "private_cdn = true; long_url_signature = true;");
	const struct delivery *d = &config->clouds[0].delivery;

	assert_true(span_is(d->secure_distribution, "images.example.com"));
	assert_true(d->private_cdn && d->long_url_signature && !d->insecure);
	config_free(config);
	config = load("secure = false; cname = \"i.example.com\";");
	assert_true(config->clouds[0].delivery.insecure);
	assert_true(span_is(config->clouds[0].delivery.cname, "i.example.com"));
	config_free(config);
}

TEST(each_is_for_one_scheme)
{
	assert_null(load("cname = \"i.example.com\";"));
	assert_true(sandbox_said(&box, "write secure_distribution"));
	assert_null(
	    load("secure = false; secure_distribution = \"i.example.com\";"));
	assert_true(sandbox_said(&box, "with secure = false write cname"));
	assert_null(load("secure = \"yes\";"));
	assert_true(sandbox_said(&box, "secure"));
}

TEST(hosts)
{
	static const char *const right[] = { "a.b", "1.2", "a-b.example.com",
		"xn--bcher-kva.example" };
	static const char *const wrong[] = { "", "example", "Example.com",
		"a..b", ".a.b", "a.b.", "-a.b", "a-.b", "a_b.c", "a.b:443",
		"https://a.b", "a.b/", "a b.c", "a.b\\n" };
	static char text[256];

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		assert_true(conf_is_host(span_of(right[i])));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), "secure_distribution = \"%s\";",
		    wrong[i]);
		assert_null(load(text));
		assert_true(sandbox_said(&box, "secure_distribution"));
	}
}

TEST(a_host_has_a_limit)
{
	static char text[HOST_MAX + 8];

	/* Labels of 61 letters, "." between them. */
	for (size_t n = HOST_MAX - 1; n <= HOST_MAX + 1; n++) {
		memset(text, 'a', sizeof(text));
		for (size_t i = 61; i < n - 1; i += 62)
			text[i] = '.';
		assert_int_equal(
		    conf_is_host((struct span){ (unsigned char *)text, n }),
		    n <= HOST_MAX);
	}
	for (size_t n = 62; n <= 64; n++) {
		memset(text, 'a', sizeof(text));
		text[n] = '.';
		assert_int_equal(
		    conf_is_host((struct span){ (unsigned char *)text, n + 4 }),
		    n <= 63);
	}
}

GROUP(setup, teardown);
