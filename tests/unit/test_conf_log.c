#include "test.h"

#include "sandbox.h"

static struct bench b;

static struct span
read_text(const char *text)
{
	bench_read(&b, text);
	conf_log(&b.l, b.root);
	return b.config.log;
}

static void
wrong(const char *text, const char *said)
{
	assert_int_equal(read_text(text).n, 0);
	assert_int_equal(b.box.report.errors, 1);
	assert_true(sandbox_said(&b.box, said));
}

TEST(test_right)
{
	char want[128], text[160];
	struct span log;

	assert_int_equal(read_text("").n, 0);
	assert_string_equal(b.box.said, "");
	log = read_text("log = \"my.log\";");
	snprintf(want, sizeof(want), "%s/my.log", b.box.dir);
	assert_string_equal(b.box.said, "");
	assert_true(span_is(log, want));
	assert_int_equal(log.p[log.n], '\0');
	assert_int_not_equal(access(want, F_OK), 0); /* not yet */
	snprintf(text, sizeof(text), "log = \"%s\";", want);
	assert_true(span_is(read_text(text), want));
	/* One that is there already. */
	sandbox_file(&b.box, "old.log", "", 0600);
	assert_true(read_text("log = \"old.log\";").n > 0);
	assert_string_equal(b.box.said, "");
}

TEST(test_wrong)
{
	wrong("\nlog = true;", "error 2: log must be a string");
	wrong("\nlog = \"/tmp\";", "error 2: log = \"/tmp\" is a folder: name "
				   "a file, as in \"/tmp/signpost.log\"");
	wrong("\nlog = \"\";", "error 2: log = \"\" is no name");
	wrong("\nlog = \"logs/a\";", "/logs; make it");
}

#define NEEDED "error 2: log = \"%s\" is a file that this configuration needs"

/* As it stands when the rest has been read. */
static struct span
read_after(const char *secret, const char *denied, const char *log)
{
	static char mem[3][128];
	char text[128];

	snprintf(mem[0], sizeof(mem[0]), "%s/%s", b.box.dir, secret);
	snprintf(mem[1], sizeof(mem[1]), "%s/%s", b.box.dir, denied);
	snprintf(text, sizeof(text), "\nlog = \"%s\";", log);
	bench_read(&b, text);
	b.l.secret_paths[b.config.n_secret_paths++] = span_of(mem[0]);
	b.config.deny_users_file = span_of(mem[1]);
	conf_log(&b.l, b.root);
	return b.config.log;
}

/* The first line would be the last request that is answered. */
TEST(test_needed)
{
	static const char *const names[] = { "session.key", "signpost.conf",
		"denied.users", "./session.key", "hard" };
	char path[128], other[128], said[128];

	sandbox_file(&b.box, "signpost.conf", "", 0600);
	sandbox_file(&b.box, "denied.users", "", 0600);
	snprintf(path, sizeof(path), "%s/session.key", b.box.dir);
	snprintf(other, sizeof(other), "%s/hard", b.box.dir);
	assert_int_equal(link(path, other), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(said, sizeof(said), NEEDED, names[i]);
		assert_int_equal(
		    read_after("session.key", "denied.users", names[i]).n, 0);
		assert_true(sandbox_said(&b.box, said));
	}
	assert_true(read_after("gone", "denied.users", "session.key").n > 0);
	assert_true(read_after("session.key", "gone", "denied.users").n > 0);
	assert_string_equal(b.box.said, "");
}

/* It may be mended while the program runs, which looks again. */
TEST(test_not_regular)
{
	char path[128];

	assert_true(read_text("\nlog = \"/dev/null\";").n > 0);
	assert_true(sandbox_said(&b.box,
	    "warning 2: log = \"/dev/null\" is not a regular file, so that "
	    "lines go to standard error"));
	snprintf(path, sizeof(path), "%s/link", b.box.dir);
	assert_int_equal(symlink("old.log", path), 0);
	assert_true(read_text("\nlog = \"link\";").n > 0);
	assert_true(sandbox_said(&b.box, "is not a regular file"));
	assert_int_equal(b.box.report.errors, 0);
}

AROUND(bench_open(&b), bench_close(&b));
