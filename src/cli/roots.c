#define _GNU_SOURCE /* realpath */

#include "cli/roots.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sink.h"
#include "cli/peek.h"
#include "cli/process.h"

#define FILE_MAX 262144 /* of a configuration, as far as it is looked at */

static const char *const files[] = {
	"/etc/apache2/sites-enabled/*",
	"/etc/apache2/conf-enabled/*",
	"/etc/httpd/conf/httpd.conf",
	"/etc/httpd/conf.d/*.conf",
	"/etc/lighttpd/lighttpd.conf",
	"/etc/lighttpd/conf-enabled/*",
	"/etc/nginx/nginx.conf",
	"/etc/nginx/sites-enabled/*",
	"/etc/nginx/conf.d/*.conf",
	"/etc/nginx/http.d/*.conf",
	"/etc/caddy/Caddyfile",
	"/etc/h2o/h2o.conf",
};

/* Of each word, all that may stand before the folder. */
static const char *const words[] = { "DocumentRoot", "server.document-root",
	"root", "file.dir:" };

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '=' || c == '*' || c == '\r';
}

static struct span
skip_blanks(struct span s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = span_skip(s, 1);
	return s;
}

/* Up to what ends it; nothing where it is no plain absolute path. */
static struct span
take_path(struct span s)
{
	struct span none = { NULL, 0 };
	unsigned char quote = 0;
	size_t n = 0;

	if (s.n > 0 && (s.p[0] == '"' || s.p[0] == '\'')) {
		quote = s.p[0];
		s = span_skip(s, 1);
	}
	while (n < s.n && (quote != 0 ? s.p[n] != quote
				      : !is_blank(s.p[n]) && s.p[n] != ';'))
		n++;
	s = span_head(s, n);
	if (s.n == 0 || s.n > PATH_TEXT_MAX || s.p[0] != '/' ||
	    span_has(s, '$') || span_has(s, '\0'))
		return none;
	return s;
}

struct span
roots_line(struct span line)
{
	struct span none = { NULL, 0 };

	line = skip_blanks(line);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct span word = span_of(words[i]);

		if (line.n > word.n && is_blank(line.p[word.n]) &&
		    span_is_nocase(span_head(line, word.n), words[i]))
			return take_path(skip_blanks(span_skip(line, word.n)));
	}
	return none;
}

void
roots_add(struct roots *r, struct span path, const char *from)
{
	char name[PATH_TEXT_MAX + 1], real[PATH_MAX];
	struct stat st;

	/* A location may have "root /;": the rest of its path narrows it. */
	if (r->n == ROOTS_MAX || path.n == 0 || path.n > PATH_TEXT_MAX ||
	    span_is(path, "/"))
		return;
	sink_string(name, sizeof(name), "%v", path);
	if (realpath(name, real) == NULL || stat(real, &st) != 0 ||
	    !S_ISDIR(st.st_mode))
		return;
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->list[i].path, real) == 0)
			return;
	sink_string(r->list[r->n].path, PATH_TEXT_MAX + 1, "%s", real);
	sink_string(r->list[r->n].from, PATH_TEXT_MAX + 1, "%s", from);
	r->n++;
}

void
roots_file(struct roots *r, const char *path)
{
	unsigned char *mem = malloc(FILE_MAX);
	struct span_cut cut = { .found = true };

	if (mem == NULL)
		return;
	if (peek_file(path, mem, FILE_MAX, &cut.tail)) {
		while (cut.found) {
			cut = span_cut(cut.tail, '\n');
			roots_add(r, roots_line(cut.head), path);
		}
	}
	free(mem);
}

static bool
is_server(const char *name)
{
	static const char *const servers[] = { "lighttpd", "nginx", "apache2",
		"httpd", "caddy", "h2o" };

	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++)
		if (strcmp(name, servers[i]) == 0)
			return true;
	return false;
}

/* What a stranger's process reads is no web server's of this site. */
static void
take_process(void *self, const struct process *p)
{
	const char *word, *option = "";

	if (!is_server(p->name) || (p->uid != 0 && p->uid != geteuid()))
		return;
	for (size_t i = 0; (word = process_word(p, i)) != NULL; i++) {
		if (word[0] == '/' &&
		    (strcmp(option, "-f") == 0 || strcmp(option, "-c") == 0 ||
			strcmp(option, "--config") == 0))
			roots_file(self, word);
		option = word;
	}
}

void
roots_find(struct roots *r)
{
	glob_t found;

	process_each(take_process, r);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (glob(files[i], GLOB_NOSORT, NULL, &found) != 0)
			continue;
		for (size_t k = 0; k < found.gl_pathc; k++)
			roots_file(r, found.gl_pathv[k]);
		globfree(&found);
	}
}
