#define _GNU_SOURCE /* statx */

#include "store/slots_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/trusted.h"
#include "store/network.h"
#include "store/slots_make.h"

#define TRIES 3 /* somebody may remove what was made */

void
slots_file_init(struct slots_file *f, const char *folder, unsigned buckets)
{
	struct sink path;

	f->folder = folder;
	f->buckets = buckets;
	f->fd = -1;
	f->owner = 0;
	sink_init(&path, f->path, sizeof(f->path) - 1);
	sink_say(&path, "%s/counters", folder);
	f->path[path.full ? 0 : path.n] = '\0';
}

bool
slots_file_is_open(const struct slots_file *f)
{
	return f->fd >= 0 && f->owner == getpid();
}

void
slots_file_close(struct slots_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	wipe(f->head, sizeof(f->head));
	wipe(f->key, sizeof(f->key));
}

const struct hmac_key *
slots_file_key(const struct slots_file *f)
{
	return (const struct hmac_key *)(const void *)f->key;
}

/* All n bytes. False with errno, 0 at the end of the file. */
static bool
read_at(int fd, unsigned char *out, size_t n, off_t at)
{
	while (n > 0) {
		ssize_t got = pread(fd, out, n, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = 0;
		if (got <= 0)
			return false;
		out += got;
		n -= (size_t)got;
		at += got;
	}
	return true;
}

static bool
write_at(int fd, const unsigned char *bytes, size_t n, off_t at)
{
	while (n > 0) {
		ssize_t done = pwrite(fd, bytes, n, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
		at += done;
	}
	return true;
}

/* Beyond it a write would be a signal, also inside a file (setrlimit(2)). */
static bool
may_write(unsigned long long size)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
	       (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= size);
}

/*
 * What is at path, or open with fd when path is empty. It must not ask for the
 * times: since Linux 6.13 a write behind such a look changes the inode, and
 * with that takes twice as long.
 */
static bool
see(int fd, const char *path, struct slots_seen *seen)
{
	unsigned wanted =
	    STATX_TYPE | STATX_MODE | STATX_UID | STATX_INO | STATX_SIZE;
	struct statx st;

	if (statx(fd, path, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, wanted, &st) !=
		0 ||
	    (st.stx_mask & wanted) != wanted)
		return false;
	*seen = (struct slots_seen){ st.stx_ino, st.stx_size, st.stx_dev_major,
		st.stx_dev_minor, st.stx_uid, st.stx_mode };
	return true;
}

/* What is open is one of ours, whole, and of this number of buckets. */
static bool
check(struct slots_file *f, struct sink *why)
{
	unsigned long long size = slots_size(f->buckets);
	const char *fault = NULL;

	if (!see(f->fd, "", &f->opened)) {
		sink_say(why, "%s: can't be looked at", f->path);
		return false;
	}
	if (network_refuse(f->path, why))
		return false;
	if (f->opened.size != size)
		sink_say(why,
		    "%s: it has %d bytes, not %d: remove it, and counting "
		    "starts anew",
		    f->path, (long long)f->opened.size, (long long)size);
	else if (!read_at(f->fd, f->head, SLOTS_HEAD, 0))
		fault = "it can't be read";
	else if ((fault = slots_head_fault(f->head, f->buckets)) == NULL)
		return slots_head_key(
		    f->head, (struct hmac_key *)(void *)f->key);
	if (fault != NULL)
		sink_say(why, "%s: %s", f->path, fault);
	return false;
}

static bool
is_missing(const char *path)
{
	struct stat st;

	return lstat(path, &st) != 0 && errno == ENOENT;
}

/* A descriptor, after making the file where there is none; -1 with why. */
static int
open_or_make(const struct slots_file *f, long long wait, struct sink *why)
{
	for (int i = 0; i < TRIES; i++) {
		struct sink before = *why;
		int fd = trusted_open_write(f->path, false, why);

		if (fd >= 0 || !is_missing(f->path))
			return fd;
		*why = before;
		if (!slots_make(f->folder, f->path, f->buckets, &random_kernel,
			wait, why))
			return -1;
	}
	sink_say(why, "%s: others keep removing it", f->path);
	return -1;
}

bool
slots_file_open(struct slots_file *f, long long wait, struct sink *why)
{
	slots_file_close(f);
	if (f->path[0] == '\0') {
		sink_say(why, "%s: this path is too long", f->folder);
		return false;
	}
	if (!may_write(slots_size(f->buckets))) {
		sink_say(why,
		    "%s: files may not be so large here: raise ulimit -f",
		    f->path);
		return false;
	}
	f->fd = open_or_make(f, wait, why);
	f->owner = getpid();
	if (f->fd >= 0 && check(f, why))
		return true;
	slots_file_close(f);
	return false;
}

bool
slots_file_current(const struct slots_file *f)
{
	const struct slots_seen *was = &f->opened;
	struct slots_seen is;

	return see(AT_FDCWD, f->path, &is) && is.inode == was->inode &&
	       is.major == was->major && is.minor == was->minor &&
	       is.size == was->size && is.user == was->user &&
	       is.mode == was->mode;
}

bool
slots_file_same_head(const struct slots_file *f)
{
	unsigned char head[SLOTS_HEAD];

	return read_at(f->fd, head, SLOTS_HEAD, 0) &&
	       memcmp(head, f->head, SLOTS_HEAD) == 0;
}

static off_t
offset(const struct bucket *b)
{
	return SLOTS_HEAD + (off_t)b->number * BUCKET_BYTES;
}

bool
slots_file_read(const struct slots_file *f, struct bucket *b)
{
	return read_at(f->fd, b->bytes, BUCKET_BYTES, offset(b));
}

bool
slots_file_write(const struct slots_file *f, const struct bucket *b)
{
	for (unsigned i = 0; i < BUCKET_SLOTS; i++)
		if ((b->changed & 1U << i) != 0 &&
		    !write_at(f->fd, b->bytes + i * SLOT_BYTES, SLOT_BYTES,
			offset(b) + (off_t)i * SLOT_BYTES))
			return false;
	return true;
}
