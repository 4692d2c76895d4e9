/*
 * The list of users who may not ask at all: revocation without a database.
 *
 *   file = *( line LF ) [ line ]
 *   line = [ user ] [ CR ]
 *   user = 1 to USER_MAX bytes of UTF-8 without control characters, and with
 *          no blank at either end
 *
 * One user on each line, exactly as the session names them; empty lines are
 * nothing. There are no comments.
 */
#ifndef POLICY_DENIED_H
#define POLICY_DENIED_H

#include <sys/stat.h>

#include "base/sink.h"
#include "policy/config.h"

/*
 * The users in text as sorted views into it, each once, in room (max of
 * them). False with the line and what would be right in why, and out is
 * empty; a list that is not understood whole is not used at all.
 */
bool denied_read(struct span text, struct span *room, size_t max,
    struct names *out, struct sink *why);

/* deny_users_file, kept in memory and read again when it changes. */
struct denied_list; /* one reading of the file */

struct denied_file {
	const char *path;         /* NULL: none is configured */
	struct denied_list *list; /* the last good reading; NULL: none yet */
	struct stat seen;         /* what it was read from */
	bool good;                /* the last look found nothing wrong */
	bool said;                /* the log has it that something is wrong */
	bool again; /* to be read again at the next look, changed or not */
	long long next_look, next_say; /* milliseconds */
};

/* path as in the configuration, empty for none; must outlive f. */
void denied_init(struct denied_file *f, struct span path);

/*
 * Looks at the file, at most once a second (now_ms: milliseconds of a clock
 * that only goes forward), and reads it when it has changed. Returns the
 * users, or NULL when there has never been a good reading: then nobody may
 * ask. Without a path: an empty list. When the file is gone or bad the old
 * list stays, and the log says so once, and again every minute.
 *
 * It is opened as trusted_open() says. A file that is written in place can be
 * met half written: whoever changes it moves a new one over it.
 */
const struct names *denied_now(struct denied_file *f, long long now_ms);

void denied_free(struct denied_file *f);

#endif
