#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "guard.h"

#define ALIGN alignof(max_align_t)

static alignas(max_align_t) unsigned char mem[256];
static struct arena arena;

/* Dirty, so that nothing relies on memory that happens to be zero. */
static int
start(void **state)
{
	(void)state;
	memset(mem, 0xa5, sizeof(mem));
	arena_init(&arena, mem, sizeof(mem));
	return 0;
}

static bool
is_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static void
pieces_are_zeroed(void **state)
{
	unsigned char *p = arena_take(&arena, 10);

	(void)state;
	assert_ptr_equal(p, mem);
	assert_true(is_zero(p, 10));
	assert_int_equal(mem[10], 0xa5);
}

static void
pieces_are_aligned(void **state)
{
	(void)state;
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
static void
odd_memory(void **state)
{
	(void)state;
	for (size_t off = 0; off < ALIGN; off++) {
		unsigned char *p;

		arena_init(&arena, mem + off, sizeof(mem) - off);
		p = arena_take(&arena, ALIGN);
		assert_int_equal((uintptr_t)p % ALIGN, 0);
		assert_ptr_equal(p, off == 0 ? mem : mem + ALIGN);
	}
}

static void
pieces_do_not_overlap(void **state)
{
	unsigned char *a = arena_take(&arena, 20);
	unsigned char *b = arena_bytes(&arena, 20);
	unsigned char *c = arena_bytes(&arena, 0);

	(void)state;
	assert_ptr_equal(b, a + 20);
	assert_ptr_equal(c, b + 20);
	assert_int_equal(b[0], 0xa5);
}

static void
exactly_full(void **state)
{
	(void)state;
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
static void
full_stays_full(void **state)
{
	(void)state;
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

static void
no_room_for_the_gap(void **state)
{
	(void)state;
	arena_init(&arena, mem, ALIGN + 2);
	assert_non_null(arena_bytes(&arena, ALIGN + 1));
	assert_null(arena_take(&arena, 0));
	assert_true(arena.full);
}

static void
arrays(void **state)
{
	(void)state;
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

static void
copies(void **state)
{
	struct span text = guarded(SPAN_LIT("a\0b"));
	struct span copy = arena_copy(&arena, text);

	(void)state;
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
static void
copies_that_do_not_fit(void **state)
{
	(void)state;
	arena_init(&arena, mem, 4);
	assert_non_null(arena_copy(&arena, SPAN_LIT("abc")).p);
	arena_init(&arena, mem, 3);
	assert_null(arena_copy(&arena, SPAN_LIT("abc")).p);
	assert_true(arena.full);
	arena_init(&arena, NULL, 0);
	assert_null(arena_copy(&arena, SPAN_LIT("")).p);
	assert_int_equal(arena_copy(&arena, SPAN_LIT("abc")).n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(pieces_are_zeroed, start),
		cmocka_unit_test_setup(pieces_are_aligned, start),
		cmocka_unit_test_setup(odd_memory, start),
		cmocka_unit_test_setup(pieces_do_not_overlap, start),
		cmocka_unit_test_setup(exactly_full, start),
		cmocka_unit_test_setup(full_stays_full, start),
		cmocka_unit_test_setup(no_room_for_the_gap, start),
		cmocka_unit_test_setup(arrays, start),
		cmocka_unit_test_setup(copies, start),
		cmocka_unit_test_setup(copies_that_do_not_fit, start),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
