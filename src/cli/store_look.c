#define _GNU_SOURCE /* AT_EACCESS */

#include "cli/store_look.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"

static bool
can_write(const char *folder)
{
	return faccessat(AT_FDCWD, folder, R_OK | W_OK | X_OK, AT_EACCESS) == 0;
}

static bool
look_above(struct span place, struct sink *why)
{
	struct span_cut cut = span_cut_last(place, '/');
	char above[PATH_TEXT_MAX + 1];
	struct sink text;

	sink_init(&text, above, sizeof(above));
	sink_say(&text, "%v/", cut.head);
	sink_byte(&text, '\0');
	if (!text.full && can_write(above))
		return true;
	sink_say(why,
	    "there is no folder %v, and the user who runs this can't make it: "
	    "make it, and chown it to that user, with chmod 700",
	    place);
	return false;
}

/* What a probe says of what is there already. */
static bool
probe(const struct store_config *config, struct sink *why)
{
	struct counters *counters = store_new(config);
	const char *reason =
	    counters == NULL ? "there is no memory" : counters->probe(counters);

	if (reason != NULL)
		sink_text(why, reason);
	if (counters != NULL)
		counters->close(counters);
	return reason == NULL;
}

static bool
file_exists(struct span folder)
{
	char path[PATH_TEXT_MAX + sizeof("/counters")];
	struct sink text;
	struct stat st;

	sink_init(&text, path, sizeof(path));
	sink_say(&text, "%v/counters", folder);
	sink_byte(&text, '\0');
	return !text.full && lstat(path, &st) == 0;
}

static bool
look_folder(const struct store_config *config, struct sink *why)
{
	const char *folder = (const char *)config->place.p;
	struct stat st;

	if (stat(folder, &st) != 0 && errno == ENOENT)
		return look_above(config->place, why);
	if (!S_ISDIR(st.st_mode)) {
		sink_say(why, "%s is no folder: name one", folder);
		return false;
	}
	if (!can_write(folder)) {
		sink_say(why,
		    "the user who runs this can't write to the folder %s: "
		    "chown it to that user, with chmod 700",
		    folder);
		return false;
	}
	return !file_exists(config->place) || probe(config, why);
}

bool
store_look(const struct store_config *config, struct sink *why)
{
	return config->kind == STORE_FILE ? look_folder(config, why)
					  : probe(config, why);
}
