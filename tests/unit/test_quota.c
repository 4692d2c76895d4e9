/* What is counted is in tests/cases/requests/limits.cases: but not its room. */

#include "test.h"

#include "fake_counters.h"
#include "policy/quota.h"

/* The longest names, in exactly as much room as they take and in less. */
TEST(no_room)
{
	static unsigned char mem[4096], name[SEGMENT_MAX], user[USER_MAX];
	static const struct limit limit = { 20, 3600 };
	static const struct cloud cloud = { .cloud_name = SPAN_INIT(
						"a-cloud-of-some-name") };
	const struct policy policy = { .name = { name, sizeof(name) },
		.cloud = &cloud,
		.n_limits = 1,
		.limits = &limit,
		.n_totals = 1,
		.totals = &limit };
	const struct session session = { .open = true,
		.user = { user, sizeof(user) } };
	const struct facts facts = { .session = &session, .now = 1767225600 };
	size_t n = cloud.cloud_name.n + sizeof(name),
	       each = n + sizeof(user) + 64;
	struct counting counting;

	memset(name, 'p', sizeof(name));
	memset(user, 'u', sizeof(user));
	counting_open(&counting);
	for (size_t room = 0; room <= 2 * each; room++) {
		struct answer answer = { .status = 0 };
		struct problem why;
		struct arena arena;

		arena_init(&arena, mem, room);
		problem_clear(&why);
		assert_int_equal(quota_take(&policy, &facts, &counting.counters,
				     1, &arena, &answer, &why),
		    room == 2 * each);
		assert_int_equal(why.status, room == 2 * each ? 0 : 500);
		assert_int_equal(counting.takes, room == 2 * each);
	}
	assert_int_equal(counting.given[0].name.n, n + sizeof(user) + 7);
	assert_int_equal(counting.given[1].name.n, n + 7);
}
