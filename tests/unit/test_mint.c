/* With a configuration: tests/cases/sessions/mint.cases. */

#include "test.h"

#include "capture.h"
#include "cli/cli.h"

TEST(without_a_configuration)
{
	static struct capture c;

	assert_int_equal(
	    CAPTURE(&c, cli_mint, "mint", "--user=a", "/no/such"), 1);
	assert_string_equal(c.out, "");
	assert_non_null(strstr(c.err, "/no/such"));
}
