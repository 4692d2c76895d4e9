#include "test.h"

#include <limits.h>

#include "counting.h"
#include "store/bucket.h"

static struct bucket
empty(const struct hmac_key *key, unsigned number)
{
	struct bucket b = { .number = number, .loaded = true };

	bucket_clear(&b, key);
	assert_int_equal(b.changed, 0xff);
	b.changed = 0;
	return b;
}

/* A slot whose windows of all lengths end then. */
static struct slot
until(const char *tag, long long end)
{
	struct slot slot = { .tag = { 0 } };

	memcpy(slot.tag, tag, strlen(tag));
	for (size_t i = 0; i < SLOT_WINDOWS; i++)
		slot.windows[i] = (struct slot_window){ end, 1 };
	return slot;
}

TEST(test_places)
{
	const struct hmac_key *key = counting_key("a");

	for (unsigned buckets = BUCKETS_MIN; buckets <= 9; buckets++) {
		unsigned seen[2] = { 0, 0 };

		for (unsigned i = 0; i < 500; i++) {
			struct span name = { (unsigned char *)&i, sizeof(i) };
			struct place known, open;

			assert_true(place_find(
			    key, name, CROWD_KNOWN, buckets, &known));
			assert_true(
			    place_find(key, name, CROWD_OPEN, buckets, &open));
			assert_memory_equal(known.tag, open.tag, SLOT_TAG);
			assert_int_not_equal(
			    known.buckets[0], known.buckets[1]);
			for (size_t j = 0; j < 2; j++) {
				assert_in_range(
				    known.buckets[j], 0, buckets - 1);
				assert_int_equal(open.buckets[j],
				    known.buckets[j] + buckets);
				seen[j] |= 1U << known.buckets[j];
			}
		}
		assert_int_equal(seen[0], (1U << buckets) - 1);
		assert_int_equal(seen[1], (1U << buckets) - 1);
	}
}

TEST(test_no_place)
{
	const struct hmac_key *key = counting_key("a");
	struct place place, other;

	assert_false(place_find(key, SPAN_LIT("x"), CROWD_NONE, 8, &place));
	assert_false(place_find(key, SPAN_LIT("x"), CROWD_OPEN, 1, &place));
	assert_false(place_find(key, SPAN_LIT("x"), CROWD_OPEN, 0, &place));
	assert_true(place_find(key, SPAN_LIT("x"), CROWD_OPEN, 2, &place));
	assert_true(
	    place_find(key, SPAN_LIT("x"), CROWD_OPEN, BUCKETS_MAX, &place));
	/* An empty name is one, and the key matters. */
	assert_true(place_find(key, SPAN_LIT(""), CROWD_OPEN, 2, &place));
	assert_true(
	    place_find(counting_key("b"), SPAN_LIT(""), CROWD_OPEN, 2, &other));
	assert_memory_not_equal(place.tag, other.tag, SLOT_TAG);
}

/*
 * python3 -c 'import hmac; m = hmac.digest(b"test key", b"name" + b"alice",
 * "sha256"); n = lambda i: int.from_bytes(m[i:i + 8], "little"); a = n(16) %
 * 4096; print(m[:16].hex(), a, (a + 1 + n(24) % 4095) % 4096)'
 */
TEST(test_golden_place)
{
	static const unsigned char tag[] = { 0xc6, 0xf1, 0x37, 0x13, 0xcc, 0xe9,
		0x86, 0x10, 0x20, 0xe6, 0x84, 0xaa, 0x40, 0x6c, 0x89, 0xb1 };
	struct place place;

	assert_true(place_find(counting_key("test key"), SPAN_LIT("alice"),
	    CROWD_OPEN, 4096, &place));
	assert_memory_equal(place.tag, tag, SLOT_TAG);
	assert_int_equal(place.buckets[0], 4096 + 2000);
	assert_int_equal(place.buckets[1], 4096 + 1429);
}

TEST(test_find)
{
	const struct hmac_key *key = counting_key("a");
	struct bucket b = empty(key, 3);
	struct slot slot = until("tag", NOW + 1), out;
	unsigned at = 99;

	assert_int_equal(bucket_index(&b, 0), 24);
	for (unsigned i = 0; i < BUCKET_SLOTS; i++) {
		b = empty(key, 3);
		assert_false(bucket_find(&b, key, slot.tag, &at, &out));
		bucket_put(&b, key, i, &slot);
		assert_int_equal(b.changed, 1U << i);
		assert_true(bucket_find(&b, key, slot.tag, &at, &out));
		assert_int_equal(at, i);
		assert_int_equal(slot_end(&out), NOW + 1);
		assert_false(
		    bucket_find(&b, key, until("tah", 0).tag, &at, &out));
		/* Damaged: not found; a good one behind it is. */
		b.bytes[i * SLOT_BYTES + 20] ^= 1;
		assert_false(bucket_find(&b, key, slot.tag, &at, &out));
		bucket_put(&b, key, (i + 1) % BUCKET_SLOTS, &slot);
		assert_true(bucket_find(&b, key, slot.tag, &at, &out));
		assert_int_equal(at, (i + 1) % BUCKET_SLOTS);
	}
}

TEST(test_survey)
{
	const struct hmac_key *key = counting_key("a");
	struct bucket b = empty(key, 3);
	struct slot over = until("over", NOW), live = until("live", NOW + 1);
	struct slot later = until("late", NOW + 9);
	struct survey seen = bucket_survey(&b, key, NOW);

	assert_int_equal(seen.n_free, BUCKET_SLOTS);
	assert_int_equal(seen.first_free, 0);
	assert_true(seen.first_end == LLONG_MAX);
	assert_false(seen.blocked || seen.damaged);
	bucket_put(&b, key, 0, &later);
	bucket_put(&b, key, 1, &over);
	for (unsigned i = 2; i < BUCKET_SLOTS; i++)
		bucket_put(&b, key, i, i == 5 ? &live : &later);
	b.changed = 0;
	seen = bucket_survey(&b, key, NOW);
	assert_int_equal(seen.n_free, 1);
	assert_int_equal(seen.first_free, 1);
	assert_int_equal(seen.first_end, NOW + 1);
	assert_int_equal(b.changed, 0);
	assert_false(seen.blocked || seen.damaged);
	b.claimed = 2;
	assert_int_equal(bucket_survey(&b, key, NOW).n_free, 0);
}

/* Each slot in turn: blocked for a day, and not damaged any more. */
TEST(test_damaged)
{
	const struct hmac_key *key = counting_key("a");

	for (unsigned i = 0; i < BUCKET_SLOTS; i++) {
		struct bucket b = empty(key, 3);
		struct survey seen;

		memset(b.bytes + i * SLOT_BYTES, 0, SLOT_BYTES);
		seen = bucket_survey(&b, key, NOW);
		assert_true(seen.damaged && seen.blocked);
		assert_int_equal(seen.n_free, BUCKET_SLOTS - 1);
		assert_int_equal(seen.first_free, i == 0);
		assert_int_equal(seen.first_end, NOW + SLOT_BLOCK_SECONDS);
		assert_int_equal(b.changed, 1U << i);
		seen = bucket_survey(&b, key, NOW + SLOT_BLOCK_SECONDS - 1);
		assert_true(seen.blocked && !seen.damaged);
		seen = bucket_survey(&b, key, NOW + SLOT_BLOCK_SECONDS);
		assert_false(seen.blocked || seen.damaged);
		assert_int_equal(seen.n_free, BUCKET_SLOTS);
	}
}

/* Others' slots of a clock that was ahead become free in time as well. */
TEST(test_settles)
{
	const struct hmac_key *key = counting_key("a");
	struct bucket b = empty(key, 3);
	struct slot ahead = until("ahead", NOW + 1000LL * SLOT_DAY);

	for (unsigned i = 0; i < BUCKET_SLOTS; i++)
		bucket_put(&b, key, i, &ahead);
	b.changed = 0;
	assert_int_equal(bucket_survey(&b, key, NOW).n_free, 0);
	assert_int_equal(b.changed, 0xff);
	b.changed = 0;
	assert_int_equal(
	    bucket_survey(&b, key, NOW + SLOT_DAY).n_free, BUCKET_SLOTS);
	assert_int_equal(b.changed, 0);
}
