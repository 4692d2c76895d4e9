/* Processes of this machine, as /proc tells them to whoever asks. */
#ifndef CLI_PROCESS_H
#define CLI_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/limits.h"
#include "base/span.h"

struct process {
	long long pid;
	uid_t uid;
	char name[32];           /* comm */
	char words[8192];        /* cmdline: each with a NUL behind it */
	size_t n;                /* bytes of words */
	long long started;       /* seconds since 1970; 0: not known */
	bool deleted;            /* its program's file is gone, or replaced */
	char exe[PATH_TEXT_MAX]; /* "" where the kernel does not say */
};

/* Calls take for each process that is there. */
void process_each(
    void (*take)(void *self, const struct process *p), void *self);

/* The word after 0, 1, ... others; NULL behind the last. */
const char *process_word(const struct process *p, size_t i);

enum process_input {
	INPUT_UNKNOWN = 0, /* the kernel does not say: it says it to root */
	INPUT_OTHER,
	INPUT_UNIX, /* path is its name in the file system */
	INPUT_INTERNET
};

/* What descriptor 0 of a process is. cap bytes at path, "" for none. */
enum process_input process_input(long long pid, char *path, size_t cap);

#endif
