#include "test.h"

#include <stdalign.h>

#include "base/arena.h"
#include "guard.h"

#define ALIGN alignof(max_align_t)

static alignas(max_align_t) unsigned char mem[256];
static struct arena arena;

/* Dirty, so that nothing relies on memory that happens to be zero. */
FIXTURE(start)
{
	memset(mem, 0xa5, sizeof(mem));
	arena_init(&arena, mem, sizeof(mem));
}

static bool
is_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

TEST_WITH(pieces_are_zeroed, start, NULL)
{
	unsigned char *p = arena_take(&arena, 10);

	assert_ptr_equal(p, mem);
	assert_true(is_zero(p, 10));
	assert_int_equal(mem[10], 0xa5);
}

TEST_WITH(pieces_are_aligned, start, NULL)
{
	for (size_t n = 1; n <= ALIGN + 1; n++) {
		unsigned char *p;

		start(NULL);
		assert_ptr_equal(arena_bytes(&arena, n), mem);
		p = arena_take(&arena, 1);
		assert_int_equal((uintptr_t)p % ALIGN, 0);
		assert_int_equal(p - mem, n <= ALIGN ? ALIGN : 2 * ALIGN);
	}
}

/* Memory that is not aligned itself. */
TEST_WITH(odd_memory, start, NULL)
{
	for (size_t off = 0; off < ALIGN; off++) {
		unsigned char *p;

		arena_init(&arena, mem + off, sizeof(mem) - off);
		p = arena_take(&arena, ALIGN);
		assert_int_equal((uintptr_t)p % ALIGN, 0);
		assert_ptr_equal(p, off == 0 ? mem : mem + ALIGN);
	}
}

TEST_WITH(pieces_do_not_overlap, start, NULL)
{
	unsigned char *a = arena_take(&arena, 20);
	unsigned char *b = arena_bytes(&arena, 20);
	unsigned char *c = arena_bytes(&arena, 0);

	assert_ptr_equal(b, a + 20);
	assert_ptr_equal(c, b + 20);
	assert_int_equal(b[0], 0xa5);
}

TEST_WITH(exactly_full, start, NULL)
{
	assert_non_null(arena_take(&arena, sizeof(mem)));
	assert_false(arena.full);
	assert_non_null(arena_bytes(&arena, 0));
	assert_null(arena_bytes(&arena, 1));
	assert_true(arena.full);
	arena_init(&arena, mem, sizeof(mem));
	assert_null(arena_take(&arena, sizeof(mem) + 1));
	assert_true(arena.full);
}

/* One piece too many is remembered, even if smaller ones would fit. */
TEST_WITH(full_stays_full, start, NULL)
{
	assert_null(arena_bytes(&arena, SIZE_MAX));
	assert_null(arena_bytes(&arena, 1));
	assert_null(arena_bytes(&arena, 0));
	assert_null(arena_take(&arena, 1));
	assert_null(arena_array(&arena, 1, 1));
	assert_null(arena_copy(&arena, SPAN_LIT("")).p);
	assert_int_equal(arena.n, 0);
	start(NULL);
	assert_non_null(arena_bytes(&arena, 1));
}

TEST_WITH(no_room_for_the_gap, start, NULL)
{
	arena_init(&arena, mem, ALIGN + 2);
	assert_non_null(arena_bytes(&arena, ALIGN + 1));
	assert_null(arena_take(&arena, 0));
	assert_true(arena.full);
}

TEST_WITH(arrays, start, NULL)
{
	assert_non_null(arena_array(&arena, 4, 8));
	assert_int_equal(arena.n, 32);
	assert_non_null(arena_array(&arena, 0, 8));
	assert_non_null(arena_array(&arena, 8, 0));
	assert_int_equal(arena.n, 32);
	assert_null(arena_array(&arena, SIZE_MAX / 8 + 1, 8));
	assert_true(arena.full);
	start(NULL);
	assert_null(arena_array(&arena, SIZE_MAX, SIZE_MAX));
	start(NULL);
	assert_null(arena_array(&arena, sizeof(mem) / 8 + 1, 8));
	start(NULL);
	assert_non_null(arena_array(&arena, sizeof(mem) / 8, 8));
}

TEST_WITH(copies, start, NULL)
{
	struct span text = guarded(SPAN_LIT("a\0b"));
	struct span copy = arena_copy(&arena, text);

	assert_true(span_eq(copy, text));
	assert_ptr_equal(copy.p, mem);
	assert_int_equal(copy.p[3], 0);
	assert_int_equal(arena.n, 4);
	guard_free(text);
	copy = arena_copy(&arena, (struct span){ NULL, 0 });
	assert_non_null(copy.p);
	assert_int_equal(copy.n, 0);
	assert_int_equal(copy.p[0], 0);
	assert_int_equal(arena.n, 5);
}

/* The NUL needs room as well. */
TEST_WITH(copies_that_do_not_fit, start, NULL)
{
	arena_init(&arena, mem, 4);
	assert_non_null(arena_copy(&arena, SPAN_LIT("abc")).p);
	arena_init(&arena, mem, 3);
	assert_null(arena_copy(&arena, SPAN_LIT("abc")).p);
	assert_true(arena.full);
	arena_init(&arena, NULL, 0);
	assert_null(arena_copy(&arena, SPAN_LIT("")).p);
	assert_int_equal(arena_copy(&arena, SPAN_LIT("abc")).n, 0);
}
