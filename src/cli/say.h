/* What is said on a terminal: "FILE:LINE: error: what is wrong". */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include "policy/config.h"

/*
 * Says errors on standard error; warnings and notes on standard output, or
 * not at all when quiet.
 */
struct terminal_report {
	struct report report; /* hand on a pointer to this member */
	bool quiet;
	unsigned warnings;
};

void terminal_report_init(struct terminal_report *r, bool quiet);

/*
 * Names and words that anybody may have made, inert on a terminal: where they
 * hold controls or are no UTF-8, "?" for each byte that is not printable
 * ASCII. In place; and as a C string, cut at SAID_MAX, that is valid for three
 * more calls.
 */
#define SAID_MAX 8192
void say_inert(unsigned char *p, size_t n);
const char *say_plain(const char *text);

/* "; did you mean NAME?" on standard error, where one is near. */
void say_near(const char *word, const char *const *names, size_t n);

/*
 * The configuration that a command works on: the word that was given, else
 * what the program would find by itself.
 */
const char *command_config(const char *word);

/*
 * The same, loaded, for a command that can do without it: what was named must
 * be right, what would be found need not be there. NULL, and why is said: for
 * the latter only what is left without it.
 */
struct config *command_load(const char *word, const char *without);

#endif
