#include "test.h"

#include "counting.h"
#include "store/slots_head.h"

static bool
fill_count(struct random_source *self, unsigned char *out, size_t n)
{
	(void)self;
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(i + 1);
	return true;
}

static bool
fill_none(struct random_source *self, unsigned char *out, size_t n)
{
	(void)self;
	memset(out, 0xee, n);
	return false;
}

static struct random_source counting = { fill_count }, failing = { fill_none };

/*
 * python3 -c 'import hashlib; b = b"signpost slots 1" +
 * (4096).to_bytes(4, "little") + bytes(12) + bytes(range(1, 33));
 * b += bytes(504 - len(b)); print(hashlib.sha256(b).hexdigest()[:16])'
 */
TEST(test_layout)
{
	static const unsigned char sum[] = { 0x33, 0x98, 0xa1, 0x3b, 0x40, 0x55,
		0x66, 0x87 };
	unsigned char head[SLOTS_HEAD];

	memset(head, 0xee, sizeof(head));
	assert_true(slots_head_make(&counting, 4096, head));
	assert_memory_equal(head, "signpost slots 1\0\x10\0", 20);
	for (unsigned i = 20; i < 504; i++)
		assert_int_equal(head[i], i >= 32 && i < 64 ? i - 31 : 0);
	assert_memory_equal(head + 504, sum, 8);
	assert_null(slots_head_fault(head, 4096));
}

TEST(test_faults)
{
	unsigned char head[SLOTS_HEAD];
	static const unsigned char zeros[SLOTS_HEAD];

	assert_true(slots_head_make(&counting, 8, head));
	assert_null(slots_head_fault(head, 8));
	assert_non_null(slots_head_fault(head, 7));
	assert_non_null(slots_head_fault(head, 9));
	assert_non_null(strstr(slots_head_fault(head, 9), "another number"));
	assert_non_null(slots_head_fault(zeros, 8));
	assert_non_null(slots_head_fault(zeros, 0));
	for (unsigned bit = 0; bit < 8 * SLOTS_HEAD; bit++) {
		head[bit / 8] ^= (unsigned char)(1U << bit % 8);
		assert_non_null(slots_head_fault(head, 8));
		head[bit / 8] ^= (unsigned char)(1U << bit % 8);
	}
	assert_null(slots_head_fault(head, 8));
}

TEST(test_random)
{
	unsigned char head[SLOTS_HEAD], other[SLOTS_HEAD];

	assert_false(slots_head_make(&failing, 8, head));
	assert_non_null(slots_head_fault(head, 8));
	assert_true(slots_head_make(&random_kernel, 8, head));
	assert_true(slots_head_make(&random_kernel, 8, other));
	assert_memory_not_equal(head + 32, other + 32, 32);
}

/* The key is bytes 32 to 63. */
TEST(test_key)
{
	alignas(max_align_t) unsigned char mem[HMAC_KEY_MAX];
	struct hmac_key *key = (struct hmac_key *)(void *)mem;
	unsigned char head[SLOTS_HEAD];
	char text[33] = "";
	struct place a, b;

	for (char i = 0; i < 32; i++)
		text[(size_t)i] = (char)(i + 1);
	assert_true(slots_head_make(&counting, 8, head));
	assert_true(slots_head_key(head, key));
	assert_true(place_find(key, SPAN_LIT("x"), CROWD_OPEN, 8, &a));
	assert_true(
	    place_find(counting_key(text), SPAN_LIT("x"), CROWD_OPEN, 8, &b));
	assert_memory_equal(a.tag, b.tag, SLOT_TAG);
}

TEST(test_size)
{
	assert_int_equal(slots_size(2), 512 + 4 * 512);
	assert_int_equal(slots_size(4096), 512 + 4194304);
	assert_int_equal(slots_size(BUCKETS_MAX), 512 + (1ULL << 30));
}
