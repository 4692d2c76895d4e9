/* A report on a terminal: "FILE:LINE: error: what is wrong". */
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
 * The configuration that a command works on: the word that was given, else
 * what the program would find by itself.
 */
const char *command_config(const char *word);

#endif
