#include "test.h"

#include "capture.h"
#include "cli/cli.h"
#include "sandbox.h"

static struct capture c;

TEST(exit_codes)
{
	struct sandbox box;

	sandbox_open(&box);
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES, 0600);
	assert_int_equal(CAPTURE(&c, cli_doctor, "doctor", box.conf), 0);
	assert_non_null(strstr(c.out, "0 faults, "));
	assert_null(strstr(c.out, SANDBOX_SECRET));
	assert_null(strstr(c.out, SANDBOX_KEY));
	sandbox_file(&box, "session.key", SANDBOX_KEY "\n", 0644);
	assert_int_equal(CAPTURE(&c, cli_doctor, "doctor", box.conf), 1);
	assert_non_null(strstr(c.out, "chmod o= "));
	assert_int_equal(
	    CAPTURE(&c, cli_doctor, "doctor", "--json", box.conf), 1);
	assert_int_equal(c.out[0], '{');
	sandbox_close(&box);
}

TEST(usage)
{
	assert_int_equal(CAPTURE(&c, cli_doctor, "doctor", "a", "b"), 2);
	assert_int_equal(CAPTURE(&c, cli_doctor, "doctor", "--what"), 2);
	assert_int_equal(
	    CAPTURE(&c, cli_doctor, "doctor", "--user", "no-such-user"), 2);
	assert_non_null(strstr(c.err, "there is no user no-such-user"));
	assert_int_equal(CAPTURE(&c, cli_doctor, "doctor", "--help"), 0);
	assert_non_null(strstr(c.out, "usage: signpost doctor"));
}

/* Files with the eyes of somebody else, who may not even get there. */
TEST(as_another_user)
{
	struct sandbox box;

	sandbox_open(&box);
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES, 0600);
	if (geteuid() != 0) {
		assert_int_equal(
		    CAPTURE(&c, cli_doctor, "doctor", "--user", "0", box.conf),
		    2);
		assert_non_null(strstr(c.err, "only root"));
	} else {
		assert_int_equal(CAPTURE(&c, cli_doctor, "doctor", "--user",
				     "54321:54322", box.conf),
		    1);
		assert_non_null(strstr(c.out, "chgrp -h 54322 "));
	}
	sandbox_close(&box);
}
