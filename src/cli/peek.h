/* Small files of the system, for people who look: /proc, /etc. */
#ifndef CLI_PEEK_H
#define CLI_PEEK_H

#include "base/span.h"

/*
 * The first cap bytes of a regular file, or what there is of them. False where
 * it is none, or can't be opened or read: to open a device can do something. It
 * is not believed: see base/trusted.h for that.
 */
bool peek_file(const char *path, void *mem, size_t cap, struct span *out);

/* The same of a descriptor, from where it stands. It stays open. */
bool peek_descriptor(int fd, void *mem, size_t cap, struct span *out);

/* What a symbolic link says, with a NUL; false, and "", without one. */
bool peek_link(const char *path, char *mem, size_t cap);

/* The folder of a path: "." for none, "/" for the root. False: no room. */
bool peek_folder(const char *path, char *mem, size_t cap);

/* Are both there, and one and the same file? */
bool peek_same(const char *a, const char *b);

/* This program's own file; "signpost" where /proc is not there. */
const char *peek_self(void);

/*
 * The endpoint's file: ../lib/signpost/signpost beside this program, as it is
 * installed; ../signpost in the archive for shared hosting; ../cgi-bin/signpost
 * where it was built. This program's own name when there is none of them.
 */
const char *peek_endpoint(void);

#endif
