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

/*
 * Where lines go: 2 before the first call. What is not a regular file may be
 * full, and is never waited for. Its flags stay as they are.
 */
void log_to(int fd);

/* A regular file that comes first, opened with O_APPEND; -1: none. */
void log_to_file(int fd);

/* Why the file did not take a line since the last call (errno), or 0. */
int log_file_error(void);

#endif
