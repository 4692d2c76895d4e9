/*
 * The checks of Apache's suexec, in its order and with its exit codes, so that
 * "Premature end of script headers" gets a reason. From support/suexec.c of
 * Apache 2.4.
 */
#ifndef CLI_SUEXEC_H
#define CLI_SUEXEC_H

#include "base/sink.h"
#include "cli/account.h"

/* How it was built (suexec -V), or what suexec-custom says. */
struct suexec_rules {
	char doc_root[PATH_TEXT_MAX];
	char userdir[PATH_TEXT_MAX]; /* the suffix; "" for none */
	uid_t uid_min;
	gid_t gid_min;
};

/*
 * Debian's; with the first two lines of custom, a file of suexec-custom's,
 * where that can be read.
 */
void suexec_rules(struct suexec_rules *rules, const char *custom);

/* What the first two lines of such a file say. */
void suexec_custom(struct suexec_rules *rules, struct span text);

enum suexec_code {
	SUEXEC_UID_LOW = 107,
	SUEXEC_GID_LOW = 108,
	SUEXEC_NOT_IN_ROOT = 114,
	SUEXEC_FOLDER_MISSING = 115,
	SUEXEC_FOLDER_WRITABLE = 116,
	SUEXEC_FILE_MISSING = 117, /* or a link */
	SUEXEC_FILE_WRITABLE = 118,
	SUEXEC_FILE_SETID = 119,
	SUEXEC_OWNER = 120,
	SUEXEC_NOT_EXECUTABLE = 121
};

#define SUEXEC_CODES 10 /* in number */

struct suexec_verdict {
	size_t n;                /* 0: suexec would run it */
	int codes[SUEXEC_CODES]; /* in suexec's order: it ends with the first */
	char folder[PATH_TEXT_MAX]; /* the file's, without links */
	char file[PATH_TEXT_MAX];   /* folder and name */
};

/* All that suexec would refuse when it runs the file at path as who. */
void suexec_judge(const struct suexec_rules *rules, const char *path,
    const struct account *who, struct suexec_verdict *out);

/* What a code means, as one sentence without its subject. */
const char *suexec_meaning(int code);

/* Is this folder (without links) below where suexec runs programs? */
bool suexec_in_root(const struct suexec_rules *rules, const char *folder,
    const struct account *who);

#endif
