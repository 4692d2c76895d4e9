#include "test.h"

#include "sandbox.h"

static struct bench b;

/* The path that this text names, or NULL with what was said. */
static const char *
path_of(const char *text)
{
	struct span out = SPAN_LIT("old");

	bench_read(&b, "\nlog = \"x\";");
	if (!conf_path(
		&b.l, conf_member(b.root, "log"), "log", span_of(text), &out)) {
		assert_int_equal(b.box.report.errors, 1);
		assert_true(span_is(out, "old"));
		return NULL;
	}
	assert_string_equal(b.box.said, "");
	assert_int_equal(out.p[out.n], '\0');
	return (const char *)out.p;
}

static void
wrong(const char *text, const char *said)
{
	assert_null(path_of(text));
	assert_true(sandbox_said(&b.box, said));
}

TEST(test_absolute)
{
	assert_string_equal(path_of("/tmp/a.log"), "/tmp/a.log");
	assert_string_equal(path_of("/a"), "/a");
	assert_string_equal(path_of("/tmp/../tmp/a b"), "/tmp/../tmp/a b");
}

/* It starts beside the configuration, wherever this was started. */
TEST(test_relative)
{
	char want[128], here[256];
	struct span out;

	snprintf(want, sizeof(want), "%s/a.log", b.box.dir);
	assert_string_equal(path_of("a.log"), want);
	snprintf(want, sizeof(want), "%s/../a.log", b.box.dir);
	assert_string_equal(path_of("../a.log"), want);

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(b.box.dir), 0);
	bench_read(&b, "");
	b.l.dir = ".";
	assert_true(conf_path(&b.l, NULL, "log", SPAN_LIT("a.log"), &out));
	snprintf(want, sizeof(want), "%s/a.log", b.box.dir);
	assert_true(span_is(out, want));
	b.l.dir = "/";
	assert_true(conf_path(&b.l, NULL, "log", SPAN_LIT("a"), &out));
	assert_true(span_is(out, "/a"));
	b.l.dir = "/nonexistent";
	assert_false(conf_path(&b.l, NULL, "log", SPAN_LIT("a"), &out));
	assert_true(sandbox_said(
	    &b.box, "log: the configuration's own folder can't be"));
	assert_int_equal(chdir(here), 0);
}

/* As it is written, for people who look. */
TEST(test_named)
{
	assert_non_null(path_of("./a.log"));
	assert_int_equal(b.config.n_named, 1);
	assert_string_equal(b.config.named[0].option, "log");
	assert_true(span_is(b.config.named[0].text, "./a.log"));
	assert_false(b.config.named[0].secret);
	for (size_t i = 0; i < NAMED_FILES_MAX; i++)
		conf_named(&b.l, "file", SPAN_LIT("a.key"), true);
	assert_int_equal(b.config.n_named, NAMED_FILES_MAX);
	assert_true(b.config.named[1].secret);
}

TEST(test_wrong)
{
	wrong("", "error 2: log = \"\" is no name");
	wrong("/", "log = \"/\" is no name");
	wrong("a/", "log = \"a/\" is no name");
	wrong("a\nb", "log = \"a\\x0ab\" is no name");
	wrong("/nonexistent/a", "log = \"/nonexistent/a\": there is no folder "
				"/nonexistent; make it");
	wrong("nowhere/a", "/nowhere; make it, or mend the path");
	/* What stands above it is a file. */
	wrong("session.key/a", "there is no folder");
}

TEST(test_length)
{
	static char text[PATH_TEXT_MAX + 2];

	memset(text, '/', sizeof(text));
	for (size_t n = PATH_TEXT_MAX - 2; n <= PATH_TEXT_MAX; n++) {
		memset(text, '/', n);
		text[n - 1] = 'a';
		text[n] = '\0';
		assert_int_equal(path_of(text) != NULL, n < PATH_TEXT_MAX);
	}
	assert_true(sandbox_said(&b.box, "log: this path is too long"));
}

AROUND(bench_open(&b), bench_close(&b));
