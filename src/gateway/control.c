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
	/* The kernel hands it on, as a part of the path. */
	if (span_ends(path, SPAN_LIT("\r"))) {
		sink_say(&out->why,
		    "the line of the control file ends with a carriage return: "
		    "save the file with Unix line ends (LF), or send it in the "
		    "text mode of FTP");
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

/* A control file of ours, of which line alone counts: is there more, or less?
 */
static void
check_whole(
    const char *script, struct span text, struct span path, struct control *out)
{
	struct span more = span_strip(span_cut(text, '\n').tail, "\r\n\t ");

	if (path.p == NULL || more.n > 0)
		sink_say(&out->why,
		    "of %s only the first line counts, which must hold all: "
		    "#!PROGRAM --config=PATH, in at most %d bytes",
		    script, (long long)LINE_MAX_BYTES);
}

/*
 * What stands behind --config= in script. False when that is no control file
 * of this program. *why gets a reason when it is there and must not be read.
 */
static bool
read_script(const char *script, struct control *out, struct sink *why,
    unsigned char mem[static LINE_MAX_BYTES + 1], struct span *path)
{
	struct span program, text;
	struct stat st;
	ssize_t n;
	int fd;

	if (script == NULL || stat(script, &st) != 0 || !S_ISREG(st.st_mode) ||
	    is_self(script))
		return false;
	fd = trusted_open(script, why);
	if (fd < 0)
		return false;
	n = read(fd, mem, LINE_MAX_BYTES + 1);
	close(fd);
	text = (struct span){ mem, n > 0 ? (size_t)n : 0 };
	*path = control_line(text, &program);
	if (!is_self_span(program))
		return false;
	check_whole(script, text, *path, out);
	return true;
}

void
control_fastcgi(
    int argc, char *const *argv, const char *environment, struct control *out)
{
	unsigned char mem[LINE_MAX_BYTES + 1], unread[DETAIL_MAX];
	struct span found = { NULL, 0 }, ignored;
	const char *script = NULL;
	struct sink why;

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
		} else {
			script = argv[i];
		}
	}
	sink_init(&why, unread, sizeof(unread));
	read_script(script, out, &why, mem, &ignored);
	if (found.p != NULL)
		take(out, found);
	else
		take_environment(environment, out);
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
	struct span path;

	if (!read_script(script, out, &out->why, mem, &path))
		return out->why.n > 0;
	if (path.p == NULL)
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
