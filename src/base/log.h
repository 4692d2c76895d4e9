/*
 * The log: lines of logfmt to standard error, which is the web server's log,
 * or to a file. One line is one write of at most LOG_LINE_MAX bytes, so that
 * the lines of several processes never mix. Bytes that are not printable
 * ASCII are escaped.
 *
 * No line ever waits: where there is no room for it, it is dropped and
 * counted, and the next one that goes out ends with lost=N.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <sys/types.h>

#include "base/limits.h"
#include "base/sink.h"

#define LOG_VALUE_MAX 256 /* what is kept of a value */

/* Kept free in each line: LF, " lost=" and 20 digits, " cut=true", LF. */
#define LOG_LINE_SPARE (1 + 26 + 9 + 1)

/* A line under construction. */
struct log_line {
	unsigned char mem[LOG_LINE_MAX];
	struct sink out;
};

/* event is NULL in the line of a request. */
void log_start(struct log_line *line, long long now, const char *event);

/*
 * name=value; quoted and escaped where needed, so that a byte takes up to
 * four, and cut at 256 bytes of value. A field that does not fit is left out,
 * and the line ends with cut=true.
 */
void log_field(struct log_line *line, const char *name, struct span value);

/* The same, cut where more than room bytes would be written in the quotes. */
void log_value(
    struct log_line *line, const char *name, struct span value, size_t room);
void log_number(struct log_line *line, const char *name, long long value);

/* Sentences, which may be longer than a value: name=, more=, more=. */
void log_text(struct log_line *line, const char *name, struct span text);

/*
 * Writes the line: to the file, if there is one and it takes it, else to the
 * other descriptor. SIGPIPE must be ignored: a reader that is gone is silent.
 */
void log_end(struct log_line *line);

/* A line for what is not a request, now: event and reason, however long. */
void log_event(const char *event, struct span reason);

/*
 * Where lines go: 2 before the first call. What is not a regular file may be
 * full, and is never waited for. Its flags stay as they are.
 */
void log_to(int fd);

/* A regular file that comes first, opened with O_APPEND; -1: none. */
void log_to_file(int fd);

/* Why the file did not take a line since the last call (errno), or 0. */
int log_file_error(void);

/* A log in a file of its own, which may be moved or emptied at any time. */
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
