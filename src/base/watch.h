/*
 * Files that were read, as they were then: have they changed? Told from what
 * lstat(2) says alone, so that looking costs a microsecond a file.
 */
#ifndef BASE_WATCH_H
#define BASE_WATCH_H

#include <sys/stat.h>

#include "base/limits.h"
#include "base/span.h"

#define WATCH_MAX (SECRETS_MAX + 1) /* a configuration and its secrets */

struct watched {
	char path[PATH_TEXT_MAX + 1];
	int error; /* of lstat(2); 0: it was there */
	struct stat was;
};

struct watch {
	size_t n;
	bool young; /* some file changed just before it was noted */
	struct watched file[WATCH_MAX];
};

void watch_clear(struct watch *w);

/*
 * For before the file is read: then a change meanwhile is seen later. One
 * that is noted already stays as it was; one without room, or with a longer
 * path than PATH_TEXT_MAX, is left out.
 */
void watch_note(struct watch *w, struct span path);

/* Is any of them another file now, or another size or time? */
bool watch_changed(const struct watch *w);

/* The path of one that was there and is gone (ENOENT, ENOTDIR), or NULL. */
const char *watch_gone(const struct watch *w);

/* The same file, as it was? The mode and the owner count, by the ctime. */
bool watch_same(const struct stat *a, const struct stat *b);

#endif
