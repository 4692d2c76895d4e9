/*
 * Files that this program takes orders or secrets from, or counts in: nobody
 * but root and the user who runs it may be able to change them.
 */
#ifndef BASE_TRUSTED_H
#define BASE_TRUSTED_H

#include <limits.h>
#include <sys/types.h>

#include "base/sink.h"

/*
 * Opens a regular file (not a link), owned by root or us, not writable by
 * group or others, in a folder that trusted_folder() accepts. For the
 * configuration file and the control file, which may be readable by others.
 * Returns a descriptor, or -1 with the reason and what would be right in why.
 */
int trusted_open(const char *path, struct sink *why);

/*
 * The same for a secret: besides, no permission at all for others, and read
 * permission for the group only when the group is ours, or root's of a file of
 * root's. real gets the path without links, and nothing on failure.
 */
int trusted_open_secret(const char *path, struct sink *real, struct sink *why);

/*
 * The same as trusted_open(), to read and to write. make: with mode 0600 when
 * there is none yet; its folder must be there.
 */
int trusted_open_write(const char *path, bool make, struct sink *why);

/*
 * Reads a whole file, over signals: up to cap bytes, so that one more than may
 * be there tells that there are too many. False, and *n is 0, after an error.
 */
bool trusted_read(int fd, unsigned char *p, size_t cap, size_t *n);

/*
 * real gets the folder that path lies in, without links; what lies at path
 * does not matter. It, and every folder above it, is owned by root or us, and
 * not writable by others or by a group that is neither ours nor root's, unless
 * it is sticky; the same holds where a link on the way lies. False with the
 * reason and what would be right in why.
 */
bool trusted_folder(
    const char *path, char real[static PATH_MAX], struct sink *why);

/* Root, or the user who runs this. */
bool trusted_user(uid_t owner);

/* Our effective group, or a supplementary one. */
bool trusted_group(gid_t group);

#endif
