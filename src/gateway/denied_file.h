/* deny_users_file, kept in memory and read again when it changes. */
#ifndef GATEWAY_DENIED_FILE_H
#define GATEWAY_DENIED_FILE_H

#include "policy/denied.h"

struct denied_list; /* one reading of the file */

struct denied_file {
	const char *path;         /* NULL: none is configured */
	struct denied_list *list; /* the last good reading; NULL: none yet */
	/* what the file was at the last look, when that was, and so on */
};

/* path as in the configuration, empty for none; must outlive f. */
void denied_init(struct denied_file *f, struct span path);

/*
 * Looks at the file, at most once a second (now_ms: milliseconds of a clock
 * that only goes forward), and reads it when it has changed. Returns the
 * users, or NULL when there has never been a good reading: then nobody may
 * ask. Without a path: an empty list. When the file is gone or bad the old
 * list stays, and the log says so once, and again every minute.
 */
const struct names *denied_now(struct denied_file *f, long long now_ms);

void denied_free(struct denied_file *f);

#endif
