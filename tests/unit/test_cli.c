#include "test.h"

#include "capture.h"
#include "cli/cli.h"

static struct capture c;

TEST(help_and_version)
{
	assert_int_equal(CAPTURE(&c, cli_main, "signpost", "--help"), 0);
	assert_non_null(strstr(c.out, "mint"));
	assert_string_equal(c.err, "");
	assert_int_equal(CAPTURE(&c, cli_main, "signpost", "--version"), 0);
	assert_memory_equal(c.out, "signpost ", 9);
	assert_int_equal(
	    CAPTURE(&c, cli_main, "signpost", "check", "--help"), 0);
	assert_non_null(strstr(c.out, "usage: signpost check"));
	assert_int_equal(
	    CAPTURE(&c, cli_main, "signpost", "keygen", "--help"), 0);
	assert_int_equal(
	    CAPTURE(&c, cli_main, "signpost", "mint", "--help"), 0);
}

TEST(unknown_commands)
{
	assert_int_equal(CAPTURE(&c, cli_main, "signpost"), 2);
	assert_string_equal(c.out, "");
	assert_int_equal(CAPTURE(&c, cli_main, "signpost", "chekc"), 2);
	assert_non_null(strstr(c.err, "did you mean check?"));
	assert_int_equal(CAPTURE(&c, cli_main, "signpost", "qqqqqq"), 2);
	assert_null(strstr(c.err, "did you mean"));
}
