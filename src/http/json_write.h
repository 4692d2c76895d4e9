/*
 * JSON out (RFC 8259), with <, >, & and U+2028/9 escaped, so that an answer
 * is inert wherever it is pasted. Input must be valid UTF-8; the writer
 * aborts when calls do not nest.
 */
#ifndef HTTP_JSON_WRITE_H
#define HTTP_JSON_WRITE_H

#include "base/sink.h"

struct json_out {
	struct sink *out;
	unsigned depth;
	unsigned char open[8]; /* '{' or '[' on each level */
	bool comma;
	bool named;
};

void json_begin(struct json_out *j, struct sink *out);
/* A name of the program's own: letters, digits, _ and []. */
void json_name(struct json_out *j, const char *name);
void json_name_span(struct json_out *j, struct span name);
void json_open(struct json_out *j, unsigned char bracket); /* '{' or '[' */
void json_close(struct json_out *j);
void json_text(struct json_out *j, struct span text);
void json_number(struct json_out *j, long long value);
void json_bool(struct json_out *j, bool value);
void json_nothing(
    struct json_out *j); /* null; tests link jansson, which has the name */

/* A name as above, and its value. */
void json_named_text(struct json_out *j, const char *name, struct span text);
void json_named_number(struct json_out *j, const char *name, long long value);
void json_named_bool(struct json_out *j, const char *name, bool value);

#endif
