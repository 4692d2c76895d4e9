/*
 * What the unit files of a systemd service say about the files that its
 * program sees: systemd.unit(5), systemd.exec(5). They are read, and systemd
 * is not asked.
 */
#ifndef CLI_UNIT_H
#define CLI_UNIT_H

#include "base/limits.h"
#include "base/sink.h"

#define UNIT_TEXT_MAX 65536     /* of a unit and its drop-ins together */
#define UNIT_CREDENTIALS_MAX 64 /* in number */
#define UNIT_FOLDERS_MAX 16     /* in number */

#define UNIT_DROPIN "override.conf" /* of `systemctl edit`, in /etc */

/* One file that the program gets a copy of, by this name. */
struct unit_credential {
	struct span name;
	struct span source; /* an absolute path; empty: it is not known */
	bool set;           /* by its content: SetCredential */
	bool encrypted;
};

struct unit {
	char file[PATH_TEXT_MAX + 1]; /* "" when there is none */
	size_t n, n_folders;
	struct unit_credential list[UNIT_CREDENTIALS_MAX];
	struct span folders[UNIT_FOLDERS_MAX]; /* that it may write to */
	bool dynamic;    /* its user exists only while it runs */
	bool in_groups;  /* and belongs to others' groups */
	bool hides_home; /* /home, /root and /run/user are empty for it */
	bool own_tmp;    /* /tmp and /var/tmp are its own */
	bool elsewhere;  /* its program is not told where the copies are */
	bool unsure;     /* it says more than is understood here */
	bool last;       /* what is taken now comes behind UNIT_DROPIN */
	bool late;       /* so that lines there do not mend what it loads */
	struct sink text;
	unsigned char mem[UNIT_TEXT_MAX];
};

void unit_init(struct unit *u);

/*
 * One file's text, behind those that were taken before. Lines of [Service]:
 *
 *   LoadCredential= [ name [ ":" path ] ]   nothing drops all of them
 *   LoadCredentialEncrypted=, SetCredential=, SetCredentialEncrypted= alike
 *   StateDirectory= [ name *( " " name ) ]  and its sisters
 *   ReadWritePaths= [ path *( " " path ) ]
 *   DynamicUser=, PrivateTmp=, ProtectHome=, SupplementaryGroups=, ExecStart=
 *
 * What systemd would leave out is left out. A "%" of an unknown meaning in a
 * name, or more than there is room for, sets unsure.
 */
void unit_take(struct unit *u, struct span text);

/*
 * The unit of this name and its drop-ins, where systemd looks for them below
 * the folder above ("" but in tests): the first unit wins, and drop-ins go by
 * their names. Each file must be as trusted_open() says, links followed
 * before. False with the reason in why, which is empty where there is none.
 */
bool unit_read(
    struct unit *u, const char *above, const char *name, struct sink *why);

/* The credential of this name, or NULL. */
const struct unit_credential *unit_credential(
    const struct unit *u, struct span name);

/* May its program write to this absolute path? */
bool unit_writes(const struct unit *u, struct span path);

/* Would systemd take it as a credential's name? */
bool unit_names(struct span name);

#endif
