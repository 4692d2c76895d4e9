/* Folders in which nobody but root and the user who runs this can change. */
#ifndef BASE_TRUSTED_FOLDER_H
#define BASE_TRUSTED_FOLDER_H

#include <limits.h>
#include <sys/types.h>

#include "base/sink.h"

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
