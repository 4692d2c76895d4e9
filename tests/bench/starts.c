/*
 * starts COUNT PROGRAM...: runs each program COUNT times in turns, as a web
 * server runs CGI, with this process's environment, and prints for each the
 * median of its times from start to end, in microseconds.
 */
#define _GNU_SOURCE

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT_MAX 10000

extern char **environ;

static int
fail(const char *what)
{
	fprintf(stderr, "starts: %s\n", what);
	exit(1);
}

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Until the end of its output and of it; the answer must be a good one. */
static double
run(char *program)
{
	char *argv[] = { program, NULL };
	posix_spawn_file_actions_t actions;
	char text[8192];
	double begun = now_us();
	size_t have = 0;
	ssize_t got;
	int out[2], status;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) != 0)
		fail("pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (posix_spawn(&pid, program, &actions, NULL, argv, environ) != 0)
		fail(program);
	posix_spawn_file_actions_destroy(&actions);
	close(out[1]);
	while (have < sizeof(text) - 1 &&
	       (got = read(out[0], text + have, sizeof(text) - 1 - have)) > 0)
		have += (size_t)got;
	close(out[0]);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		fail("it failed");
	text[have] = '\0';
	if (strstr(text, "Status: 200") == NULL &&
	    strstr(text, "\"signature\"") == NULL)
		fail(text);
	return now_us() - begun;
}

int
main(int argc, char **argv)
{
	static double times[16][COUNT_MAX];
	long count = argc > 2 ? strtol(argv[1], NULL, 10) : 0;

	if (count < 1 || count > COUNT_MAX || argc > 18)
		fail("starts COUNT PROGRAM...");
	for (long i = 0; i < count; i++)
		for (int p = 2; p < argc; p++)
			times[p - 2][i] = run(argv[p]);
	for (int p = 2; p < argc; p++) {
		qsort(times[p - 2], (size_t)count, sizeof(double), by_size);
		printf("%.0f\n", times[p - 2][count / 2]);
	}
	return 0;
}
