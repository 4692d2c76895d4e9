/* JSON as people read it. */
#ifndef CLI_INDENT_H
#define CLI_INDENT_H

#include "base/sink.h"

/*
 * A JSON text without blanks between its parts, as json_write.h makes it, over
 * several lines: two spaces for each level, as JSON.stringify(value, null, 2)
 * does, without a newline at the end. Strings stay byte for byte. What is no
 * JSON gives other lines of the same bytes.
 */
void indent_json(struct span json, struct sink *out);

#endif
