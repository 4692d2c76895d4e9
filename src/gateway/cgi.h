/* One request as CGI hands it on (RFC 3875). */
#ifndef GATEWAY_CGI_H
#define GATEWAY_CGI_H

#include "gateway/serve.h"

/*
 * Reads the request from the variables and from in, and writes the answer to
 * out. Standard input is read only where there is a body to read: it may be
 * a terminal. The caller ignores SIGPIPE.
 *
 * False, with a line "event=lost" in the log behind that of the request, when
 * the answer could not be written.
 */
bool cgi_answer(struct serve *s, char *const *envp, int in, int out);

#endif
