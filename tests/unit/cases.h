/*
 * Files of cases: what is a text in and a verdict out, for people to read and
 * to add to.
 *
 *   file    = *( comment / item )
 *   comment = "#" text LF / LF
 *   item    = word [ SP text ] LF *( ( HTAB / 4SP ) text LF )
 *
 * Some words are a case; the others are settings, and hold until the next of
 * that word in the file. <<TEXT*N>> stands for N times the text, with 0, 1, 2
 * ... for <#> in it. Which words there are, and what they say, is told where a
 * kind of cases is run (test_cases_*.c) and in the first lines of each file.
 */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include <stdio.h>

#include "test.h"

struct item {
	const char *file;
	int line;
	const char *word, *text;   /* of its first line */
	size_t n;                  /* lines below it */
	const char *const *lines;  /* without what stands before them */
	const struct item *before; /* the one above it, NULL for the first */
};

/*
 * All of a file, in order; lives as long as the process. Ends the program with
 * a message when the file can't be read or isn't of the grammar.
 */
struct cases {
	size_t n;
	const struct item *items;
};
struct cases cases_read(const char *path);

/* The nearest setting of this word above the item; NULL where there is none. */
const struct item *cases_setting(const struct item *item, const char *word);

/* What stands in a line behind this word; NULL where it begins otherwise. */
const char *cases_behind(const char *line, const char *word);

/*
 * The lines of the nearest `frame` above it with this text where they have an
 * "@", all in one line, so that the text's lines keep their numbers; and that
 * in the nearest `base` in the same way. Without one of them, the text. In
 * memory of malloc().
 */
char *cases_framed(const struct item *item, const char *text);

/* Writes n bytes of the text, with the number in place of each <#>. */
void cases_number(const char *text, size_t n, unsigned long number, FILE *out);

/* Fails the test, with the case's file and line before the words. */
__attribute__((format(printf, 2, 3), noreturn)) void cases_fail(
    const struct item *item, const char *format, ...);

/* Writes an input for the fuzz target, FOLDER/target/FILE-LINE. */
void cases_seed(const struct item *item, const char *folder, const char *target,
    const void *bytes, size_t n);

/*
 * The tests of each file of tests/cases/FOLDER: run(item) for each item whose
 * word is among the cases of words = "CASE CASE ...; SETTING SETTING ...", and
 * seed(item, folder) writes what a fuzz target can make of it (or is NULL).
 * Another word ends the program. The groups are FOLDER/FILE, a test is named by
 * its line.
 */
#define CASES(folder, words, run, seed)                                        \
	static void run_case(void **state)                                     \
	{                                                                      \
		run(*state);                                                   \
	}                                                                      \
	TEST_ENTRY(                                                            \
	    cases_, "cases", run_case, NULL, NULL, NULL, folder, words, seed)

#endif
