/* Where the configuration is found. */
#ifndef GATEWAY_CONTROL_H
#define GATEWAY_CONTROL_H

#include "base/limits.h"
#include "base/sink.h"

struct control {
	char path[PATH_TEXT_MAX + 1]; /* "" when there is none */
	struct sink why; /* what the log says if there is no configuration */
	unsigned char text[DETAIL_MAX];
};

/*
 * FastCGI: the argument --config=PATH, which a control file, a wrapper or the
 * web server's own configuration gives; else environment (SIGNPOST_CONFIG of
 * the process, may be NULL); else the default. Arguments that do not begin
 * with "-" are ignored: the kernel adds a control file's own path.
 */
void control_fastcgi(
    int argc, char *const *argv, const char *environment, struct control *out);

/*
 * CGI: what the first line of script (SCRIPT_FILENAME, may be NULL) says, if
 * that is a control file of ours; else as above. The arguments do not count:
 * web servers turn a query into arguments.
 */
void control_cgi(
    const char *script, const char *environment, struct control *out);

/*
 * A control file's first line: what stands behind --config=, or an empty
 * span. *program is the interpreter.
 *
 *   line   = "#!" *blank program 1*blank "--config=" path *blank LF
 *   blank  = SP / TAB
 *
 * Within the first 255 bytes, as Linux reads it (execve(2)); a path may have
 * blanks inside.
 */
struct span control_line(struct span file, struct span *program);

#endif
