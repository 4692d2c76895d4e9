#include "cli/made.h"

#include <errno.h>
#include <unistd.h>

#include "base/sink.h"

void
made_init(struct made *m)
{
	m->n = 0;
	m->from[0] = m->to[0] = '\0';
}

static bool
keep(const char *path, char out[static PATH_TEXT_MAX])
{
	if (sink_string(out, PATH_TEXT_MAX, "%s", path))
		return true;
	errno = ENAMETOOLONG;
	return false;
}

bool
made_note(struct made *m, const char *path, bool folder)
{
	if (m->n == MADE_MAX) {
		errno = EMFILE;
		return false;
	}
	if (!keep(path, m->list[m->n].path))
		return false;
	m->list[m->n++].folder = folder;
	return true;
}

/* link(2) writes over nothing. */
static bool
move(const char *from, const char *to)
{
	int error;

	if (link(from, to) != 0)
		return false;
	if (unlink(from) == 0)
		return true;
	error = errno;
	unlink(to);
	errno = error;
	return false;
}

bool
made_move(struct made *m, const char *from, const char *to)
{
	if (m->from[0] != '\0') {
		errno = EMFILE;
		return false;
	}
	if (keep(from, m->from) && keep(to, m->to) && move(from, to))
		return true;
	m->from[0] = '\0';
	return false;
}

void
made_undo(struct made *m)
{
	while (m->n > 0) {
		const struct made_thing *last = &m->list[--m->n];

		if (last->folder)
			rmdir(last->path);
		else
			unlink(last->path);
	}
	if (m->from[0] != '\0')
		move(m->to, m->from);
	made_init(m);
}
