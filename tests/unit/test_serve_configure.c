#define _DEFAULT_SOURCE /* mkdtemp */

#include "test.h"

#include "base/clock.h"
#include "serving.h"

static struct span
in_box(char path[static 64], const char *name)
{
	snprintf(path, 64, "%s/%s", box.dir, name);
	return span_of(path);
}

TEST_WITH(test_none, serving_box_open, serving_box_close)
{
	static const struct config config;

	serve_configure(&serve, NULL, true);
	assert_null(serve.config);
	serve_configure(&serve, &config, true);
	assert_ptr_equal(serve.config, &config);
	assert_null(serve.world.counters);
	assert_null(serve.denied.path);
	assert_null(serve.log.path);
	assert_string_equal(read_log(), "");
}

TEST_WITH(test_all, serving_box_open, serving_box_close)
{
	char store[64], log[64], denied[64], path[96];
	struct config config = { .counts = true,
		.store = { .kind = STORE_FILE,
		    .place = in_box(store, "counts") },
		.log = in_box(log, "log"),
		.deny_users_file = in_box(denied, "denied") };

	for (int probe = 0; probe <= 1; probe++) {
		serve_configure(&serve, &config, probe == 1);
		assert_non_null(serve.world.counters);
		assert_string_equal(serve.denied.path, denied);
		log_event("test", (struct span){ NULL, 0 });
		assert_int_equal(access(log, F_OK), 0);
		/* Only a probe looks for it, and makes it. */
		assert_int_equal(access(store, F_OK), probe == 1 ? 0 : -1);
		serve_configure(&serve, NULL, false);
		assert_null(serve.config);
		assert_null(serve.world.counters);
		assert_null(serve.denied.path);
		assert_null(serve.log.path);
	}
	assert_string_equal(read_log(), "");
	snprintf(path, sizeof(path), "%s/counters", store);
	unlink(path);
	assert_int_equal(rmdir(store), 0);
}

/* Out of order: the log says so, when it is asked for, and all goes on. */
TEST_WITH(test_probe, serving_box_open, serving_box_close)
{
	char store[64];
	struct config config = { .counts = true,
		.store = { .kind = STORE_FILE,
		    .place = in_box(store, "session.key") } };

	serve_configure(&serve, &config, false);
	assert_string_equal(read_log(), "");
	serve_configure(&serve, &config, true);
	assert_non_null(serve.world.counters);
	assert_non_null(strstr(read_log(), "event=start reason="));
	assert_non_null(strstr(logged, store));
}

/*
 * Files of the same name are kept, under the new configuration's memory:
 * a deny list that is wrong for a moment still denies.
 */
TEST_WITH(test_kept, serving_box_open, serving_box_close)
{
	char *log = malloc(64), *denied = malloc(64);
	char log_too[64], denied_too[64], other[64];
	struct config old = { .log = in_box(log, "log"),
		.deny_users_file = in_box(denied, "denied") };
	struct config next = { .log = in_box(log_too, "log"),
		.deny_users_file = in_box(denied_too, "denied") };
	const struct names *names;
	int fd;

	sandbox_file(&box, "denied", "mallory\n", 0600);
	serve_configure(&serve, &old, true);
	fd = serve.log.fd;
	assert_true(fd >= 0);
	sandbox_file(&box, "denied", "mal lory\n\x01", 0600);
	serve_configure(&serve, &next, true);
	free(log);
	free(denied);
	assert_int_equal(serve.log.fd, fd);
	names = denied_now(&serve.denied, clock_milliseconds() + 5000);
	assert_non_null(names);
	assert_true(names_have(names, SPAN_LIT("mallory")));
	log_file_look(&serve.log, clock_milliseconds() + 5000);
	/* Another name is another file. */
	next.deny_users_file = in_box(other, "other");
	next.log = in_box(denied_too, "log2");
	serve_configure(&serve, &next, true);
	assert_null(denied_now(&serve.denied, clock_milliseconds() + 9000));
	assert_string_equal(serve.log.path, denied_too);
}
