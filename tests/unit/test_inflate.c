#include "test.h"

#include <zlib.h>

#include "base/inflate.h"
#include "base/limits.h"
#include "guard.h"

#define TEXT "{\"_user_id\":\"42\",\"x\":\"aaaaaaaaaaaaaaaaaaaaaaaa\"}"

/* TEXT by Python's zlib.compress(), level 9. */
static const unsigned char packed[] =
    "\x78\xda\xab\x56\x8a\x2f\x2d\x4e\x2d\x8a\xcf\x4c\x51\xb2\x52\x32\x31"
    "\x52\xd2\x51\xaa\x00\x32\x12\x71\x00\xa5\x5a\x00\x77\xe5\x0f\xe9";
#define PACKED ((struct span){ packed, sizeof(packed) - 1 })

static unsigned char room[ARENA_MAX], big[2 * INFLATED_MAX];
static struct span text; /* of the last one */

static bool
inflates_in(struct span s, size_t max, size_t cap)
{
	struct span copy = guarded(s);
	struct arena arena;
	bool ok;

	arena_init(&arena, room, cap);
	text = SPAN_LIT("dirt");
	ok = inflate_text(copy, max, &arena, &text);
	guard_free(copy);
	if (!ok) {
		assert_null(text.p);
		assert_int_equal(text.n, 0);
	}
	return ok;
}

static bool
inflates(struct span s, size_t max)
{
	return inflates_in(s, max, sizeof(room));
}

/* So many bytes, deflated. */
static struct span
deflated(size_t n, int level)
{
	static unsigned char out[2 * INFLATED_MAX + 1024];
	uLongf size = sizeof(out);

	for (size_t i = 0; i < n; i++)
		big[i] = (unsigned char)(i * i / 251 + i * 7);
	if (compress2(out, &size, big, (uLong)n, level) != Z_OK)
		abort();
	return (struct span){ out, size };
}

TEST(a_known_stream)
{
	assert_true(inflates(PACKED, INFLATED_MAX));
	assert_true(span_is(text, TEXT));
	assert_true(inflates(SPAN_LIT("\x78\x9c\x03\0\0\0\0\1"), 1));
	assert_int_equal(text.n, 0);
	assert_non_null(text.p);
}

TEST(a_cut_stream_is_refused)
{
	for (size_t n = 0; n < PACKED.n; n++)
		assert_false(inflates(span_head(PACKED, n), INFLATED_MAX));
}

TEST(bytes_behind_the_end_are_refused)
{
	unsigned char longer[2 * sizeof(packed)];

	memcpy(longer, packed, PACKED.n);
	memcpy(longer + PACKED.n, packed, PACKED.n);
	assert_true(inflates((struct span){ longer, PACKED.n }, INFLATED_MAX));
	for (size_t n = PACKED.n + 1; n <= 2 * PACKED.n; n++)
		assert_false(
		    inflates((struct span){ longer, n }, INFLATED_MAX));
}

/* The bits between the last block and the checksum are nobody's. */
TEST(no_flipped_bit_gives_another_text)
{
	unsigned char damaged[sizeof(packed)];
	size_t refused = 0;

	for (size_t bit = 0; bit < 8 * PACKED.n; bit++) {
		memcpy(damaged, packed, sizeof(packed));
		damaged[bit / 8] ^= (unsigned char)(1 << bit % 8);
		if (inflates((struct span){ damaged, PACKED.n }, INFLATED_MAX))
			assert_true(span_is(text, TEXT));
		else
			refused++;
	}
	assert_true(refused >= 8 * PACKED.n - 7);
}

TEST(other_wrappings_are_refused)
{
	/* gzip, no wrapping at all, and one that names a dictionary */
	assert_false(inflates(
	    SPAN_LIT("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x8a\x2f"
		     "\x2d\x4e\x2d\x8a\xcf\x4c\x51\xb2\x52\x32\x31\x52\xd2\x51"
		     "\xaa\x00\x32\x12\x71\x00\xa5\x5a\x00\x7f\x46\x11\x47\x30"
		     "\x00\x00\x00"),
	    INFLATED_MAX));
	assert_false(inflates(
	    SPAN_LIT("\xab\x56\x8a\x2f\x2d\x4e\x2d\x8a\xcf\x4c\x51\xb2\x52\x32"
		     "\x31\x52\xd2\x51\xaa\x00\x32\x12\x71\x00\xa5\x5a\x00"),
	    INFLATED_MAX));
	assert_false(inflates(
	    SPAN_LIT("\x78\xf9\x21\xaf\x04\x66\xab\x46\xe6\x98\x18\x29\xe9\x28"
		     "\x55\x00\x19\x89\x38\x80\x52\x2d\x00\x77\xe5\x0f\xe9"),
	    INFLATED_MAX));
	assert_true(inflates(
	    SPAN_LIT("\x78\xda\x03\x00\x00\x00\x00\x01"), INFLATED_MAX));
	/* A window of more than 32K, and a method that is none */
	assert_false(inflates(
	    SPAN_LIT("\x88\x1c\x03\x00\x00\x00\x00\x01"), INFLATED_MAX));
	assert_false(inflates(
	    SPAN_LIT("\x79\x18\x03\x00\x00\x00\x00\x01"), INFLATED_MAX));
	assert_false(inflates(SPAN_LIT(TEXT), INFLATED_MAX));
	assert_false(inflates(SPAN_LIT(""), INFLATED_MAX));
	assert_false(inflates((struct span){ NULL, 0 }, INFLATED_MAX));
}

TEST(the_most_is_the_most)
{
	const size_t n = sizeof(TEXT) - 1;

	assert_true(inflates(PACKED, n + 1));
	assert_true(inflates(PACKED, n));
	assert_true(span_is(text, TEXT));
	assert_false(inflates(PACKED, n - 1));
	assert_false(inflates(PACKED, 1));
	assert_false(inflates(PACKED, 0));
}

TEST(inflated_max)
{
	for (int level = 0; level <= 9; level += 3)
		for (size_t n = INFLATED_MAX - 1; n <= INFLATED_MAX + 1; n++) {
			struct span s = deflated(n, level);

			assert_int_equal(
			    inflates(s, INFLATED_MAX), n <= INFLATED_MAX);
			if (n <= INFLATED_MAX)
				assert_true(
				    span_eq(text, (struct span){ big, n }));
		}
	assert_false(inflates(deflated(2 * INFLATED_MAX, 9), INFLATED_MAX));
}

TEST(a_bomb_is_refused)
{
	static unsigned char zeros[1 << 20], out[4096];
	uLongf size = sizeof(out);

	assert_int_equal(compress2(out, &size, zeros, sizeof(zeros), 9), Z_OK);
	assert_false(inflates((struct span){ out, size }, INFLATED_MAX));
}

TEST(no_room_is_a_refusal)
{
	size_t cap = 0;

	while (cap < sizeof(room) && !inflates_in(PACKED, 100, cap))
		cap++;
	assert_in_range(cap, 101, sizeof(room) - 1);
	assert_true(span_is(text, TEXT));
	assert_false(inflates_in(PACKED, cap + 1, cap));
	assert_false(inflates_in(PACKED, sizeof(room) + 1, sizeof(room)));
	assert_false(inflates_in(PACKED, SIZE_MAX, sizeof(room)));
}

TEST(the_text_lives_in_the_arena)
{
	struct arena arena;
	struct span first, second;

	arena_init(&arena, room, sizeof(room));
	assert_true(inflate_text(PACKED, 100, &arena, &first));
	assert_true(inflate_text(
	    SPAN_LIT("\x78\x9c\x03\0\0\0\0\1"), 1, &arena, &second));
	assert_true(span_is(first, TEXT));
	assert_true(first.p >= room && first.p < room + arena.n);
}
