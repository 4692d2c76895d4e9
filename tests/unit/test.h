/*
 * What a test file begins with. TEST(name) { ... } is a test, and its file is
 * its group: test_span.c is "span". The tests of a group run in the order of
 * the file, in one process; units.c runs them.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct item;

/* A test, or (without a name) what is done around all tests of the file. */
struct test {
	const char *file;
	int line;
	const char *name;
	void (*run)(void **);
	int (*set_up)(void **), (*tear_down)(void **);
	bool (*when)(void); /* there is no such test when this says no */
	/* Or the cases of a folder below tests/cases: see cases.h. */
	const char *folder, *words;
	void (*seed)(const struct item *, const char *);
};

/* The linker joins the sections of all files: __start_tests, __stop_tests. */
#define TEST_ENTRY(id, ...)                                                    \
	static const struct test entry_##id = { __FILE__, __LINE__,            \
		__VA_ARGS__ };                                                 \
	static const struct test *listed_##id                                  \
	    __attribute__((section("tests"), used)) = &entry_##id

#define TEST_WHEN(when, name, set_up, tear_down)                               \
	static void name(void **);                                             \
	TEST_ENTRY(                                                            \
	    name, #name, name, set_up, tear_down, when, NULL, NULL, NULL);     \
	static void name(void **state __attribute__((unused)))

/* With a set-up and a tear-down of its own; either may be NULL. */
#define TEST_WITH(name, set_up, tear_down)                                     \
	TEST_WHEN(NULL, name, set_up, tear_down)

#define TEST(name) TEST_WITH(name, NULL, NULL)

/*
 * The steps of a search that takes long under a sanitizer and has little to
 * find there: each one in the usual build, each n-th in the other.
 */
#ifdef __SANITIZE_ADDRESS__
#define THINNED(n) (n)
#else
#define THINNED(n) 1
#endif

/* What is done before or after a test, or a group, and can't fail. */
#define FIXTURE(name)                                                          \
	static void name##_fixture(void);                                      \
	static int name(void **state)                                          \
	{                                                                      \
		(void)state;                                                   \
		name##_fixture();                                              \
		return 0;                                                      \
	}                                                                      \
	static void name##_fixture(void)

/* Once in a file: before its first test and after its last. */
#define GROUP(set_up, tear_down)                                               \
	TEST_ENTRY(                                                            \
	    group_, NULL, NULL, set_up, tear_down, NULL, NULL, NULL, NULL)

/* The same with an expression for each. */
#define AROUND(before, after)                                                  \
	FIXTURE(before_group)                                                  \
	{                                                                      \
		before;                                                        \
	}                                                                      \
	FIXTURE(after_group)                                                   \
	{                                                                      \
		after;                                                         \
	}                                                                      \
	GROUP(before_group, after_group)

#endif
