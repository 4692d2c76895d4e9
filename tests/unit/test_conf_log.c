#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

static void
test_right(void **state)
{
	char want[128];
	struct span log;

	(void)state;
	assert_int_equal(read_text("").n, 0);
	assert_string_equal(b.box.said, "");
	log = read_text("log = \"my.log\";");
	snprintf(want, sizeof(want), "%s/my.log", b.box.dir);
	assert_string_equal(b.box.said, "");
	assert_true(span_is(log, want));
	assert_int_equal(log.p[log.n], '\0');
	assert_int_not_equal(access(want, F_OK), 0); /* not yet */
	assert_true(span_is(read_text("log = \"/tmp/x\";"), "/tmp/x"));
	/* One that is there already. */
	assert_true(read_text("log = \"session.key\";").n > 0);
}

static void
test_wrong(void **state)
{
	(void)state;
	wrong("\nlog = true;", "error 2: log must be a string");
	wrong("\nlog = \"/tmp\";", "error 2: log = \"/tmp\" is a folder: name "
				   "a file, as in \"/tmp/signpost.log\"");
	wrong("\nlog = \"\";", "error 2: log = \"\" is no name");
	wrong("\nlog = \"logs/a\";", "/logs; make it");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
	};
	int failed;

	bench_open(&b);
	failed = cmocka_run_group_tests_name("conf_log", tests, NULL, NULL);
	bench_close(&b);
	return failed;
}
