#include "test.h"

#include <limits.h>

#include "counting.h"
#include "store/slot.h"

#define MINUTE_END (DAY_START + 5 * 3600 + 8 * 60)
#define HOUR_END (DAY_START + 6 * 3600)
#define DAY_END (DAY_START + 86400)

static const struct slot sample = { "0123456789abcde",
	{ { MINUTE_END, 1 }, { HOUR_END, 0x01020304 },
	    { DAY_END, UINT_MAX } } };

TEST(test_numbers)
{
	unsigned char out[9];

	for (size_t n = 1; n <= 8; n++) {
		memset(out, 0xee, sizeof(out));
		slot_put(out, n, 0x0807060504030201ULL);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(out[i], i + 1);
		assert_int_equal(out[n], 0xee);
		assert_int_equal(slot_get(out, n),
		    n == 8 ? 0x0807060504030201ULL
			   : 0x0807060504030201ULL & ((1ULL << 8 * n) - 1));
	}
	memset(out, 0xff, sizeof(out));
	assert_true(slot_get(out, 8) == ULLONG_MAX);
}

/*
 * python3 -c 'import hmac; b = b"0123456789abcde\0" + b"".join(
 *   e.to_bytes(8, "little") + c.to_bytes(4, "little") for e, c in
 *   ((1700024880, 1), (1700028000, 0x01020304), (1700092800, 2**32 - 1))) +
 *   bytes(4); print((b + hmac.digest(b"test key", b"slot" +
 *   (7).to_bytes(4, "little") + b, "sha256")[:8]).hex())'
 */
TEST(test_layout)
{
	static const unsigned char wanted[] = { 0x30, 0x31, 0x32, 0x33, 0x34,
		0x35, 0x36, 0x37, 0x38, 0x39, 0x61, 0x62, 0x63, 0x64, 0x65,
		0x00, 0x30, 0x52, 0x54, 0x65, 0x00, 0x00, 0x00, 0x00, 0x01,
		0x00, 0x00, 0x00, 0x60, 0x5e, 0x54, 0x65, 0x00, 0x00, 0x00,
		0x00, 0x04, 0x03, 0x02, 0x01, 0x80, 0x5b, 0x55, 0x65, 0x00,
		0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00,
		0x00, 0x9d, 0xea, 0x19, 0x8e, 0x8f, 0x50, 0xda, 0x4f };
	unsigned char out[SLOT_BYTES];

	memset(out, 0xee, sizeof(out));
	slot_pack(counting_key("test key"), 7, &sample, out);
	assert_int_equal(sizeof(wanted), SLOT_BYTES);
	assert_memory_equal(out, wanted, SLOT_BYTES);
}

static bool
unpacks(const char *key, unsigned index, const unsigned char *bytes)
{
	static const struct slot nothing;
	struct slot out;
	bool good;

	memset(&out, 0xee, sizeof(out));
	good = slot_unpack(counting_key(key), index, bytes, &out);
	if (good) {
		assert_memory_equal(out.tag, sample.tag, SLOT_TAG);
	} else {
		assert_memory_equal(out.tag, nothing.tag, SLOT_TAG);
		assert_int_equal(slot_end(&out), 0);
	}
	return good;
}

TEST(test_round)
{
	unsigned char bytes[SLOT_BYTES];
	struct slot out;

	slot_pack(counting_key("a"), 7, &sample, bytes);
	assert_true(slot_unpack(counting_key("a"), 7, bytes, &out));
	assert_memory_equal(out.tag, sample.tag, SLOT_TAG);
	for (size_t i = 0; i < SLOT_WINDOWS; i++) {
		assert_int_equal(out.windows[i].end, sample.windows[i].end);
		assert_int_equal(out.windows[i].count, sample.windows[i].count);
	}
}

TEST(test_damaged)
{
	unsigned char bytes[SLOT_BYTES], zeros[SLOT_BYTES] = { 0 };

	slot_pack(counting_key("a"), 7, &sample, bytes);
	assert_true(unpacks("a", 7, bytes));
	assert_false(unpacks("b", 7, bytes));
	assert_false(unpacks("a", 6, bytes));
	assert_false(unpacks("a", 8, bytes));
	assert_false(unpacks("a", 7 + 256, bytes));
	assert_false(unpacks("a", 7, zeros));
	for (unsigned bit = 0; bit < 8 * SLOT_BYTES; bit++) {
		bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
		assert_false(unpacks("a", 7, bytes));
		bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
	}
	assert_true(unpacks("a", 7, bytes));
}

TEST(test_window)
{
	size_t found = 0;

	for (unsigned seconds = 0; seconds < 100000; seconds++)
		found += slot_window(seconds) < SLOT_WINDOWS;
	assert_int_equal(found, SLOT_WINDOWS);
	assert_int_equal(slot_window(60), 0);
	assert_int_equal(slot_window(3600), 1);
	assert_int_equal(slot_window(86400), 2);
	assert_int_equal(slot_window(UINT_MAX), SLOT_WINDOWS);
}

/* All three, from one second to the next. */
TEST(test_rolls)
{
	static const long long ends[] = { MINUTE_END, HOUR_END, DAY_END };
	static const unsigned lengths[] = { 60, 3600, 86400 };

	for (size_t i = 0; i < SLOT_WINDOWS; i++) {
		struct slot slot = { .tag = "x" };

		assert_int_equal(slot_used(&slot, i, NOW), 0);
		assert_int_equal(slot_resets(&slot, i, NOW), ends[i] - NOW);
		slot_add(&slot, i, 3, NOW);
		slot_add(&slot, i, 20, NOW);
		assert_int_equal(slot_end(&slot), ends[i]);
		assert_int_equal(slot_used(&slot, i, NOW), 23);
		assert_int_equal(slot_used(&slot, i, ends[i] - 1), 23);
		assert_int_equal(slot_resets(&slot, i, ends[i] - 1), 1);
		assert_int_equal(slot_used(&slot, i, ends[i]), 0);
		assert_int_equal(slot_resets(&slot, i, ends[i]), lengths[i]);
		slot_add(&slot, i, 2, ends[i]);
		assert_int_equal(slot_used(&slot, i, ends[i]), 2);
		assert_int_equal(slot_end(&slot), ends[i] + lengths[i]);
		for (size_t j = 0; j < SLOT_WINDOWS; j++)
			if (j != i)
				assert_int_equal(slot.windows[j].end, 0);
	}
}

/* The first and the last time that there is. */
TEST(test_times)
{
	struct slot slot = { .tag = "x" };

	for (size_t i = 0; i < SLOT_WINDOWS; i++) {
		slot = (struct slot){ .tag = "x" };
		slot_add(&slot, i, 1, 1);
		assert_int_equal(slot_used(&slot, i, 1), 1);
		assert_false(slot_settle(&slot, 1));
		slot_add(&slot, i, 1, SLOT_NOW_MAX);
		assert_int_equal(slot_used(&slot, i, SLOT_NOW_MAX), 1);
		assert_int_equal(slot_resets(&slot, i, SLOT_NOW_MAX), 1);
		assert_false(slot_settle(&slot, SLOT_NOW_MAX));
	}
	slot.windows[0].end = LLONG_MAX;
	assert_int_equal(slot_resets(&slot, 0, NOW), 60);
	assert_true(slot_settle(&slot, NOW));
	assert_int_equal(slot.windows[0].end, MINUTE_END);
}

/* A clock that went back: the count stays, the end comes nearer. */
TEST(test_settle)
{
	static const long long lengths[] = { 60, 3600, 86400 };

	for (size_t i = 0; i < SLOT_WINDOWS; i++) {
		long long start = NOW / lengths[i] * lengths[i];
		struct slot slot = { .tag = "x" };

		slot_add(&slot, i, 5, start);
		/* Just before it began, it is the present one. */
		for (long long back = 0; back <= SLOT_SLACK_SECONDS; back++) {
			assert_false(slot_settle(&slot, start - back));
			assert_int_equal(slot_used(&slot, i, start - back), 5);
			assert_int_equal(
			    slot_resets(&slot, i, start - back), lengths[i]);
		}
		assert_true(slot_settle(&slot, start - SLOT_SLACK_SECONDS - 1));
		assert_int_equal(slot_end(&slot), start);
		assert_int_equal(slot_used(&slot, i, start - 1), 5);
		assert_int_equal(slot_used(&slot, i, start), 0);
		assert_false(
		    slot_settle(&slot, start - SLOT_SLACK_SECONDS - 1));
		/* By far. */
		slot_add(&slot, i, 7, NOW + 10000 * SLOT_DAY);
		assert_true(slot_settle(&slot, NOW));
		assert_int_equal(slot_end(&slot), start + lengths[i]);
		assert_int_equal(slot_used(&slot, i, NOW), 7);
	}
}

TEST(test_block)
{
	struct slot slot = sample, empty = { .tag = { 0 } };

	assert_false(slot_blocked(&slot, NOW));
	assert_false(slot_blocked(&empty, NOW));
	slot_block(&slot, NOW);
	assert_false(slot_settle(&slot, NOW));
	assert_true(slot_blocked(&slot, NOW));
	assert_true(slot_blocked(&slot, NOW + SLOT_BLOCK_SECONDS - 1));
	assert_false(slot_blocked(&slot, NOW + SLOT_BLOCK_SECONDS));
	assert_int_equal(slot_end(&slot), NOW + SLOT_BLOCK_SECONDS);
	/* Not for longer when the clock goes back. */
	assert_false(slot_settle(&slot, NOW - SLOT_SLACK_SECONDS));
	assert_true(slot_settle(&slot, NOW - SLOT_SLACK_SECONDS - 1));
	assert_int_equal(
	    slot_end(&slot), NOW - SLOT_SLACK_SECONDS - 1 + SLOT_BLOCK_SECONDS);
	assert_true(slot_blocked(&slot, NOW - SLOT_SLACK_SECONDS - 1));
}
