/*
 * The log: lines of logfmt to standard error, which is the web server's log.
 * One line is one write of at most LOG_LINE_MAX bytes, so that the lines of
 * several processes never mix. Bytes that are not printable ASCII are escaped.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/limits.h"
#include "base/sink.h"

/* A line under construction. */
struct log_line {
	unsigned char mem[LOG_LINE_MAX];
	struct sink out;
};

void log_start(struct log_line *line, long long now, const char *event);

/* name=value; quoted and escaped where needed, cut at 256 bytes of value. */
void log_field(struct log_line *line, const char *name, struct span value);
void log_number(struct log_line *line, const char *name, long long value);

/* Writes the line; EINTR is repeated, any other failure is silent. */
void log_end(struct log_line *line);

/* Tests read the log here: where lines go, 2 by default. */
void log_to(int fd);

#endif
