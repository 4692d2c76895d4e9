#include "cli/units_look.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/path_mend.h"

struct span
units_look_beside(
    const struct units_look *l, struct span text, char path[static PATH_MAX])
{
	while (span_starts(text, SPAN_LIT("./")))
		text = span_skip(text, 2);
	sink_string(
	    path, PATH_MAX, "%s/%v", l->dir[1] == '\0' ? "" : l->dir, text);
	return unit_names(text) ? text : (struct span){ NULL, 0 };
}

bool
units_look_gone(struct span path)
{
	char mem[PATH_MAX];
	struct stat st;

	return path.n > 0 && sink_string(mem, sizeof(mem), "%v", path) &&
	       stat(mem, &st) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

bool
units_look_same(const char *a, struct span b)
{
	char mem[PATH_MAX];
	struct stat one, other;

	return b.n > 0 && sink_string(mem, sizeof(mem), "%v", b) &&
	       stat(a, &one) == 0 && stat(mem, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* Of a folder each file is handed on, by both names with "_" between. */
static bool
from_folder(const struct units_look *l, struct span name)
{
	char mem[PATH_MAX];

	for (size_t i = 0; i < l->u->n; i++) {
		const struct unit_credential *c = &l->u->list[i];

		if (c->set || c->source.n == 0 || !span_starts(name, c->name) ||
		    name.n <= c->name.n + 1 || name.p[c->name.n] != '_' ||
		    !sink_string(mem, sizeof(mem), "%v/%v", c->source,
			span_skip(name, c->name.n + 1)))
			continue;
		if (access(mem, F_OK) == 0)
			return true;
	}
	return false;
}

void
units_look_mend(const struct units_look *l, const struct unit_mend *m)
{
	unsigned char mem[8 * PATH_TEXT_MAX];
	struct sink out;

	if (l->u->late)
		return;
	sink_init(&out, mem, sizeof(mem));
	unit_mend_say(m, !l->d->root, &out);
	finding_mend(l->d->found, "%v", sink_view(&out));
}

bool
units_look_safe(const struct units_look *l, const char *path)
{
	return !l->d->root || path_rooted(path);
}

static void
look_beside(struct units_look *l, const struct named *named)
{
	char path[PATH_MAX];
	struct span name = units_look_beside(l, named->text, path);
	const struct unit_credential *c = unit_credential(l->u, name);
	struct findings *f = l->d->found;
	struct unit_mend m;

	if (name.n == 0) {
		finding_add(f, l->state, UNITS_GROUP, path,
		    "the service has its files in one folder, and looks there "
		    "for %q: give it a plain name beside the configuration, "
		    "and write that",
		    named->text);
	} else if (c == NULL && !from_folder(l, name)) {
		finding_add(f, l->state, UNITS_GROUP, path,
		    "%s does not hand it on: the service finds no %v among "
		    "its copies, and answers 503",
		    UNIT_NAME, name);
		unit_mend_init(&m);
		unit_mend_credential(&m, name, span_of(path), false);
		if (units_look_safe(l, path))
			units_look_mend(l, &m);
	} else if (c != NULL && c->source.n > 0 &&
		   !units_look_gone(c->source) &&
		   !units_look_same(path, c->source)) {
		finding_add(f, FINDING_WARNING, UNITS_GROUP, path,
		    "the service gets %v under this name, and that was not "
		    "looked at",
		    c->source);
	}
}

static bool
is_below(struct span path, const char *const *folders, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_starts(path, span_of(folders[i])))
			return true;
	return false;
}

static bool
is_hidden(const struct units_look *l, struct span path)
{
	static const char *const homes[] = { "/home/", "/root/", "/run/user/" };

	return l->u->hides_home && is_below(path, homes, 3);
}

bool
units_look_temporary(const struct units_look *l, struct span path)
{
	static const char *const folders[] = { "/tmp/", "/var/tmp/" };

	return (l->u->own_tmp || l->u->dynamic) && is_below(path, folders, 2);
}

/* May everybody get to it, and do this? */
static bool
allows_all(const char *path, mode_t bit)
{
	char part[PATH_MAX];
	struct stat st;

	for (size_t i = 1; path[i] != '\0' && i < sizeof(part); i++) {
		part[i - 1] = path[i - 1];
		part[i] = '\0';
		if (path[i] == '/' &&
		    (stat(part, &st) != 0 || (st.st_mode & S_IXOTH) == 0))
			return false;
	}
	return stat(path, &st) == 0 && (st.st_mode & bit) == bit;
}

static void
look_absolute(struct units_look *l, const struct named *named)
{
	const char *path = (const char *)named->text.p;
	struct findings *f = l->d->found;

	if (!l->u->dynamic || l->u->in_groups)
		return; /* who knows what it can read */
	if (named->secret)
		finding_add(f, l->state, UNITS_GROUP, path,
		    "an absolute name, and the service's user can't read a "
		    "secret of root's: name it %q, beside the configuration, "
		    "and %s hands on a copy",
		    span_cut_last(named->text, '/').tail, UNIT_NAME);
	else if (is_hidden(l, named->text) ||
		 units_look_temporary(l, named->text))
		finding_add(f, l->state, UNITS_GROUP, path,
		    "the service does not see this folder (ProtectHome, "
		    "PrivateTmp), and answers 503: move it, as to /etc");
	else if (!allows_all(path, S_IROTH)) {
		finding_add(f, l->state, UNITS_GROUP, path,
		    "the service's user can't read it, and answers 503: it is "
		    "no secret, so everybody may, also get into its folder");
		if (allows_all(path, 0) && units_look_safe(l, path))
			finding_mend(f, "%schmod o+r %s",
			    l->d->root ? "" : "sudo ", finding_word(f, path));
	}
}

void
units_look_file(struct units_look *l, const struct named *named)
{
	if (span_starts(named->text, SPAN_LIT("/")))
		look_absolute(l, named);
	else
		look_beside(l, named);
}
