#define _DEFAULT_SOURCE /* mkdtemp */

#include "test.h"

#include "gateway/live.h"
#include "serving.h"

#define GOOD SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES
#define OTHER                                                                  \
	SANDBOX_CLOUD SANDBOX_SESSION                                          \
	    "policies = { other = { action = \"upload\";\n"                    \
	    "  set = { public_id = \"users/{user}/{random}\"; "                \
	    "overwrite = false; allowed_formats = \"jpg\"; }; }; };\n"
#define BAD SANDBOX_CLOUD SANDBOX_SESSION "polices = { };\n"

static struct live live;
static long long now;

static void
configuration(const char *text)
{
	sandbox_file(&box, "signpost.conf", text, 0600);
}

/* Files that are old enough, as they mostly are. */
static void
settle(void)
{
	live.again = false;
}

static int
set_up(void **state)
{
	serving_box_open(state);
	live_start(&live, &serve, box.conf);
	now = live.next_look;
	settle();
	read_log();
	return 0;
}

static int
tear_down(void **state)
{
	live_end(&live, &serve);
	return serving_box_close(state);
}

static void
after(long long ms)
{
	now += ms;
	live_look(&live, &serve, now);
}

static bool
has(const char *policy)
{
	return serve.config != NULL &&
	       config_policy(serve.config, span_of(policy)) != NULL;
}

static void
assert_in_force(const char *policy, unsigned generation, bool outdated)
{
	assert_true(has(policy));
	assert_ptr_equal(serve.config, live.config);
	assert_int_equal(serve.world.generation, generation);
	assert_int_equal(serve.world.outdated, outdated);
}

/* Nothing changes, and nothing is read again. */
TEST_WITH(same, set_up, tear_down)
{
	const struct config *config = serve.config;

	assert_in_force("avatar", 1, false);
	for (int i = 0; i < 100; i++)
		after(1000);
	assert_ptr_equal(serve.config, config);
	assert_in_force("avatar", 1, false);
	assert_string_equal(read_log(), "");
}

TEST_WITH(changed, set_up, tear_down)
{
	after(0);
	configuration(OTHER);
	/* Not before a second is over. */
	after(999);
	assert_in_force("avatar", 1, false);
	after(1);
	assert_in_force("other", 2, false);
	assert_false(has("avatar"));
	assert_non_null(strstr(read_log(), "event=config reason="));
	assert_non_null(strstr(logged, "generation 2"));
	/* Once more, since the file is young; silently, and then no more. */
	after(1000);
	assert_in_force("other", 2, false);
	assert_string_equal(read_log(), "");
	settle();
	configuration(GOOD);
	after(1000);
	assert_in_force("avatar", 3, false);
}

/* A second change within one tick of the clock, which no stat shows. */
TEST_WITH(young, set_up, tear_down)
{
	configuration(OTHER);
	after(0);
	assert_true(live.again);
	configuration(GOOD);
	/* As if it were the same file still. */
	assert_int_equal(lstat(box.conf, &live.last.file[0].was), 0);
	after(1000);
	assert_in_force("avatar", 2, false);
}

/* A key or a secret alone. */
TEST_WITH(rotated, set_up, tear_down)
{
	static const char next[] = "another-key-of-32-bytes-or-more-2";

	sandbox_file(&box, "session.key", next, 0600);
	after(0);
	assert_in_force("avatar", 2, false);
	settle();
	sandbox_file(
	    &box, "cloudinary.secret", "zyxwvutsrqponmlkjihgfedcba9", 0600);
	after(1000);
	assert_in_force("avatar", 3, false);
	assert_true(span_is(
	    serve.config->clouds[0].api_secret, "zyxwvutsrqponmlkjihgfedcba9"));
}

TEST_WITH(bad, set_up, tear_down)
{
	const struct config *config = serve.config;

	configuration(BAD);
	after(0);
	assert_ptr_equal(serve.config, config);
	assert_in_force("avatar", 1, true);
	assert_non_null(strstr(read_log(), "severity=error"));
	assert_non_null(strstr(logged, "did you mean"));
	assert_non_null(strstr(logged, "generation 1 stays in force"));
	/* It is said again after a minute, not before. */
	after(59999);
	assert_string_equal(read_log(), "");
	after(1000);
	assert_non_null(strstr(read_log(), "severity=error"));
	assert_in_force("avatar", 1, true);
	/* Another mistake is news. */
	configuration("cloudinary = 1;\n");
	after(1000);
	assert_non_null(strstr(read_log(), "cloudinary"));
	configuration(OTHER);
	after(1000);
	assert_in_force("other", 2, false);
	/* A secret that all can read is as bad as a wrong line. */
	settle();
	sandbox_file(&box, "session.key", SANDBOX_KEY, 0644);
	after(1000);
	assert_in_force("other", 2, true);
	assert_non_null(strstr(read_log(), "session.key"));
	assert_null(strstr(logged, SANDBOX_KEY));
	sandbox_file(&box, "session.key", SANDBOX_KEY, 0600);
	after(1000);
	assert_in_force("other", 3, false);
}

static void
take_away(const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", box.dir, name);
	assert_int_equal(unlink(path), 0);
}

/* The configuration, and a secret that it names. */
TEST_WITH(deleted, set_up, tear_down)
{
	static const char *const names[] = { "signpost.conf", "session.key" };

	for (unsigned i = 0; i < 2; i++) {
		take_away(names[i]);
		after(1000);
		assert_null(serve.config);
		assert_null(live.config);
		assert_false(serve.world.outdated);
		assert_int_equal(serve.world.generation, i + 1);
		assert_non_null(strstr(read_log(), names[i]));
		assert_non_null(strstr(logged, "it is gone"));
		after(30000);
		assert_string_equal(read_log(), "");
		after(30000);
		assert_non_null(strstr(read_log(), "severity=error"));
		configuration(GOOD);
		sandbox_file(&box, "session.key", SANDBOX_KEY, 0600);
		after(1000);
		assert_in_force("avatar", i + 2, false);
		settle();
		read_log();
	}
}

/* One that stays in force though bad goes with its files too. */
TEST_WITH(deleted_while_bad, set_up, tear_down)
{
	configuration(BAD);
	after(0);
	assert_in_force("avatar", 1, true);
	settle();
	/* The bad one never came as far as the keys. */
	live.last.n = 1;
	take_away("session.key");
	after(1000);
	assert_null(serve.config);
}

/* What is named no more may go, at the same time. */
TEST_WITH(deleted_and_not_named, set_up, tear_down)
{
	configuration(SANDBOX_CLOUD "session = { cookie = \"session\";\n"
				    "  keys = ( { id = \"2\"; file = "
				    "\"next.key\"; } ); };\n" SANDBOX_POLICIES);
	sandbox_file(
	    &box, "next.key", "another-key-of-32-bytes-or-more-2", 0600);
	take_away("session.key");
	after(0);
	assert_in_force("avatar", 2, false);
}

TEST_WITH(bad_at_start, set_up, tear_down)
{
	live_end(&live, &serve);
	configuration(BAD);
	live_start(&live, &serve, box.conf);
	now = live.next_look;
	assert_null(serve.config);
	assert_int_equal(serve.world.generation, 0);
	assert_non_null(strstr(read_log(), "severity=error"));
	after(0);
	assert_string_equal(read_log(), "");
	assert_false(serve.world.outdated);
	configuration(GOOD);
	after(1000);
	assert_in_force("avatar", 1, false);
}

/* Nobody's path, or a folder's that is not there. */
TEST_WITH(nowhere, set_up, tear_down)
{
	char path[96];

	live_end(&live, &serve);
	live_start(&live, &serve, NULL);
	live_look(&live, &serve, live.next_look + 100000);
	assert_null(serve.config);
	assert_string_equal(read_log(), "");
	live_end(&live, &serve);
	snprintf(path, sizeof(path), "%s/none/signpost.conf", box.dir);
	live_start(&live, &serve, path);
	live_look(&live, &serve, live.next_look);
	assert_null(serve.config);
	assert_non_null(strstr(read_log(), "severity=error"));
}
