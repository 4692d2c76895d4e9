#define _GNU_SOURCE

#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/random.h"
#include "hooks.h"

/* How the kernel's answers are to be spoilt; none by default. */
static struct {
	int interruptions, error, calls;
	size_t most;
	bool nothing;
} spoilt;

/* For hooks.getrandom. */
static ssize_t
spoilt_getrandom(void *out, size_t n, unsigned flags)
{
	assert_int_equal(flags, 0);
	spoilt.calls++;
	if (spoilt.nothing)
		return 0;
	errno = spoilt.interruptions > 0 ? EINTR : spoilt.error;
	if (errno != 0) {
		spoilt.interruptions--;
		return -1;
	}
	if (spoilt.most != 0 && n > spoilt.most)
		n = spoilt.most;
	return (ssize_t)syscall(SYS_getrandom, out, n, flags);
}

FIXTURE(start)
{
	memset(&spoilt, 0, sizeof(spoilt));
}

static bool
fill(unsigned char *out, size_t n)
{
	return random_kernel.fill(&random_kernel, out, n);
}

TEST_WITH(values_are_distinct, start, NULL)
{
	unsigned char values[256][16];

	for (size_t i = 0; i < 256; i++) {
		assert_true(fill(values[i], 16));
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(values[i], values[j], 16);
	}
}

/* Each bit of the n bytes is seen as 0 and as 1, and none behind changes. */
TEST_WITH(fills_all_and_no_more, start, NULL)
{
	static const size_t sizes[] = { 0, 1, 16, 255, 256, 257, 1000 };

	for (size_t i = 0; i < 7; i++) {
		unsigned char ones[1001] = { 0 }, zeros[1001] = { 0 };
		unsigned char out[1001];
		size_t n = sizes[i];

		for (int round = 0; round < 64; round++) {
			memset(out, 0xa5, sizeof(out));
			assert_true(fill(out, n));
			assert_int_equal(out[n], 0xa5);
			for (size_t at = 0; at < n; at++) {
				ones[at] |= out[at];
				zeros[at] |= (unsigned char)~out[at];
			}
		}
		for (size_t at = 0; at < n; at++)
			assert_int_equal(ones[at] & zeros[at], 0xff);
	}
}

TEST_WITH(short_answers_are_repeated, start, NULL)
{
	unsigned char ones[16] = { 0 };

	spoilt.most = 3;
	for (int round = 0; round < 64; round++) {
		unsigned char out[16] = { 0 };

		spoilt.interruptions = round % 3;
		spoilt.calls = 0;
		assert_true(fill(out, 16));
		assert_int_equal(spoilt.calls, 6 + round % 3);
		for (size_t at = 0; at < 16; at++)
			ones[at] |= out[at];
	}
	for (size_t at = 0; at < 16; at++)
		assert_int_equal(ones[at], 0xff);
}

TEST_WITH(failures, start, NULL)
{
	unsigned char out[16];

	spoilt.error = ENOSYS;
	assert_false(fill(out, 16));
	assert_int_equal(spoilt.calls, 1);
	spoilt.error = 0;
	spoilt.nothing = true;
	assert_false(fill(out, 16));
	spoilt.nothing = false;
	assert_true(fill(out, 16));
}

FIXTURE(open_group)
{
	hooks.getrandom = spoilt_getrandom;
}

GROUP(open_group, NULL);
