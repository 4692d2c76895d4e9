#include "test.h"

#include "store/redis_step.h"

#include <stdio.h>
#include <stdlib.h>

static const struct limit minute_day[] = { { 20, 60 }, { 100, 86400 } };
static const struct limit hour[] = { { 1000, 3600 } };

static void
two(struct tally tallies[2])
{
	tallies[0] = (struct tally){ .name = SPAN_LIT("demo/avatar/user/a"),
		.n = 2,
		.limits = minute_day };
	tallies[1] = (struct tally){
		.name = SPAN_LIT("demo/avatar/total"), .n = 1, .limits = hour
	};
}

TEST(a_step_is_one_command)
{
	static const char *const want[] = { "EVALSHA", NULL, "3",
		"signpost:demo/avatar/user/a:60",
		"signpost:demo/avatar/user/a:86400",
		"signpost:demo/avatar/total:3600", "5", "20", "60", "100",
		"86400", "1000", "3600" };
	static struct redis_step s;
	struct tally tallies[2];

	two(tallies);
	redis_step_init(&s);
	for (int again = 0; again < 2; again++) {
		assert_null(redis_step_plan(&s, tallies, 2, 5));
		assert_int_equal(s.n_words, 13);
		assert_int_equal(s.words[1].n, 40);
		for (size_t i = 0; i < 13; i++)
			if (want[i] != NULL)
				assert_true(span_is(s.words[i], want[i]));
		redis_step_spell_out(&s);
		assert_true(span_is(s.words[0], "EVAL"));
		assert_true(span_starts(s.words[1], SPAN_LIT("local now")));
		assert_int_equal(s.n_words, 13);
	}
}

TEST(names_are_any_bytes)
{
	static struct redis_step s;
	struct tally t = {
		.name = SPAN_INIT("a\0:60\r\n"), .n = 1, .limits = hour
	};

	redis_step_init(&s);
	assert_null(redis_step_plan(&s, &t, 1, 1));
	assert_true(span_eq(s.words[3], SPAN_LIT("signpost:a\0:60\r\n:3600")));
}

TEST(the_largest_step_fits)
{
	static const struct limit limits[] = { { LIMIT_COUNT_MAX, 60 },
		{ LIMIT_COUNT_MAX, 3600 }, { LIMIT_COUNT_MAX, 86400 } };
	static unsigned char names[2][REDIS_NAME_MAX + 1];
	static struct redis_step s;
	struct tally tallies[2];

	redis_step_init(&s);
	for (size_t i = 0; i < 2; i++) {
		memset(names[i], (int)('a' + i), sizeof(names[i]));
		tallies[i] =
		    (struct tally){ .name = { names[i], REDIS_NAME_MAX },
			    .n = 3,
			    .limits = limits };
	}
	assert_null(redis_step_plan(&s, tallies, 2, BATCH_MAX));
	assert_int_equal(s.n_words, REDIS_WORDS_MAX);
	assert_true(span_is(s.words[REDIS_WORDS_MAX - 1], "86400"));
	tallies[1].name.n++;
	assert_non_null(redis_step_plan(&s, tallies, 2, BATCH_MAX));
}

TEST(nonsense_is_not_sent)
{
	static const struct limit bad[] = { { 0, 60 },
		{ LIMIT_COUNT_MAX + 1, 60 }, { 1, 0 }, { 1, 86401 } };
	static const struct limit twice[] = { { 1, 60 }, { 2, 60 } };
	static struct redis_step s;
	struct tally t[2];

	redis_step_init(&s);
	two(t);
	assert_null(redis_step_plan(&s, t, 2, BATCH_MAX));
	assert_non_null(redis_step_plan(&s, t, 2, BATCH_MAX + 1));
	assert_non_null(redis_step_plan(&s, t, 2, 0));
	assert_non_null(redis_step_plan(&s, t, 0, 1));
	assert_non_null(redis_step_plan(&s, t, 3, 1));
	t[1].name = t[0].name;
	assert_non_null(redis_step_plan(&s, t, 2, 1));
	two(t);
	t[0].n = 0;
	assert_non_null(redis_step_plan(&s, t, 2, 1));
	t[0].n = POLICY_LIMITS_MAX + 1;
	assert_non_null(redis_step_plan(&s, t, 2, 1));
	t[0].n = 2;
	t[0].limits = twice;
	assert_non_null(redis_step_plan(&s, t, 2, 1));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		t[0].n = 1;
		t[0].limits = &bad[i];
		assert_non_null(redis_step_plan(&s, t, 2, 1));
	}
}

static enum redis_step_what
read(const long long *numbers, size_t n, struct tally *tallies)
{
	two(tallies);
	return redis_step_read(numbers, n, tallies, 2, 5);
}

TEST(answers_are_read)
{
	const long long taken[] = { 1, 20, 1, 5, 86400, 1000, 3600 };
	const long long full[] = { 0, 16, 60, 0, 1, LIMIT_COUNT_MAX, 2 };
	struct tally t[2];

	assert_int_equal(read(taken, 7, t), REDIS_STEP_TAKEN);
	assert_int_equal(t[0].counts[0].used, 20);
	assert_int_equal(t[0].counts[0].resets, 1);
	assert_int_equal(t[0].counts[1].used, 5);
	assert_int_equal(t[0].counts[1].resets, 86400);
	assert_int_equal(t[1].counts[0].used, 1000);
	assert_int_equal(t[1].counts[0].resets, 3600);
	assert_int_equal(read(full, 7, t), REDIS_STEP_FULL);
	assert_int_equal(t[1].counts[0].used, LIMIT_COUNT_MAX);
	assert_int_equal(
	    read((const long long[]){ 2 }, 1, t), REDIS_STEP_DAMAGED);
}

/* One number of a right answer is changed. */
static void
wrong(const long long *right, size_t at, long long number)
{
	long long numbers[7];
	struct tally t[2];

	memcpy(numbers, right, sizeof(numbers));
	numbers[at] = number;
	if (read(numbers, 7, t) != REDIS_STEP_NONSENSE)
		fail_msg("%d: %lld", (int)at, number);
}

TEST(wrong_answers_are_nonsense)
{
	const long long taken[] = { 1, 20, 1, 5, 86400, 1000, 3600 };
	const long long full[] = { 0, 16, 60, 0, 1, 0, 2 };
	struct tally t[2];

	for (size_t n = 0; n < 7; n++)
		assert_int_equal(read(taken, n, t), REDIS_STEP_NONSENSE);
	assert_int_equal(
	    read(
		(const long long[]){ 1, 20, 1, 5, 86400, 1000, 3600, 1 }, 8, t),
	    REDIS_STEP_NONSENSE);
	assert_int_equal(
	    read((const long long[]){ 2, 2 }, 2, t), REDIS_STEP_NONSENSE);
	wrong(taken, 0, 2);
	wrong(taken, 0, -1);
	wrong(taken, 0, 1LL << 32 | 1);
	wrong(taken, 1, 21);
	wrong(taken, 1, 4);
	wrong(taken, 1, -1);
	wrong(taken, 1, (1LL << 32) + 20);
	wrong(taken, 2, 0);
	wrong(taken, 2, 61);
	wrong(taken, 2, -1);
	wrong(taken, 4, 86401);
	wrong(taken, 5, 1001);
	wrong(taken, 6, 3601);
	assert_int_equal(read(full, 7, t), REDIS_STEP_FULL);
	/* 15 and 5 are 20: there was room, so why was it full? */
	wrong(full, 1, 15);
	wrong(full, 1, -1);
	wrong(full, 1, LIMIT_COUNT_MAX + 1);
	wrong(full, 2, 61);
	wrong(full, 0, 1);
}
