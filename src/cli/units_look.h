/* What doctor_units() looks at, file by file. */
#ifndef CLI_UNITS_LOOK_H
#define CLI_UNITS_LOOK_H

#include <limits.h>

#include "cli/doctor.h"
#include "cli/unit_mend.h"

#define UNITS_GROUP "service"

struct units_look {
	struct doctor *d;
	const struct unit *u;
	enum finding_state state; /* of what bites, where the service is used */
	char dir[PATH_MAX];       /* of the configuration, without links */
};

/* A file that the configuration names beside itself, or absolute. */
void units_look_file(struct units_look *l, const struct named *named);

/* The folder for counts, and the log's file: can the service write there? */
void units_look_store(struct units_look *l, const struct named *named);
void units_look_log(struct units_look *l, const struct named *named);

/*
 * The name of its copy, where the program would find one; empty for a name
 * that no copy can have. path gets the whole path of the file here, and "" when
 * it is too long.
 */
struct span units_look_beside(
    const struct units_look *l, struct span text, char path[static PATH_MAX]);

/* Is there no file at this path any more? */
bool units_look_gone(struct span path);

/* Is it the same file, links followed? Not when either is not there. */
bool units_look_same(const char *path, struct span other);

/* Is it in a /tmp that is not this machine's? */
bool units_look_temporary(const struct units_look *l, struct span path);

/* May root hand on what lies there? What a stranger puts there, it would. */
bool units_look_safe(const struct units_look *l, const char *path);

/* The lines, as the command that mends what was found last, if it would. */
void units_look_mend(const struct units_look *l, const struct unit_mend *m);

#endif
