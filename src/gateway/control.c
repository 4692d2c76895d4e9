#include "gateway/control.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/trusted.h"

#define LINE_MAX_BYTES 255

static const char self[] = "/proc/self/exe";
static const struct span option = SPAN_INIT("--config=");

/* False, and there is no path, when it is empty or too long. */
static bool
take(struct control *out, struct span path)
{
	if (path.n == 0 || path.n > PATH_TEXT_MAX || span_has(path, '\0')) {
		sink_say(&out->why, "the configuration's path is empty or too "
				    "long");
		return false;
	}
	memcpy(out->path, path.p, path.n);
	out->path[path.n] = '\0';
	return true;
}

static void
clear(struct control *out)
{
	out->path[0] = '\0';
	sink_init(&out->why, out->text, sizeof(out->text));
}

/* ../etc/signpost.conf beside the program. */
static void
take_default(struct control *out)
{
	char mem[PATH_TEXT_MAX];
	ssize_t n = readlink(self, mem, sizeof(mem));
	struct span program = { (unsigned char *)mem, n > 0 ? (size_t)n : 0 };
	struct span folder = span_cut_last(program, '/').head;
	char text[PATH_TEXT_MAX + sizeof("/etc/signpost.conf")];
	struct sink path;

	sink_init(&path, text, sizeof(text));
	sink_say(
	    &path, "%v/etc/signpost.conf", span_cut_last(folder, '/').head);
	take(out, sink_view(&path));
}

static void
take_environment(const char *environment, struct control *out)
{
	if (environment != NULL && environment[0] != '\0')
		take(out, span_of(environment));
	else
		take_default(out);
}

void
control_fastcgi(
    int argc, char *const *argv, const char *environment, struct control *out)
{
	struct span found = { NULL, 0 };

	clear(out);
	for (int i = 1; i < argc; i++) {
		struct span word = span_of(argv[i]);

		if (span_starts(word, option) && found.p == NULL) {
			found = span_skip(word, option.n);
		} else if (span_starts(word, SPAN_LIT("-"))) {
			sink_say(&out->why,
			    "the argument %q: only one "
			    "--config=PATH is taken",
			    word);
			return;
		}
	}
	if (found.p != NULL)
		take(out, found);
	else
		take_environment(environment, out);
}

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t';
}

struct span
control_line(struct span file, struct span *program)
{
	struct span none = { NULL, 0 };
	struct span line = span_cut(file, '\n').head;
	size_t n = 0;

	*program = none;
	if (line.n > LINE_MAX_BYTES || !span_starts(line, SPAN_LIT("#!")) ||
	    span_has(line, '\0'))
		return none;
	line = span_trim(span_skip(line, 2));
	while (n < line.n && !is_blank(line.p[n]))
		n++;
	*program = span_head(line, n);
	line = span_trim(span_skip(line, n));
	return span_starts(line, option) ? span_skip(line, option.n) : none;
}

/* Is this file the running program? */
static bool
is_self(const char *path)
{
	struct stat a, b;

	return stat(path, &a) == 0 && stat(self, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static bool
is_self_span(struct span path)
{
	char text[LINE_MAX_BYTES + 1];

	if (path.n == 0 || path.n >= sizeof(text))
		return false;
	memcpy(text, path.p, path.n);
	text[path.n] = '\0';
	return is_self(text);
}

/*
 * True when script decides: it is a control file of this program; or it is
 * there but must not be read, and then there is no configuration, rather than
 * another one than its owner meant.
 */
static bool
take_script(const char *script, struct control *out)
{
	unsigned char mem[LINE_MAX_BYTES + 1];
	struct span program, path;
	struct stat st;
	ssize_t n;
	int fd;

	if (script == NULL || stat(script, &st) != 0 || !S_ISREG(st.st_mode) ||
	    is_self(script))
		return false;
	fd = trusted_open(script, &out->why);
	if (fd < 0)
		return true;
	n = read(fd, mem, sizeof(mem));
	close(fd);
	path =
	    control_line((struct span){ mem, n > 0 ? (size_t)n : 0 }, &program);
	if (path.p == NULL || !is_self_span(program))
		return false;
	take(out, path);
	return true;
}

void
control_cgi(const char *script, const char *environment, struct control *out)
{
	clear(out);
	if (!take_script(script, out))
		take_environment(environment, out);
}
