#include "cli/paint.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
is_set(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static bool
wanted(FILE *to)
{
	const char *term = getenv("TERM");

	return isatty(fileno(to)) && !is_set(getenv("NO_COLOR")) &&
	       is_set(term) && strcmp(term, "dumb") != 0;
}

const char *
paint_on(FILE *to, enum paint paint)
{
	static const char *const codes[] = { "", "\033[32m", "\033[31m",
		"\033[33m", "\033[2m", "\033[1m" };

	return wanted(to) ? codes[paint] : "";
}

const char *
paint_off(FILE *to)
{
	return wanted(to) ? "\033[0m" : "";
}
