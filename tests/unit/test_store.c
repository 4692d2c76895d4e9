#define _GNU_SOURCE

#include "test.h"

#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>

#include "folder.h"
#include "store/redis.h"

TEST(a_file_counts)
{
	static const struct limit few[] = { { 5, 3600 } };
	struct store_config config = { .kind = STORE_FILE,
		.place = span_of(in_folder("counts")) };
	struct tally t = { .name = SPAN_LIT("a"),
		.crowd = CROWD_KNOWN,
		.n = 1,
		.limits = few };
	struct counters *c = store_new(&config);

	assert_non_null(c);
	/* Nothing is opened yet. */
	assert_int_equal(access(in_folder("counts"), F_OK), -1);
	assert_int_equal(c->take(c, &t, 1, 5, 1767225600).what, COUNTERS_TAKEN);
	assert_int_equal(c->take(c, &t, 1, 1, 1767225600).what, COUNTERS_FULL);
	c->close(c);
	assert_int_equal(access(in_folder("counts/counters"), F_OK), 0);
}

TEST(what_is_not_built_in_is_said)
{
	const struct store_config file = { .kind = STORE_FILE };
	const struct store_config tcp = { .kind = STORE_TCP };
	const struct store_config local = { .kind = STORE_UNIX };

	assert_null(store_missing(&file));
	assert_int_equal(store_missing(&tcp) == NULL, redis_built_in());
	assert_int_equal(store_missing(&local) == NULL, redis_built_in());
}

/* Nobody is there: a store all the same, which says so. */
TEST(a_server_is_asked_later)
{
	struct store_config configs[] = {
		{ .kind = STORE_UNIX, .place = span_of(in_folder("socket")) },
		{ .kind = STORE_TCP,
		    .place = SPAN_INIT("127.0.0.1"),
		    .port = 1 },
	};

	for (size_t i = 0; i < 2; i++) {
		struct counters *c = store_new(&configs[i]);

		assert_int_equal(c != NULL, redis_built_in());
		if (c == NULL)
			continue;
		assert_non_null(strstr(c->probe(c), "redis at"));
		c->close(c);
	}
}

TEST(no_kind_is_no_store)
{
	struct store_config config = { .kind = STORE_NONE };

	assert_null(store_new(&config));
}

GROUP(folder_setup, folder_teardown);
