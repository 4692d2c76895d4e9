#define _XOPEN_SOURCE 700 /* grantpt() */
#define _DEFAULT_SOURCE

#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "cli/ask.h"

static int master, terminal;

static void
open_terminal(void)
{
	const char *name;

	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	assert_true(
	    master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	name = ptsname(master);
	assert_non_null(name);
	terminal = open(name, O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
}

/* In a child whose terminal it is: 0, or what was wrong. */
static int
run(int (*what)(void), const char *typed, char *seen, size_t cap, int kill_by)
{
	size_t at = 0;
	int status;
	ssize_t n;
	pid_t child;

	open_terminal();
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(master);
		dup2(terminal, 0);
		dup2(terminal, 2);
		_exit(what());
	}
	close(terminal);
	/*
	 * Each line when it is asked for: the kernel shows what is typed
	 * before in the middle of what is written.
	 */
	for (; *typed != '\0'; typed += n) {
		size_t from = at;

		for (seen[at] = '\0'; strstr(seen + from, ": ") == NULL;) {
			n = read(master, seen + at, cap - 1 - at);
			assert_true(n > 0);
			at += (size_t)n;
			seen[at] = '\0';
		}
		n = (ssize_t)strcspn(typed, "\n");
		n += typed[n] == '\n';
		assert_int_equal(write(master, typed, (size_t)n), n);
	}
	if (kill_by != 0)
		kill(child, kill_by);
	assert_int_equal(waitpid(child, &status, 0), child);
	/* In pieces, as the kernel likes; no terminal is open: then EIO. */
	while ((n = read(master, seen + at, cap - 1 - at)) > 0)
		at += (size_t)n;
	seen[at] = '\0';
	close(master);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static int
lines(void)
{
	char out[8];

	if (!ask_possible())
		return 1;
	if (!ask_line("One", NULL, out, sizeof(out)) || strcmp(out, "a b") != 0)
		return 2;
	if (!ask_line("Two", "no", out, sizeof(out)) || strcmp(out, "no") != 0)
		return 3;
	/* Too long once, then as long as may be. */
	if (!ask_line("Three", NULL, out, sizeof(out)) ||
	    strcmp(out, "1234567") != 0)
		return 4;
	return ask_line("Four", NULL, out, sizeof(out)) ? 5 : 0;
}

static int
secrets(void)
{
	struct termios mode;
	char out[8];

	if (!ask_secret("One", false, out, sizeof(out)) ||
	    strcmp(out, "s3cret") != 0)
		return 1;
	if (!ask_secret("Two", true, out, sizeof(out)) || out[0] != '\0')
		return 2;
	return tcgetattr(0, &mode) == 0 && (mode.c_lflag & ECHO) != 0 ? 0 : 3;
}

static int
stopped(void)
{
	struct termios mode;
	char out[8] = "before";

	if (ask_secret("One", false, out, sizeof(out)))
		return 1;
	for (size_t i = 0; i < sizeof(out); i++)
		if (out[i] != 0)
			return 2;
	return tcgetattr(0, &mode) == 0 && (mode.c_lflag & ECHO) != 0 ? 0 : 3;
}

TEST(on_a_terminal)
{
	char seen[4096];

	assert_int_equal(run(lines, "  a b \n\n12345678\n1234567\n\n\n\n", seen,
			     sizeof(seen), 0),
	    0);
	assert_non_null(strstr(seen, "Two [no]: "));
	assert_non_null(strstr(seen, "That is too long."));
	assert_int_equal(run(secrets, "s3cret\n\n", seen, sizeof(seen), 0), 0);
	assert_non_null(strstr(seen, "One (it is not shown): "));
	assert_null(strstr(seen, "s3cret"));
	assert_int_equal(run(stopped, "half", seen, sizeof(seen), SIGTERM), 0);
	assert_null(strstr(seen, "half"));
	assert_int_equal(run(stopped, "\004", seen, sizeof(seen), 0), 0);
}
