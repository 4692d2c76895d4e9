/* Long options of a command: --name=VALUE, --name VALUE, or a flag: --name. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#define OPTION_TIMES_MAX 16 /* how often one option may be given */

struct option_value {
	const char *name; /* without the dashes */
	bool many;        /* may it be given more than once? */
	bool flag;        /* it takes no value: n says whether it was given */
	size_t n;         /* how often it was */
	const char *values[OPTION_TIMES_MAX];
};

/*
 * Fills the options, and *words with what is no option (at most words_max of
 * them). --help anywhere prints usage to standard output. Returns -1 to go
 * on, else the exit code: 0 after --help, 2 after a mistake, which it has
 * said on standard error.
 */
int options_read(int argc, char **argv, const char *usage,
    struct option_value *options, size_t n_options, const char **words,
    size_t words_max, size_t *n_words);

/* The value of an option that was given, or otherwise. */
const char *option_or(const struct option_value *option, const char *otherwise);

#endif
