#define _DEFAULT_SOURCE /* mkdtemp */

#include "test.h"

#include "gateway/live.h"
#include "serving.h"
#include "store/redis.h"

static struct config *
load(const char *text, bool warnings, struct watch *watch)
{
	sandbox_file(&box, "signpost.conf", text, 0600);
	return live_read(box.conf, warnings, watch);
}

/* Each mistake is a line, with its place and what would be right. */
TEST(test_bad)
{
	assert_null(load(SANDBOX_CLOUD SANDBOX_SESSION
	    "orgins = [ ];\nother = 1;\n" SANDBOX_POLICIES,
	    false, NULL));
	read_log();
	assert_non_null(strstr(logged, "event=config severity=error file="));
	assert_non_null(strstr(logged, " line=10 "));
	assert_non_null(strstr(logged, "origins"));
	assert_non_null(strstr(logged, " line=11 "));
	assert_null(strstr(logged, SANDBOX_KEY));
	assert_null(strstr(logged, SANDBOX_SECRET));
}

TEST(test_warnings)
{
	const char *text = SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES;
	struct config *config;

	/* A key of less than 32 bytes. */
	sandbox_file(&box, "session.key", "correct-horse-battery", 0600);
	config = load(text, true, NULL);
	assert_non_null(config);
	assert_non_null(strstr(read_log(), "severity=warning"));
	config_free(config);
	config = load(text, false, NULL);
	assert_non_null(config);
	assert_string_equal(read_log(), "");
	config_free(config);
}

/* A message that is longer than a field is logged in several. */
TEST(test_long_message)
{
	char text[1024], name[241];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(text, sizeof(text),
	    "cloudinary = { cloud_name = \"demo\"; api_key = \"1\";\n"
	    "api_secret_file = \"%s\"; };\n%s%s",
	    name, SANDBOX_SESSION, SANDBOX_POLICIES);
	assert_null(load(text, false, NULL));
	assert_non_null(strstr(read_log(), " more="));
	assert_int_equal(logged[strlen(logged) - 1], '\n');
}

/* A store that the program can have, or a mistake that says what to do. */
TEST(test_redis)
{
	struct config *config = load(SANDBOX_CLOUD SANDBOX_SESSION
	    "store = \"redis://127.0.0.1:1\";\n" SANDBOX_POLICIES,
	    false, NULL);

	read_log();
	assert_int_equal(config != NULL, redis_built_in());
	assert_int_equal(strstr(logged, "event=config severity=error") == NULL,
	    redis_built_in());
	assert_int_equal(
	    strstr(logged, "build it with hiredis") == NULL, redis_built_in());
	config_free(config);
}

/* What was read is noted, in a good one and in a bad one. */
TEST(test_good)
{
	static struct watch watch;
	struct config *config =
	    load(SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES, true, &watch);
	char path[64];

	assert_non_null(config);
	/* What check advises is nobody's here. */
	assert_null(strstr(read_log(), "has no limit"));
	assert_int_equal(watch.n, 3);
	assert_string_equal(watch.file[0].path, box.conf);
	snprintf(path, sizeof(path), "%s/cloudinary.secret", box.dir);
	assert_string_equal(watch.file[1].path, path);
	snprintf(path, sizeof(path), "%s/session.key", box.dir);
	assert_string_equal(watch.file[2].path, path);
	config_free(config);
	watch_clear(&watch);
	unlink(path);
	assert_null(live_read(box.conf, true, &watch));
	assert_int_equal(watch.n, 3);
	assert_int_equal(watch.file[1].error, 0);
	assert_int_not_equal(watch.file[2].error, 0);
}

static void
open_all(void)
{
	sandbox_open(&box);
	logging_open();
}

static void
close_all(void)
{
	logging_close();
	sandbox_close(&box);
}

AROUND(open_all(), close_all());
