#define _XOPEN_SOURCE 700 /* grantpt() */

#include "test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/paint.h"

/* A terminal of our own; NULL where the system gives none. */
static FILE *
terminal(int *master)
{
	const char *name;

	*master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (*master < 0 || grantpt(*master) != 0 || unlockpt(*master) != 0)
		return NULL;
	name = ptsname(*master);
	return name == NULL ? NULL : fopen(name, "r+");
}

TEST(on_a_terminal)
{
	int master;
	FILE *to = terminal(&master);

	assert_non_null(to);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	assert_string_equal(paint_on(to, PAINT_BAD), "\033[31m");
	assert_string_equal(paint_on(to, PAINT_GOOD), "\033[32m");
	assert_string_equal(paint_off(to), "\033[0m");
	setenv("NO_COLOR", "", 1);
	assert_string_equal(paint_on(to, PAINT_WARN), "\033[33m");
	setenv("NO_COLOR", "1", 1);
	assert_string_equal(paint_on(to, PAINT_BAD), "");
	assert_string_equal(paint_off(to), "");
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	assert_string_equal(paint_on(to, PAINT_BAD), "");
	unsetenv("TERM");
	assert_string_equal(paint_on(to, PAINT_BAD), "");
	fclose(to);
	close(master);
}

TEST(elsewhere)
{
	FILE *to = tmpfile();

	assert_non_null(to);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	assert_string_equal(paint_on(to, PAINT_BOLD), "");
	assert_string_equal(paint_off(to), "");
	fclose(to);
}
