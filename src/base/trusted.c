#define _GNU_SOURCE /* realpath, S_ISVTX */

#include "base/trusted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool
trusted_user(uid_t owner)
{
	return owner == 0 || owner == geteuid();
}

bool
trusted_group(gid_t group)
{
	bool found = group == getegid();
	int n = getgroups(0, NULL);
	gid_t *list;

	if (found || n <= 0)
		return found;
	list = calloc((size_t)n, sizeof(*list));
	if (list == NULL)
		return false;
	n = getgroups(n, list);
	for (int i = 0; i < n; i++)
		found = found || list[i] == group;
	free(list);
	return found;
}

/*
 * Whoever owns a folder can write to it, now or after a chmod. In a sticky
 * folder others can neither move nor replace what is not theirs, and what
 * lies next below on our path is root's or ours: that was looked at before.
 */
static bool
folder_ok(const char *folder, const char *path, struct sink *why)
{
	struct stat st;

	if (stat(folder, &st) != 0) {
		sink_say(
		    why, "%s: its folder %s can't be looked at", path, folder);
		return false;
	}
	if (!trusted_user(st.st_uid)) {
		sink_say(why,
		    "%s: its folder %s belongs to another user: chown it to "
		    "root or to the user who runs this",
		    path, folder);
		return false;
	}
	if ((st.st_mode & S_ISVTX) != 0)
		return true;
	if ((st.st_mode & S_IWOTH) != 0) {
		sink_say(why,
		    "%s: everybody can write to its folder %s: chmod o-w %s",
		    path, folder, folder);
		return false;
	}
	if ((st.st_mode & S_IWGRP) != 0 && st.st_gid != 0 &&
	    !trusted_group(st.st_gid)) {
		sink_say(why,
		    "%s: a group that is not ours can write to its folder "
		    "%s: chmod g-w %s",
		    path, folder, folder);
		return false;
	}
	return true;
}

/* From this folder up to the root. */
static bool
folders_ok(const char *from, const char *path, struct sink *why)
{
	char folder[PATH_MAX];
	char *slash;

	memcpy(folder, from, strlen(from) + 1);
	while (folder_ok(folder, path, why)) {
		if (folder[1] == '\0')
			return true;
		slash = strrchr(folder, '/');
		slash[slash == folder] = '\0'; /* the root keeps its own */
	}
	return false;
}

/* The folder of path, without links. */
static bool
find_folder(const char *path, char real[static PATH_MAX], struct sink *why)
{
	struct span_cut cut = span_cut_last(span_of(path), '/');
	char folder[PATH_MAX];
	struct sink text;

	sink_init(&text, folder, sizeof(folder));
	if (!cut.found)
		sink_text(&text, ".");
	else if (cut.head.n == 0)
		sink_text(&text, "/");
	else
		sink_span(&text, cut.head);
	sink_byte(&text, '\0');
	if (text.full) {
		sink_say(why, "%s: this path is too long", path);
		return false;
	}
	if (realpath(folder, real) == NULL) {
		sink_say(why,
		    errno == ENOENT || errno == ENOTDIR
			? "%s: there is no folder %s: is the path right?"
			: "%s: the user who runs this can't get into %s",
		    path, folder);
		return false;
	}
	/* Who can write where a link lies can point it elsewhere. */
	return folder[0] != '/' || strcmp(folder, real) == 0 ||
	       folders_ok(folder, path, why);
}

bool
trusted_folder(const char *path, char real[static PATH_MAX], struct sink *why)
{
	return find_folder(path, real, why) && folders_ok(real, path, why);
}

/* What a file is opened for. */
enum use { USE_READ = 1, USE_SECRET, USE_WRITE, USE_MAKE };

/* Where path really is; the last name is not followed if it is a link. */
static bool
find_file(const char *path, const char *folder, char real[static PATH_MAX],
    struct sink *why)
{
	struct span_cut cut = span_cut_last(span_of(path), '/');
	struct span name = cut.found ? cut.tail : cut.head;
	struct sink text;

	if (name.n == 0) {
		sink_say(
		    why, "%s: a file has a name: this ends without one", path);
		return false;
	}
	sink_init(&text, real, PATH_MAX);
	sink_text(&text, folder[1] == '\0' ? "" : folder);
	sink_text(&text, "/");
	sink_span(&text, name);
	sink_byte(&text, '\0');
	if (text.full) {
		sink_say(why, "%s: this path is too long", path);
		return false;
	}
	return true;
}

/* Why open() failed. */
static void
say_unopened(int error, enum use use, const char *path, struct sink *why)
{
	if (error == ENOENT)
		sink_say(why, "%s: there is no such file", path);
	else if (error == ENOTDIR)
		sink_say(why, "%s: what it should lie in is no folder", path);
	else if (error == ENXIO || error == EISDIR) /* ENXIO: a socket */
		sink_say(why, "%s: this is not a regular file: name one", path);
	else if (error == ELOOP)
		sink_say(why,
		    "%s: this is a symbolic link: name the file itself", path);
	else if (error == EACCES && use == USE_MAKE)
		sink_say(why,
		    "%s: the user who runs this can't make it or write to it: "
		    "its folder, or the file, must be that user's: chown "
		    "it, and chmod 700 the folder",
		    path);
	else if (error == EACCES && use == USE_WRITE)
		sink_say(why,
		    "%s: the user who runs this can't write to it: chown it, "
		    "and its folder, to that user",
		    path);
	else if (error == EACCES)
		sink_say(why,
		    "%s: the user who runs this can't read it: chown it to "
		    "that user, or to its group with chmod 640 %s",
		    path, path);
	else if (error == EROFS)
		sink_say(why,
		    "%s: its file system is read-only: name one that can be "
		    "written to",
		    path);
	else if (error == ENOSPC || error == EDQUOT)
		sink_say(why, "%s: there is no room left for it", path);
	else
		sink_say(why, "%s: can't be opened (error %d)", path,
		    (long long)error);
}

static int
open_file(const char *real, const char *path, enum use use, struct sink *why)
{
	/* O_NONBLOCK: a FIFO would wait for its other end. */
	int flags = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd;

	flags |= use == USE_READ || use == USE_SECRET ? O_RDONLY : O_RDWR;
	if (use == USE_MAKE)
		flags |= O_CREAT;
	fd = open(real, flags, 0600);
	if (fd < 0)
		say_unopened(errno, use, path, why);
	return fd;
}

/* What every file must be. */
static bool
file_ok(const struct stat *st, const char *path, struct sink *why)
{
	if (!S_ISREG(st->st_mode)) {
		sink_say(why, "%s: this is not a regular file: name one", path);
		return false;
	}
	if (!trusted_user(st->st_uid)) {
		sink_say(why,
		    "%s: it belongs to another user: chown it to root or to "
		    "the user who runs this",
		    path);
		return false;
	}
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		sink_say(why,
		    "%s: others than its owner can write to it: chmod go-w %s",
		    path, path);
		return false;
	}
	return true;
}

/*
 * Root's files may be its group's to read: who is in it may write to the
 * folders above, too. So are a service manager's credentials by their mode,
 * which then is the mask of an access control list: see acl(5).
 */
static bool
secret_ok(const struct stat *st, const char *path, struct sink *why)
{
	if ((st->st_mode & S_IRWXO) != 0) {
		sink_say(why, "%s: everybody has rights to it: chmod o= %s",
		    path, path);
		return false;
	}
	if ((st->st_mode & S_IRGRP) != 0 &&
	    (st->st_uid != 0 || st->st_gid != 0) &&
	    !trusted_group(st->st_gid)) {
		/* It may be the web server's, whom that would shut out. */
		sink_say(why,
		    "%s: a group that is not ours can read it: %schmod 600 %s",
		    path,
		    geteuid() == 0 ? "run this as the web server's user; or, "
				     "where signpost@.service runs it, "
				   : "",
		    path);
		return false;
	}
	return true;
}

static int
open_checked(const char *path, enum use use, char real[static PATH_MAX],
    struct sink *why)
{
	char folder[PATH_MAX];
	struct stat st;
	int fd;

	if (!trusted_folder(path, folder, why) ||
	    !find_file(path, folder, real, why))
		return -1;
	fd = open_file(real, path, use, why);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0)
		sink_say(why, "%s: can't be looked at", path);
	else if (file_ok(&st, path, why) &&
		 (use != USE_SECRET || secret_ok(&st, path, why)))
		return fd;
	close(fd);
	return -1;
}

int
trusted_open(const char *path, struct sink *why)
{
	char real[PATH_MAX];

	return open_checked(path, USE_READ, real, why);
}

int
trusted_open_secret(const char *path, struct sink *real, struct sink *why)
{
	char mem[PATH_MAX];
	int fd = open_checked(path, USE_SECRET, mem, why);

	if (fd >= 0)
		sink_text(real, mem);
	return fd;
}

int
trusted_open_write(const char *path, bool make, struct sink *why)
{
	char real[PATH_MAX];

	return open_checked(path, make ? USE_MAKE : USE_WRITE, real, why);
}

bool
trusted_read(int fd, unsigned char *p, size_t cap, size_t *n)
{
	size_t got = 0;

	*n = 0;
	while (got < cap) {
		ssize_t r = read(fd, p + got, cap - got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return false;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	*n = got;
	return true;
}
