#define _GNU_SOURCE
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "folder.h"
#include "store/redis.h"

static void
a_file_counts(void **state)
{
	static const struct limit few[] = { { 5, 3600 } };
	struct store_config config = { .kind = STORE_FILE,
		.place = span_of(in_folder("counts")) };
	struct tally t = { .name = SPAN_LIT("a"),
		.crowd = CROWD_KNOWN,
		.n = 1,
		.limits = few };
	struct counters *c = store_new(&config);

	(void)state;
	assert_non_null(c);
	/* Nothing is opened yet. */
	assert_int_equal(access(in_folder("counts"), F_OK), -1);
	assert_int_equal(c->take(c, &t, 1, 5, 1767225600).what, COUNTERS_TAKEN);
	assert_int_equal(c->take(c, &t, 1, 1, 1767225600).what, COUNTERS_FULL);
	c->close(c);
	assert_int_equal(access(in_folder("counts/counters"), F_OK), 0);
}

static void
what_is_not_built_in_is_said(void **state)
{
	const struct store_config file = { .kind = STORE_FILE };
	const struct store_config tcp = { .kind = STORE_TCP };
	const struct store_config local = { .kind = STORE_UNIX };

	(void)state;
	assert_null(store_missing(&file));
	assert_int_equal(store_missing(&tcp) == NULL, redis_built_in());
	assert_int_equal(store_missing(&local) == NULL, redis_built_in());
}

/* Nobody is there: a store all the same, which says so. */
static void
a_server_is_asked_later(void **state)
{
	struct store_config configs[] = {
		{ .kind = STORE_UNIX, .place = span_of(in_folder("socket")) },
		{ .kind = STORE_TCP,
		    .place = SPAN_INIT("127.0.0.1"),
		    .port = 1 },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct counters *c = store_new(&configs[i]);

		assert_int_equal(c != NULL, redis_built_in());
		if (c == NULL)
			continue;
		assert_non_null(strstr(c->probe(c), "redis at"));
		c->close(c);
	}
}

static void
no_kind_is_no_store(void **state)
{
	struct store_config config = { .kind = STORE_NONE };

	(void)state;
	assert_null(store_new(&config));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_counts),
		cmocka_unit_test(what_is_not_built_in_is_said),
		cmocka_unit_test(a_server_is_asked_later),
		cmocka_unit_test(no_kind_is_no_store),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
