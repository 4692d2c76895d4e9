/*
 * Users and groups of this machine, from /etc/passwd and /etc/group alone: a
 * static program can't ask what else names them, and takes a number instead.
 */
#ifndef CLI_ACCOUNT_H
#define CLI_ACCOUNT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/limits.h"

#define ACCOUNT_NAME_MAX 64   /* with its NUL; useradd(8) takes 32 letters */
#define ACCOUNT_GROUPS_MAX 64 /* in number; more are left out */

struct account {
	uid_t uid;
	gid_t gid;
	char name[ACCOUNT_NAME_MAX];  /* digits, where it has no name */
	char group[ACCOUNT_NAME_MAX]; /* the same of gid */
	char home[PATH_TEXT_MAX];     /* "" where it is not known */
	size_t n_groups;
	gid_t groups[ACCOUNT_GROUPS_MAX]; /* supplementary ones */
};

/* A name, UID, or UID:GID (digits). False where there is no such user. */
bool account_named(const char *name, struct account *out);

/* The user of this number, who need not have a name; gid is then uid's. */
void account_of(uid_t uid, struct account *out);

/* Who runs this: effective ids, and the process's own groups. */
void account_self(struct account *out);

/* Is this group the account's main one, or one of its others? */
bool account_in(const struct account *who, gid_t group);

/* A group's name, or its digits; ACCOUNT_NAME_MAX bytes at name. */
void group_name(gid_t gid, char *name);

/*
 * This process becomes the account, for good: groups, gid, uid. Only root can.
 * False when the kernel refuses; the process is then good for nothing.
 */
bool account_become(const struct account *who);

#endif
