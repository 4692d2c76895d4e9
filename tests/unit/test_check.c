#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture.h"
#include "cli/cli.h"
#include "sandbox.h"

static void
right_and_wrong(void **state)
{
	static struct capture c;
	struct sandbox box;

	(void)state;
	sandbox_open(&box);
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES, 0600);
	assert_int_equal(CAPTURE(&c, cli_check, "check", box.conf), 0);
	assert_non_null(strstr(c.out, "avatar"));
	assert_non_null(strstr(c.out, ": right, with 0 warnings"));
	assert_null(strstr(c.out, SANDBOX_SECRET));
	assert_null(strstr(c.out, SANDBOX_KEY));
	sandbox_file(&box, "signpost.conf",
	    "cloudinari = { };\n" SANDBOX_SESSION SANDBOX_POLICIES, 0600);
	assert_int_equal(CAPTURE(&c, cli_check, "check", box.conf), 1);
	assert_non_null(strstr(c.err, "signpost.conf:1: error:"));
	assert_non_null(strstr(c.err, "cloudinary"));
	assert_null(strstr(c.out, "right, with"));
	sandbox_close(&box);
	assert_int_equal(CAPTURE(&c, cli_check, "check", box.conf), 1);
	assert_int_equal(CAPTURE(&c, cli_check, "check", "a", "b"), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(right_and_wrong) };

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
