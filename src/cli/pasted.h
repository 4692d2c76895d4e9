/*
 * A cookie as people paste it:
 *
 *   pasted = 1*( line LF )
 *   line   = [ "Cookie:" ] pairs / "Set-Cookie:" pair *( ";" attribute )
 *          / value, where it is the only line
 *
 * from a browser's developer tools, a log, curl's output, or a Set-Cookie
 * header. A lone value is taken for one where no cookie of the wanted name is
 * in it and what stands before its first "=" can't be a name, or is JSON in
 * base64, whose padding that would be.
 */
#ifndef CLI_PASTED_H
#define CLI_PASTED_H

#include "base/sink.h"

/*
 * Writes the Cookie header that it stands for: pairs with "; " between them.
 * name, for a lone value and to look for, may be empty: then a lone value is
 * written without one. *bare says that it was one. False without room, and for
 * text with NUL or nothing in it.
 */
bool pasted_read(
    struct span pasted, struct span name, struct sink *header, bool *bare);

/* The next pair of a Cookie header, false at its end; *rest is moved on. */
bool pasted_pair(struct span *rest, struct span *name, struct span *value);

#endif
