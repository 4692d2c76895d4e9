/* The variables that a web server would make of a request (RFC 3875 4.1). */
#ifndef CLI_CALL_VARIABLES_H
#define CLI_CALL_VARIABLES_H

#include "base/sink.h"
#include "cli/options.h"

struct call_wishes {
	struct span method, query, address;
	const char *content_type;   /* NULL: there is none */
	const struct span *body;    /* NULL: there is none */
	struct span cookies[2];     /* what is empty is left out */
	struct span variable, user; /* whom the web server names; or empty */
	const char *const *headers; /* "Name: value" */
	size_t n_headers;
};

#define CALL_PIECES_MAX (OPTION_TIMES_MAX + 9)

struct call_variables {
	char *envp[CALL_PIECES_MAX + 1]; /* "NAME=value"; a NULL at the end */
	unsigned char text[1048576], names[65536], length[20];
};

/*
 * Writes them into *out. Headers become HTTP_..., in capitals and with "_" for
 * "-" (4.1.18), but for Content-Type; those of one name become one, joined
 * with ", ", cookies with "; ". Returns NULL, or what of the wishes would be
 * no request, as a sentence's end.
 */
const char *call_variables(
    const struct call_wishes *wishes, struct call_variables *out);

#endif
