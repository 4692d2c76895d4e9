#include "cli/options.h"

#include <stdio.h>
#include <string.h>

#include "cli/say.h"

static int
mistake(const char *what, const char *word, const char *usage)
{
	fprintf(stderr, "signpost: %s: %s\n%s", what, say_plain(word), usage);
	return 2;
}

static struct option_value *
find(struct option_value *options, size_t n, const char *name, size_t length)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(options[i].name) == length &&
		    memcmp(options[i].name, name, length) == 0)
			return &options[i];
	return NULL;
}

int
options_read(int argc, char **argv, const char *usage,
    struct option_value *options, size_t n_options, const char **words,
    size_t words_max, size_t *n_words)
{
	*n_words = 0;
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *value = strchr(word, '=');
		struct option_value *option;

		if (strcmp(word, "--help") == 0) {
			fputs(usage, stdout);
			return 0;
		}
		if (strncmp(word, "--", 2) != 0) {
			if (*n_words == words_max)
				return mistake(
				    "one word too many", word, usage);
			words[(*n_words)++] = word;
			continue;
		}
		option = find(options, n_options, word + 2,
		    value != NULL ? (size_t)(value - word) - 2
				  : strlen(word + 2));
		if (option == NULL)
			return mistake("unknown option", word, usage);
		if (option->flag && value != NULL)
			return mistake("it takes no value", word, usage);
		if (!option->flag && value == NULL && i + 1 == argc)
			return mistake("no value for", word, usage);
		if (option->n == (option->many ? OPTION_TIMES_MAX : 1))
			return mistake("given too often", word, usage);
		if (value == NULL)
			value = option->flag ? "" : argv[++i];
		else
			value++;
		option->values[option->n++] = value;
	}
	return -1;
}

const char *
option_or(const struct option_value *option, const char *otherwise)
{
	return option->n > 0 ? option->values[0] : otherwise;
}
