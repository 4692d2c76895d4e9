/* The log in a file of its own, which may be moved or emptied at any time. */
#ifndef GATEWAY_LOG_FILE_H
#define GATEWAY_LOG_FILE_H

#include <sys/types.h>

#include "base/span.h"

struct log_file {
	const char *path; /* NULL: standard error alone */
	int fd;           /* -1: not open */
	dev_t device;     /* of what is open */
	ino_t inode;
	long long next_look, next_say; /* milliseconds */
};

/* path as in the configuration, empty for none; must outlive f. */
void log_file_init(struct log_file *f, struct span path);

/*
 * Opens the file, and later looks, at most once a second, whether the path
 * still is that file, as a rotation by renaming makes it another; opens it
 * anew when it is not. For before a line is written. now_ms: milliseconds of a
 * clock that only goes forward.
 *
 * It must be a regular file (not a link) of root's or ours that not everybody
 * can write to; it is made with mode 0600 when it is not there. Otherwise
 * lines go to standard error, with one that says why, at most once a minute.
 */
void log_file_look(struct log_file *f, long long now_ms);

/*
 * For after a line: did the file not take it? Then it went to standard error,
 * and so does one line that says why, at most once a minute.
 */
void log_file_check(struct log_file *f, long long now_ms);

/* Lines go to standard error from now on. */
void log_file_close(struct log_file *f);

#endif
