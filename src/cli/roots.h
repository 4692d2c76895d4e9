/*
 * What web servers publish: folders that their configurations name, by a
 * look at single lines. A guess, since nothing else of them is understood.
 */
#ifndef CLI_ROOTS_H
#define CLI_ROOTS_H

#include "base/limits.h"
#include "base/span.h"

#define ROOTS_MAX 32 /* in number; more are left out */

struct root {
	char path[PATH_TEXT_MAX + 1]; /* without links */
	char from[PATH_TEXT_MAX + 1]; /* the file that names it; "" for none */
};

struct roots {
	size_t n;
	struct root list[ROOTS_MAX];
};

/*
 * The folder that one line of a configuration names, or an empty span:
 *   DocumentRoot "/a"                 Apache
 *   server.document-root = "/a"       lighttpd
 *   root /a;                          nginx
 *   root * /a                         Caddy
 *   file.dir: /a                      h2o
 * Absolute paths alone, and none with a variable in it.
 */
struct span roots_line(struct span line);

/* Adds a folder that is there, once. */
void roots_add(struct roots *r, struct span path, const char *from);

/* Those of a file; one that can't be read has none. */
void roots_file(struct roots *r, const char *path);

/*
 * Those of web servers where Debian, Fedora and Alpine have their files, and
 * of servers that run with another file (-f, -c, --config).
 */
void roots_find(struct roots *r);

#endif
