#define _GNU_SOURCE /* realpath */

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"
#include "policy/loader.h"

static bool
join(struct loader *l, const config_setting_t *at, const char *name,
    struct span text, struct sink *out)
{
	char dir[PATH_MAX] = "";

	if (text.p[0] != '/' && realpath(l->dir, dir) == NULL) {
		conf_error(l, at,
		    "%s: the configuration's own folder can't be looked at",
		    name);
		return false;
	}
	/* The root's own name ends in the slash already. */
	sink_say(out, "%s%s%v", dir,
	    text.p[0] == '/' || dir[1] == '\0' ? "" : "/", text);
	if (!out->full)
		return true;
	conf_error(l, at, "%s: this path is too long", name);
	return false;
}

static bool
folder_exists(struct span path)
{
	struct span folder = span_cut_last(path, '/').head;
	char mem[PATH_TEXT_MAX];
	struct sink name;
	struct stat st;

	sink_init(&name, mem, sizeof(mem));
	sink_say(&name, "%v/", folder);
	sink_byte(&name, '\0');
	return !name.full && stat(mem, &st) == 0;
}

bool
conf_path(struct loader *l, const config_setting_t *at, const char *name,
    struct span text, struct span *out)
{
	unsigned char mem[PATH_TEXT_MAX];
	struct sink path;

	if (text.n == 0 || text_has_control(text) ||
	    text.p[text.n - 1] == '/') {
		conf_error(l, at,
		    "%s = %q is no name: write \"/a/path\", or a "
		    "name beside this file",
		    name, text);
		return false;
	}
	sink_init(&path, mem, sizeof(mem) - 1); /* a NUL comes behind */
	if (!join(l, at, name, text, &path))
		return false;
	if (!folder_exists(sink_view(&path))) {
		conf_error(l, at,
		    "%s = %q: there is no folder %v; make it, or mend the path",
		    name, text, span_cut_last(sink_view(&path), '/').head);
		return false;
	}
	conf_named(l, name, text, false);
	*out = arena_copy(&l->arena, sink_view(&path));
	return out->p != NULL;
}

void
conf_named(struct loader *l, const char *option, struct span text, bool secret)
{
	struct config *config = l->config;

	if (config->n_named == NAMED_FILES_MAX)
		return;
	config->named[config->n_named++] =
	    (struct named){ option, text, secret };
}

void
conf_private(struct loader *l, struct span path)
{
	struct span_cut cut = span_cut_last(path, '/');
	char folder[PATH_TEXT_MAX + 1], real[PATH_MAX];
	unsigned char mem[2 * PATH_TEXT_MAX];
	struct config *config = l->config;
	struct sink text;

	sink_init(&text, folder, sizeof(folder));
	sink_say(&text, "%v/", cut.head);
	sink_byte(&text, '\0');
	if (text.full || realpath(folder, real) == NULL ||
	    config->n_private == PRIVATE_MAX)
		return; /* conf_path() has found the folder before */
	sink_init(&text, mem, sizeof(mem));
	sink_say(&text, "%s/%v", real[1] == '\0' ? "" : real, cut.tail);
	config->private_paths[config->n_private++] =
	    arena_copy(&l->arena, sink_view(&text));
}
