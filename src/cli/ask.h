/* Questions on a terminal. Nothing that is typed stays in a buffer here. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include <stdbool.h>
#include <stddef.h>

/* Is somebody there: standard input and standard error are terminals? */
bool ask_possible(void);

/*
 * The question on standard error, with otherwise (NULL: none) in brackets,
 * which an empty line stands for. One line from standard input into out, with
 * a NUL and without blanks at its ends; cap holds the NUL too. Where it does
 * not fit, or is empty and there is no otherwise, it is asked again. False at
 * the end of the input, on an interrupt, or after three such lines.
 */
bool ask_line(
    const char *question, const char *otherwise, char *out, size_t cap);

/*
 * The same without an echo, also when a signal comes: then the terminal is as
 * it was, and the answer is false. empty: is an empty line an answer?
 */
bool ask_secret(const char *question, bool empty, char *out, size_t cap);

#endif
