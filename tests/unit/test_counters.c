#include "test.h"

#include "base/counters.h"

static const struct limit hour[] = { { 1000, 3600 } };

static void
two(struct tally tallies[3])
{
	static const struct limit minute_day[] = { { LIMIT_COUNT_MAX, 60 },
		{ 1, 86400 } };

	tallies[0] = (struct tally){
		.name = SPAN_LIT("a"), .n = 2, .limits = minute_day
	};
	tallies[1] =
	    (struct tally){ .name = SPAN_LIT("b"), .n = 1, .limits = hour };
	tallies[2] =
	    (struct tally){ .name = SPAN_LIT("c"), .n = 1, .limits = hour };
}

TEST(what_the_contract_allows)
{
	struct tally t[3];

	two(t);
	assert_null(counters_fault(t, 1, 1));
	assert_null(counters_fault(t, 2, BATCH_MAX));
}

TEST(what_it_does_not)
{
	static const struct limit bad[] = { { 0, 60 },
		{ LIMIT_COUNT_MAX + 1, 60 }, { 1, 0 }, { 1, 61 },
		{ 1, 86401 } };
	static const struct limit twice[] = { { 1, 60 }, { 2, 60 } };
	struct tally t[3];

	two(t);
	assert_non_null(counters_fault(t, 2, BATCH_MAX + 1));
	assert_non_null(counters_fault(t, 2, 0));
	assert_non_null(counters_fault(t, 0, 1));
	assert_non_null(counters_fault(t, 3, 1));
	t[1].name = t[0].name;
	assert_non_null(counters_fault(t, 2, 1));
	two(t);
	t[0].n = 0;
	assert_non_null(counters_fault(t, 2, 1));
	t[0].n = POLICY_LIMITS_MAX + 1;
	assert_non_null(counters_fault(t, 2, 1));
	t[0].n = 2;
	t[0].limits = twice;
	assert_non_null(counters_fault(t, 2, 1));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		t[0].n = 1;
		t[0].limits = &bad[i];
		assert_non_null(counters_fault(t, 2, 1));
	}
}

TEST(the_clock_goes_on)
{
	long long before = counters_clock();

	assert_true(counters_clock() >= before);
}
