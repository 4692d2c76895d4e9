/* An answer, as answer_write() writes it, for whoever asked by hand. */
#ifndef CLI_SHOWN_H
#define CLI_SHOWN_H

#include "base/sink.h"

struct shown {
	int status;         /* 100 to 599 */
	struct span line;   /* "200 OK" */
	struct span fields; /* the other headers, each with its CRLF */
	struct span body;
	bool json; /* the body is, by its Content-Type */
};

/* Views into bytes. False for what answer_write() did not write. */
bool shown_read(struct span bytes, struct shown *out);

/* The next of the headers; false at their end. *rest starts as fields. */
bool shown_field(struct span *rest, struct span *name, struct span *value);

/* On standard output: a line of its status, green for 2xx and red for all else
 * on a terminal. */
void shown_status(const struct shown *shown);

/*
 * The body; JSON indented if that is wanted. It ends with a newline where the
 * body does not.
 */
void shown_body(const struct shown *shown, bool indented);

#endif
