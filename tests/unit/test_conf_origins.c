#include "test.h"

#include "sandbox.h"

static struct bench b;

static void
read_origins(const char *text)
{
	bench_read(&b, text);
	b.config.session.bearer = conf_member(b.root, "bearer") != NULL;
	conf_origins(&b.l, b.root);
}

static void
wrong(const char *text, const char *said)
{
	read_origins(text);
	assert_true(sandbox_said(&b.box, said));
	assert_int_equal(b.box.report.errors, 1);
}

static void
right(const char *text, size_t n)
{
	read_origins(text);
	assert_string_equal(b.box.said, "");
	assert_int_equal(b.config.origins.n, n);
}

TEST(test_right)
{
	right("", 0);
	right("origins = [ ];", 0);
	right("origins = \"https://www.example.com\";", 1);
	right(
	    "origins = ( \"capacitor://localhost\", \"http://localhost:81\" );",
	    2);
	right("origins = [ \"http://127.0.0.1\", \"http://[::1]:8080\" ];", 2);
	right("origins = [ \"https://a.example\", \"https://b.example\" ];", 2);
	assert_true(span_is(b.config.origins.o[0], "https://a.example"));
	assert_true(span_is(b.config.origins.o[1], "https://b.example"));
}

/* Anybody on the way can be such a page; this machine is no way. */
TEST(test_clear)
{
	static const char *const origins[] = { "http://a.example",
		"http://a:81", "http://localhost.example", "http://127.0.0.10",
		"http://localhost.a:81" };
	char text[128];

	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		snprintf(
		    text, sizeof(text), "origins = [ \"%s\" ];", origins[i]);
		read_origins(text);
		assert_true(sandbox_said(&b.box, "has no TLS"));
		assert_int_equal(b.box.report.errors, 0);
		assert_int_equal(b.config.origins.n, 1);
	}
}

TEST(test_wrong)
{
	wrong("origins = [ \"https://a.example/\" ];", "is no origin");
	wrong("origins = [ \"https://A.example\" ];", "is no origin");
	wrong("origins = [ \"https://a.example:443\" ];", "is no origin");
	wrong("origins = [ \"a.example\" ];", "is no origin");
	wrong("origins = [ \"*\" ];", "is no origin");
	wrong("origins = [ \"\" ];", "is no origin");
	wrong("origins = 1;", "origins must be a list of strings");
	wrong("origins = [ 1 ];", "origins must hold strings only");
	wrong("origins = (\n\"https://a.example\",\n\"https://a.example\" );",
	    "\"https://a.example\" stands here twice");
}

/* Any page can make "null" its origin, and then sends its cookies with it. */
TEST(test_null)
{
	wrong("origins = [ \"null\" ];", "for bearer tokens only");
	right("bearer = true; origins = [ \"null\" ];", 1);
}

/* n different ones. */
static void
read_many(size_t n)
{
	static char text[ORIGINS_MAX * 32];
	size_t at = (size_t)snprintf(text, sizeof(text), "origins = ( ");

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "%s\"https://a%zu\"", i > 0 ? "," : "", i);
	snprintf(text + at, sizeof(text) - at, " );");
	read_origins(text);
}

TEST(test_many)
{
	read_many(ORIGINS_MAX);
	assert_string_equal(b.box.said, "");
	assert_int_equal(b.config.origins.n, ORIGINS_MAX);
	read_many(ORIGINS_MAX + 1);
	assert_true(sandbox_said(&b.box, "origins holds 65 values"));
	assert_int_equal(b.config.origins.n, 0);
}

AROUND(bench_open(&b), bench_close(&b));
