/* What a run has made, so that a failure leaves nothing of it. */
#ifndef CLI_MADE_H
#define CLI_MADE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

#define MADE_MAX 64 /* files and folders */

struct made {
	size_t n;
	struct made_thing {
		char path[PATH_TEXT_MAX];
		bool folder;
	} list[MADE_MAX]; /* in the order of making */
	char from[PATH_TEXT_MAX], to[PATH_TEXT_MAX]; /* "": nothing moved */
};

void made_init(struct made *m);

/*
 * This was just made. False, with errno, and it must be taken away at once,
 * where there is no room to remember it.
 */
bool made_note(struct made *m, const char *path, bool folder);

/*
 * Gives one file another name, and never writes over one that is there. False
 * with errno, and nothing is changed; EMFILE when one was moved before.
 */
bool made_move(struct made *m, const char *from, const char *to);

/* Takes everything away again, the last first, and moves the file back. */
void made_undo(struct made *m);

#endif
