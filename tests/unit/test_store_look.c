#define _GNU_SOURCE

#include "test.h"

#include "cli/store_look.h"

#include <stdio.h>
#include <stdlib.h>

#include "folder.h"
#include "store/redis.h"
#include "store/store.h"

static char said[4096];

static bool
look(enum store_kind kind, const char *place)
{
	struct store_config config = {
		.kind = kind, .place = span_of(place), .port = 1
	};
	struct sink why;
	bool fit;

	sink_init(&why, said, sizeof(said) - 1);
	fit = store_look(&config, &why);
	said[why.n] = '\0';
	assert_int_equal(fit, why.n == 0);
	return fit;
}

/* Nothing is there yet, and nothing is there afterwards. */
TEST(nothing_is_made)
{
	assert_true(look(STORE_FILE, in_folder("new")));
	assert_int_equal(access(in_folder("new"), F_OK), -1);
	assert_int_equal(mkdir(in_folder("new"), 0700), 0);
	assert_true(look(STORE_FILE, in_folder("new")));
	assert_int_equal(access(in_folder("new/counters"), F_OK), -1);
	assert_false(look(STORE_FILE, in_folder("none/new")));
	assert_non_null(strstr(said, "there is no folder"));
}

TEST(what_is_there_is_tried)
{
	struct store_config config = { .kind = STORE_FILE,
		.place = span_of(in_folder("used")) };
	struct counters *c = store_new(&config);

	assert_null(c->probe(c));
	c->close(c);
	assert_true(look(STORE_FILE, in_folder("used")));
	assert_int_equal(truncate(in_folder("used/counters"), 100), 0);
	assert_false(look(STORE_FILE, in_folder("used")));
	assert_non_null(strstr(said, "it has 100 bytes"));
	assert_false(look(STORE_FILE, in_folder("used/counters")));
	assert_non_null(strstr(said, "is no folder"));
}

TEST(a_folder_of_others)
{
	if (geteuid() != 0)
		skip(); /* root alone can become another user here */
	assert_int_equal(mkdir(in_folder("roots"), 0700), 0);
	assert_int_equal(seteuid(65534), 0);
	assert_false(look(STORE_FILE, in_folder("roots")));
	assert_non_null(strstr(said, "can't write to the folder"));
	assert_false(look(STORE_FILE, in_folder("absent")));
	assert_non_null(strstr(said, "can't make it"));
	assert_int_equal(seteuid(0), 0);
}

TEST(nobody_answers)
{
	assert_false(look(STORE_UNIX, in_folder("socket")));
	assert_non_null(
	    strstr(said, redis_built_in() ? "redis at" : "no memory"));
}

GROUP(folder_setup, folder_teardown);
