#include "test.h"

#include <limits.h>

#include "gateway/pool.h"
#include "serving.h"

#define TIME (REQUEST_SECONDS * 1000LL)

static struct pool pool;

static void
put(size_t i, enum connection_stage stage, long long since)
{
	pool.c[i] = (struct connection){ .stage = stage,
		.fd = open("/dev/null", O_RDONLY),
		.since = since };
	assert_true(pool.c[i].fd >= 0);
}

FIXTURE(clear)
{
	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++)
		connection_close(&pool.c[i]);
}

TEST_WITH(test_empty, NULL, clear)
{
	struct survey found = pool_survey(&pool, 1000, LLONG_MAX);

	assert_false(found.open);
	assert_true(pool_has_room(&pool));
	assert_int_equal(found.deadline, LLONG_MAX);
	assert_ptr_equal(pool_take(&pool), &pool.c[0]);
	pool_close_idlest(&pool);
}

TEST_WITH(test_deadlines, NULL, clear)
{
	struct survey found;

	put(0, CONNECTION_SILENT, 1000);
	put(1, CONNECTION_PARTIAL, 2000);
	put(2, CONNECTION_KEPT, 0);
	put(3, CONNECTION_DISCARD, 3000);
	found = pool_survey(&pool, 1000 + TIME - 1, LLONG_MAX);
	assert_true(found.open);
	assert_int_equal(found.deadline, 1000 + TIME);
	assert_int_equal(pool.c[0].stage, CONNECTION_SILENT);
	found = pool_survey(&pool, 1000 + TIME, LLONG_MAX);
	assert_int_equal(pool.c[0].stage, CONNECTION_CLOSED);
	assert_int_equal(found.deadline, 2000 + TIME);
	found = pool_survey(&pool, 3000 + TIME, LLONG_MAX);
	assert_int_equal(pool.c[1].stage, CONNECTION_CLOSED);
	assert_int_equal(pool.c[3].stage, CONNECTION_CLOSED);
	assert_int_equal(pool.c[2].stage, CONNECTION_KEPT);
	assert_int_equal(found.deadline, LLONG_MAX);
	assert_true(found.open);
}

/* At the end kept ones go at once, the others when it has come. */
TEST_WITH(test_end, NULL, clear)
{
	struct survey found;

	put(0, CONNECTION_SILENT, 1000);
	put(1, CONNECTION_KEPT, 1000);
	put(2, CONNECTION_PARTIAL, 0);
	found = pool_survey(&pool, 1500, 1700);
	assert_int_equal(pool.c[1].stage, CONNECTION_CLOSED);
	assert_int_equal(found.deadline, 1700);
	assert_true(found.open);
	found = pool_survey(&pool, 1700, 1700);
	assert_false(found.open);
	put(0, CONNECTION_PARTIAL, 0);
	found = pool_survey(&pool, 100, TIME + 1);
	assert_int_equal(found.deadline, TIME);
}

/* Where all is taken, who does not finish soon makes room for others. */
TEST_WITH(test_crowded, NULL, clear)
{
	struct survey found;

	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++)
		put(i, CONNECTION_PARTIAL, 2000);
	pool.c[3].since = 1000;
	pool.c[4].stage = CONNECTION_SILENT;
	pool.c[4].since = 1001;
	found = pool_survey(&pool, 1999, LLONG_MAX);
	assert_false(pool_has_room(&pool));
	assert_int_equal(found.deadline, 2000);
	found = pool_survey(&pool, 2000, LLONG_MAX);
	assert_int_equal(pool.c[3].stage, CONNECTION_CLOSED);
	assert_int_equal(pool.c[4].stage, CONNECTION_SILENT);
	/* Now there is room, and time. */
	found = pool_survey(&pool, 2500, LLONG_MAX);
	assert_int_equal(pool.c[4].stage, CONNECTION_SILENT);
	assert_int_equal(found.deadline, 1001 + TIME);
	/* A kept one makes room before anybody is hurried. */
	put(3, CONNECTION_KEPT, 0);
	found = pool_survey(&pool, 3500, LLONG_MAX);
	assert_int_equal(pool.c[4].stage, CONNECTION_SILENT);
}

TEST_WITH(test_room, NULL, clear)
{
	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++)
		put(i, CONNECTION_PARTIAL, 1000);
	assert_false(pool_has_room(&pool));
	assert_null(pool_take(&pool));
	pool.c[7].stage = CONNECTION_KEPT;
	pool.c[9].stage = CONNECTION_KEPT;
	pool.c[9].since = 999;
	assert_true(pool_has_room(&pool));
	assert_ptr_equal(pool_take(&pool), &pool.c[9]);
	put(9, CONNECTION_SILENT, 1000);
	assert_ptr_equal(pool_take(&pool), &pool.c[7]);
	put(7, CONNECTION_SILENT, 1000);
	assert_null(pool_take(&pool));
}

GROUP(serving_open, NULL);
