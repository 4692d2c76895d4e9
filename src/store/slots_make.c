#include "store/slots_make.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/trusted.h"
#include "base/write.h"
#include "store/lock.h"
#include "store/network.h"
#include "store/slots_head.h"

#define CHUNK 32 /* buckets that are written at once */
#define TRIES 4

static bool
write_buckets(int fd, const struct hmac_key *key, unsigned n)
{
	unsigned char mem[CHUNK * BUCKET_BYTES];
	struct bucket b = { .number = 0 };

	while (b.number < n) {
		size_t used = 0;

		for (; used < sizeof(mem) && b.number < n; b.number++) {
			bucket_clear(&b, key);
			memcpy(mem + used, b.bytes, BUCKET_BYTES);
			used += BUCKET_BYTES;
		}
		if (!write_all(fd, (struct span){ mem, used }))
			return false;
	}
	return true;
}

/* All of the file, to the disk. */
static bool
fill(int fd, const char *path, unsigned buckets, struct random_source *random,
    struct sink *why)
{
	alignas(max_align_t) unsigned char mem[HMAC_KEY_MAX];
	struct hmac_key *key = (struct hmac_key *)(void *)mem;
	unsigned char head[SLOTS_HEAD];

	if (!slots_head_make(random, buckets, head) ||
	    !slots_head_key(head, key)) {
		sink_say(why, "%s: the kernel gives no random bytes", path);
		return false;
	}
	if (fchmod(fd, 0600) == 0 &&
	    write_all(fd, (struct span){ head, sizeof(head) }) &&
	    write_buckets(fd, key, 2 * buckets) && fsync(fd) == 0)
		return true;
	if (errno == ENOSPC || errno == EDQUOT)
		sink_say(why, "%s: there is no room for its %d bytes", path,
		    (long long)slots_size(buckets));
	else
		sink_say(why, "%s: it can't be made (error %d)", path,
		    (long long)errno);
	return false;
}

static bool
exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* Does this name still lead to the file that is open? */
static bool
leads_to(const char *path, const struct stat *opened)
{
	struct stat st;

	return lstat(path, &st) == 0 && st.st_dev == opened->st_dev &&
	       st.st_ino == opened->st_ino;
}

enum outcome { FAILED = 0, DONE, AGAIN };

/*
 * Under the lock of the file that draft leads to, so nobody else is at work on
 * it. One that has bytes, or another name, may be in use by who opened it when
 * it had its own name: it is never written to, but left to them.
 */
static enum outcome
make_locked(int fd, const char *path, const char *draft, unsigned buckets,
    struct random_source *random, struct sink *why)
{
	enum outcome outcome = FAILED;
	struct stat st;

	if (fstat(fd, &st) != 0 || !leads_to(draft, &st))
		return AGAIN;
	if (exists(path)) {
		outcome = DONE;
	} else if (st.st_size != 0 || st.st_nlink != 1) {
		outcome = AGAIN;
	} else if (fill(fd, path, buckets, random, why)) {
		if (link(draft, path) == 0 || errno == EEXIST)
			outcome = DONE;
		else
			sink_say(why, "%s: it can't get its name (error %d)",
			    path, (long long)errno);
	}
	unlink(draft);
	return outcome;
}

static enum outcome
make_once(const char *path, const char *draft, unsigned buckets,
    struct random_source *random, long long wait, struct sink *why)
{
	int fd = trusted_open_write(draft, true, why);
	enum outcome outcome = FAILED;

	if (fd < 0)
		return FAILED;
	switch (lock_take(fd, wait)) {
	case LOCK_TAKEN:
		outcome = make_locked(fd, path, draft, buckets, random, why);
		break;
	case LOCK_BUSY:
		sink_say(why, "%s: another process is still making it", path);
		break;
	case LOCK_FAILED:
		sink_say(why, "%s: its file system has no locks", path);
		break;
	}
	close(fd);
	return outcome;
}

static bool
folder_made(const char *folder, const char *path, struct sink *why)
{
	if (mkdir(folder, 0700) == 0 || errno == EEXIST)
		return true;
	if (errno == ENOENT || errno == ENOTDIR)
		sink_say(why,
		    "%s: there is no folder above %s to make it in: is the "
		    "path right?",
		    path, folder);
	else if (errno == EACCES || errno == EPERM || errno == EROFS)
		sink_say(why,
		    "%s: the user who runs this can't make the folder %s: "
		    "make it, and chown it to that user",
		    path, folder);
	else
		sink_say(why, "%s: its folder can't be made (error %d)", path,
		    (long long)errno);
	return false;
}

bool
slots_make(const char *folder, const char *path, unsigned buckets,
    struct random_source *random, long long wait, struct sink *why)
{
	char draft[PATH_TEXT_MAX + 1];
	enum outcome outcome = AGAIN;
	struct sink text;

	sink_init(&text, draft, sizeof(draft) - 1);
	sink_say(&text, "%s.new", path);
	draft[text.n] = '\0';
	if (text.full) {
		sink_say(why, "%s: this path is too long", path);
		return false;
	}
	if (!folder_made(folder, path, why) || network_refuse(folder, why))
		return false;
	for (int i = 0; i < TRIES && outcome == AGAIN; i++)
		outcome = make_once(path, draft, buckets, random, wait, why);
	if (outcome == AGAIN)
		sink_say(why, "%s: others keep removing what is made", path);
	return outcome == DONE;
}
