#include "test.h"

#include <signal.h>
#include <sys/resource.h>

#include "capture.h"
#include "cli/cli.h"
#include "sandbox.h"

static struct capture c, other;

TEST(to_standard_output)
{
	assert_int_equal(CAPTURE(&c, cli_keygen, "keygen"), 0);
	assert_int_equal(strlen(c.out), 65);
	assert_int_equal(strspn(c.out, "0123456789abcdef"), 64);
	assert_string_equal(c.err, "");
	assert_int_equal(CAPTURE(&other, cli_keygen, "keygen"), 0);
	assert_string_not_equal(c.out, other.out);
}

TEST(a_configuration_takes_it)
{
	struct sandbox box;
	struct config *config;
	char path[64];

	sandbox_open(&box);
	snprintf(path, sizeof(path), "%s/session.key", box.dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(CAPTURE(&c, cli_keygen, "keygen", path), 0);
	config =
	    sandbox_load(&box, SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES);
	assert_non_null(config);
	assert_null(strstr(box.said, "session.key"));
	config_free(config);
	sandbox_close(&box);
}

/* On a full disk no half of a key is left, and the next try works. */
TEST(no_room)
{
	struct rlimit before, little;
	struct sandbox box;
	char path[64];
	int code;

	sandbox_open(&box);
	snprintf(path, sizeof(path), "%s/new.key", box.dir);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	little = before;
	little.rlim_cur = 40;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	code = CAPTURE(&c, cli_keygen, "keygen", path);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(code, 1);
	assert_int_equal(CAPTURE(&c, cli_keygen, "keygen", path), 0);
	assert_int_equal(unlink(path), 0);
	sandbox_close(&box);
}
