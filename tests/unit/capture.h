/* What a command prints: standard output and error, into files. */
#ifndef TESTS_CAPTURE_H
#define TESTS_CAPTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct capture {
	char out[65536], err[65536];
};

static inline int
capture_swap(int fd, FILE *to)
{
	int kept = dup(fd);

	if (kept < 0 || dup2(fileno(to), fd) < 0)
		abort();
	return kept;
}

static inline void
capture_back(int fd, int kept, FILE *from, char *text, size_t size)
{
	size_t n;

	if (dup2(kept, fd) < 0 || close(kept) != 0)
		abort();
	rewind(from);
	n = fread(text, 1, size - 1, from);
	text[n] = '\0';
	fclose(from);
}

/* Runs the command with these words, NULL at the end; its exit code. */
static inline int
capture_run(
    struct capture *c, int (*run)(int, char **), const char *const *words)
{
	FILE *out = tmpfile(), *err = tmpfile();
	int argc = 0, code, kept_out, kept_err;
	char *argv[32];

	if (out == NULL || err == NULL)
		abort();
	while (words[argc] != NULL)
		argc++;
	if (argc >= 32)
		abort();
	/* main() gets no const, although nobody writes there. */
	memcpy(argv, words, ((size_t)argc + 1) * sizeof(argv[0]));
	fflush(NULL);
	kept_out = capture_swap(1, out);
	kept_err = capture_swap(2, err);
	code = run(argc, argv);
	fflush(NULL);
	capture_back(1, kept_out, out, c->out, sizeof(c->out));
	capture_back(2, kept_err, err, c->err, sizeof(c->err));
	return code;
}

#define CAPTURE(c, run, ...)                                                   \
	capture_run((c), (run), (const char *const[]){ __VA_ARGS__, NULL })

#endif
