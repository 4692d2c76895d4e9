/*
 * A fresh folder below /tmp for the files of one test, and other users to look
 * at them. A test file that includes this starts with #define _GNU_SOURCE, and
 * includes test.h first.
 */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/span.h"
#include "tree.h"

#define NOBODY 65534

static char folder[4096];

static int
folder_setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/signpost-test-XXXXXX");
	return mkdtemp(folder) == NULL || chmod(folder, 0755) != 0;
}

static int
folder_teardown(void **state)
{
	(void)state;
	return tree_remove(folder);
}

/* The path of a name in the folder; valid for seven more calls. */
static inline const char *
in_folder(const char *name)
{
	static char paths[8][8192];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

/* A file of these bytes and exactly this mode. */
static inline const char *
put_file(const char *name, mode_t mode, struct span bytes)
{
	const char *path = in_folder(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n ||
	    fchmod(fd, mode) != 0)
		abort();
	close(fd);
	return path;
}

static inline const char *
put_folder(const char *name, mode_t mode)
{
	const char *path = in_folder(name);

	if (mkdir(path, 0700) != 0 || chmod(path, mode) != 0)
		abort();
	return path;
}

static inline void
give(const char *path, uid_t user, gid_t group)
{
	if (lchown(path, user, group) != 0)
		abort();
}

/* Only root can give files away and be somebody else; others skip. */
static inline void
need_root(void)
{
	if (geteuid() != 0)
		skip();
}

static inline void
become_root(void)
{
	if (seteuid(0) != 0 || setegid(0) != 0 || setgroups(0, NULL) != 0)
		abort();
}

/* Be this user, in this group and (when not 0) in another one. */
static inline void
become(uid_t user, gid_t group, gid_t also)
{
	become_root();
	if (setgroups(also != 0, &also) != 0 || setegid(group) != 0 ||
	    seteuid(user) != 0)
		abort();
}

/* The lowest free descriptor: it rises when one is left open. */
static inline int
lowest_free(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

#endif
