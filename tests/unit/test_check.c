#include "test.h"

#include "capture.h"
#include "cli/cli.h"
#include "sandbox.h"

/* What the first request would meet; root may write anywhere. */
TEST(the_store_is_looked_at)
{
	static struct capture c;
	struct sandbox box;

	sandbox_open(&box);
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION
	    "store = \"session.key\";\n"
	    "policies = { one = { action = \"upload\"; limit = \"1/day\"; "
	    "set = { public_id = \"u/{user}/{random}\"; "
	    "overwrite = false; allowed_formats = \"jpg\"; }; }; };",
	    0600);
	assert_int_equal(CAPTURE(&c, cli_check, "check", box.conf), 0);
	if (geteuid() == 0)
		assert_non_null(strstr(c.out, "is not looked at for root"));
	else
		assert_non_null(strstr(c.out, "session.key is no folder"));
	sandbox_close(&box);
}
