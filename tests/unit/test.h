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

/* A test, or (without a name) what is done around all tests of the file. */
struct test {
	const char *file;
	int line;
	const char *name;
	void (*run)(void **);
	int (*set_up)(void **), (*tear_down)(void **);
	bool (*when)(void); /* there is no such test when this says no */
};

/* The linker joins the sections of all files: __start_tests, __stop_tests. */
#define TEST_ENTRY(id, ...)                                                    \
	static const struct test entry_##id = { __FILE__, __LINE__,            \
		__VA_ARGS__ };                                                 \
	static const struct test *listed_##id                                  \
	    __attribute__((section("tests"), used)) = &entry_##id

#define TEST_WHEN(when, name, set_up, tear_down)                               \
	static void name(void **);                                             \
	TEST_ENTRY(name, #name, name, set_up, tear_down, when);                \
	static void name(void **state __attribute__((unused)))

/* With a set-up and a tear-down of its own; either may be NULL. */
#define TEST_WITH(name, set_up, tear_down)                                     \
	TEST_WHEN(NULL, name, set_up, tear_down)

#define TEST(name) TEST_WITH(name, NULL, NULL)

/* Once in a file: before its first test and after its last. */
#define GROUP(set_up, tear_down)                                               \
	TEST_ENTRY(group_, NULL, NULL, set_up, tear_down, NULL)

/* The same with an expression for each. */
#define AROUND(before, after)                                                  \
	static int before_group(void **state)                                  \
	{                                                                      \
		(void)state;                                                   \
		before;                                                        \
		return 0;                                                      \
	}                                                                      \
	static int after_group(void **state)                                   \
	{                                                                      \
		(void)state;                                                   \
		after;                                                         \
		return 0;                                                      \
	}                                                                      \
	GROUP(before_group, after_group)

#endif
