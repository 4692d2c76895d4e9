/*
 * The file of counts: opening, locking, reading and writing it. What it means
 * is the business of step.h.
 */
#ifndef STORE_SLOTS_FILE_H
#define STORE_SLOTS_FILE_H

#include <stdalign.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/sink.h"
#include "store/lock.h"
#include "store/slots_head.h"

struct slots_file {
	const char *folder;
	unsigned buckets;
	char path[PATH_TEXT_MAX + 1]; /* empty when it would be too long */
	int fd;                       /* -1: not open */
	/* A forked child has the parent's locks, so opens its own. */
	pid_t owner;
	struct slots_seen {
		uint64_t inode, size;
		uint32_t major, minor, user, mode;
	} opened; /* what it was like then */
	unsigned char head[SLOTS_HEAD];
	alignas(max_align_t) unsigned char key[HMAC_KEY_MAX];
};

/* Opens nothing yet. folder, NUL-terminated and absolute, is kept. */
void slots_file_init(
    struct slots_file *f, const char *folder, unsigned buckets);

/*
 * Opens it, after making it where there is none, and waiting as many
 * milliseconds for another process that makes it. False with why.
 */
bool slots_file_open(struct slots_file *f, long long wait, struct sink *why);
bool slots_file_is_open(const struct slots_file *f);
void slots_file_close(struct slots_file *f);

const struct hmac_key *slots_file_key(const struct slots_file *f);

/*
 * Does the path still lead to what is open, with the size, owner and mode
 * that were found right? To be asked under the lock.
 */
bool slots_file_current(const struct slots_file *f);

/* Is the first block what it was? */
bool slots_file_same_head(const struct slots_file *f);

/* False with errno, 0 when the file has ended. */
bool slots_file_read(const struct slots_file *f, struct bucket *b);

/* Each slot that changed, by a write of its own. False with errno. */
bool slots_file_write(const struct slots_file *f, const struct bucket *b);

#endif
