#define _GNU_SOURCE /* realpath */

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/trusted.h"
#include "cli/peek.h"
#include "cli/unit.h"

#define FILE_MAX 16384 /* of one file; ours has some 5000 bytes */
#define DROPINS_MAX 32 /* in number */

/* In the order in which systemd looks. */
static const char *const folders[] = { "/etc/systemd/system",
	"/run/systemd/system", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system" };

#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

struct dropins {
	size_t n;
	char path[DROPINS_MAX][PATH_TEXT_MAX];
	bool full;
};

/* A link to /dev/null stands for a file that is not there. */
static bool
take_file(struct unit *u, const char *path, bool *masked, struct sink *why)
{
	unsigned char mem[FILE_MAX];
	char real[PATH_MAX];
	struct span text;
	bool done;
	int fd;

	*masked = false;
	if (realpath(path, real) == NULL) {
		sink_say(why, "%s: its link leads nowhere", path);
		return false;
	}
	if (strcmp(real, "/dev/null") == 0) {
		*masked = true;
		return true;
	}
	fd = trusted_open(real, why);
	if (fd < 0)
		return false;
	done = peek_descriptor(fd, mem, sizeof(mem), &text) &&
	       text.n < sizeof(mem);
	close(fd);
	if (done)
		unit_take(u, text);
	else
		sink_say(why, "%s: it can't be read, or is too long", path);
	return done;
}

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* A name that an earlier folder has hides this one. */
static void
put(struct dropins *all, const char *path)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(name_of(all->path[i]), name_of(path)) == 0)
			return;
	if (all->n == DROPINS_MAX ||
	    !sink_string(all->path[all->n], PATH_TEXT_MAX, "%s", path))
		all->full = true;
	else
		all->n++;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(name_of(a), name_of(b));
}

static void
find_dropins(struct dropins *all, const char *above, const char *name)
{
	char pattern[PATH_TEXT_MAX];
	glob_t found;

	all->n = 0;
	all->full = false;
	for (size_t i = 0; i < FOLDERS; i++) {
		if (!sink_string(pattern, sizeof(pattern), "%s%s/%s.d/*.conf",
			above, folders[i], name) ||
		    glob(pattern, 0, NULL, &found) != 0)
			continue;
		for (size_t k = 0; k < found.gl_pathc; k++)
			put(all, found.gl_pathv[k]);
		globfree(&found);
	}
	qsort(all->path, all->n, sizeof(all->path[0]), by_name);
}

/* Would lines that are added to /etc's UNIT_DROPIN come before it? */
static bool
is_behind(const char *path)
{
	return strcmp(name_of(path), UNIT_DROPIN) > 0;
}

/* Would they make a file there that hides it? */
static bool
is_elsewhere(const char *path, const char *above)
{
	struct span rest = span_skip(span_of(path), strlen(above));

	return strcmp(name_of(path), UNIT_DROPIN) == 0 &&
	       !span_starts(rest, span_of(folders[0]));
}

static bool
take_dropins(
    struct unit *u, const char *above, const char *name, struct sink *why)
{
	struct dropins *all = malloc(sizeof(*all));
	bool done = all != NULL, masked;

	if (all == NULL) {
		sink_text(why, "there is no memory to read it");
		return false;
	}
	find_dropins(all, above, name);
	u->unsure = u->unsure || all->full;
	for (size_t i = 0; done && i < all->n; i++) {
		u->last = is_behind(all->path[i]);
		u->late = u->late || is_elsewhere(all->path[i], above);
		done = take_file(u, all->path[i], &masked, why);
	}
	free(all);
	return done;
}

bool
unit_read(struct unit *u, const char *above, const char *name, struct sink *why)
{
	struct stat st;
	bool masked;

	unit_init(u);
	for (size_t i = 0; i < FOLDERS; i++) {
		if (!sink_string(u->file, sizeof(u->file), "%s%s/%s", above,
			folders[i], name))
			break;
		if (lstat(u->file, &st) != 0)
			continue;
		if (!take_file(u, u->file, &masked, why))
			return false;
		if (masked)
			break;
		return take_dropins(u, above, name, why);
	}
	u->file[0] = '\0';
	return false;
}
