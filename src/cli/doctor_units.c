#define _GNU_SOURCE /* realpath */

#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/peek.h"
#include "cli/units_look.h"

static void
look_named(struct units_look *l, const struct named *named)
{
	if (strcmp(named->option, "store") == 0)
		units_look_store(l, named);
	else if (strcmp(named->option, "log") == 0)
		units_look_log(l, named);
	else if (strcmp(named->option, "save_path") == 0)
		finding_add(l->d->found, l->state, UNITS_GROUP,
		    (const char *)named->text.p,
		    "PHP's sessions are its own user's alone, and the service "
		    "is another: let the web server start the program");
	else
		units_look_file(l, named);
}

static bool
is_read(const struct named *named)
{
	return named->secret || strcmp(named->option, "deny_users_file") == 0;
}

/* It is loaded from a file that is not there, and nothing stands in for it. */
static bool
is_lost(const struct unit *u, const struct unit_credential *c)
{
	if (c->set || !units_look_gone(c->source))
		return false;
	for (size_t i = 0; i < u->n; i++)
		if (u->list[i].set && span_eq(u->list[i].name, c->name))
			return false;
	return true;
}

/*
 * What there is, without what is lost, and all that is needed besides. Not
 * where there may be more: it would be dropped as well.
 */
static void
mend_lost(struct units_look *l)
{
	const struct config *config = l->d->config;
	struct span none = { NULL, 0 };
	static struct unit_mend m;
	char path[PATH_MAX];

	if (l->u->unsure)
		return;
	unit_mend_init(&m);
	unit_mend_credential(&m, none, none, false);
	for (size_t i = 0; i < l->u->n; i++) {
		const struct unit_credential *c = &l->u->list[i];

		if (!c->set && !is_lost(l->u, c))
			unit_mend_credential(
			    &m, c->name, c->source, c->encrypted);
	}
	for (size_t i = 0; i < config->n_named; i++) {
		const struct named *named = &config->named[i];
		const struct unit_credential *c;
		struct span name;

		if (!is_read(named) || span_starts(named->text, SPAN_LIT("/")))
			continue;
		name = units_look_beside(l, named->text, path);
		c = unit_credential(l->u, name);
		if (name.n > 0 && (c == NULL || is_lost(l->u, c)) &&
		    access(path, F_OK) == 0 && units_look_safe(l, path))
			unit_mend_credential(&m, name, span_of(path), false);
	}
	units_look_mend(l, &m);
}

static void
look_lost(struct units_look *l)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < l->u->n; i++) {
		const struct unit_credential *c = &l->u->list[i];

		if (!is_lost(l->u, c) ||
		    !sink_string(path, sizeof(path), "%v", c->source))
			continue;
		finding_add(l->d->found, l->state, UNITS_GROUP, path,
		    "%s hands it on as %v, and there is no such file: the "
		    "service does not start (243/CREDENTIALS)",
		    UNIT_NAME, c->name);
		mend_lost(l);
	}
}

/* Does it get the very configuration that was looked at, and read that? */
static bool
has_this(const struct unit *u, const char *conf)
{
	for (size_t i = 0; i < u->n && !u->elsewhere; i++)
		if (!u->list[i].set && units_look_same(conf, u->list[i].source))
			return true;
	return false;
}

static bool
any(const char *above, const char *pattern)
{
	char mem[PATH_TEXT_MAX];
	glob_t found;

	if (!sink_string(mem, sizeof(mem), "%s%s", above, pattern) ||
	    glob(mem, GLOB_NOSORT, NULL, &found) != 0)
		return false;
	globfree(&found);
	return true;
}

/* Root's is systemd's; a spawn-fcgi makes it that of the program's user. */
static bool
has_socket(const char *above)
{
	char mem[PATH_TEXT_MAX];
	struct stat st;

	return sink_string(
		   mem, sizeof(mem), "%s/run/signpost/signpost.sock", above) &&
	       lstat(mem, &st) == 0 && st.st_uid == 0;
}

/* A package brings the unit, and the web server may run the program. */
static bool
is_used(const char *above)
{
	return has_socket(above) ||
	       any(above, "/etc/systemd/system/*.wants/signpost.socket") ||
	       any(above, "/etc/systemd/system/*.wants/signpost@*.service");
}

static void
look(struct units_look *l)
{
	const struct config *config = l->d->config;
	const struct findings *f = l->d->found;
	size_t before = f->times[FINDING_FAULT] + f->times[FINDING_WARNING];

	for (size_t i = 0; i < config->n_named; i++)
		look_named(l, &config->named[i]);
	look_lost(l);
	if (f->times[FINDING_FAULT] + f->times[FINDING_WARNING] == before)
		finding_add(l->d->found, FINDING_OK, UNITS_GROUP, l->u->file,
		    "the service sees all that the configuration names");
}

void
doctor_units(struct doctor *d, const char *above)
{
	static struct unit unit;
	unsigned char mem[4 * PATH_TEXT_MAX];
	char folder[PATH_MAX];
	struct units_look l = { .d = d, .u = &unit };
	bool used = is_used(above);
	struct sink why;

	if (d->config == NULL || (!used && d->as.uid != 0))
		return;
	sink_init(&why, mem, sizeof(mem));
	if (!unit_read(&unit, above, UNIT_NAME, &why)) {
		if (why.n > 0)
			finding_add(d->found, FINDING_WARNING, UNITS_GROUP,
			    UNIT_NAME, "not looked at: %v", sink_view(&why));
		return;
	}
	if (!has_this(&unit, d->conf) ||
	    !peek_folder(d->conf, folder, sizeof(folder)) ||
	    realpath(folder, l.dir) == NULL)
		return;
	l.state = used && !unit.unsure ? FINDING_FAULT : FINDING_WARNING;
	look(&l);
}
