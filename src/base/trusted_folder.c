#define _GNU_SOURCE /* realpath, S_ISVTX */

#include "base/trusted_folder.h"

#include <errno.h>
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
