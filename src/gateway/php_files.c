#include "gateway/php_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/sink.h"

static int
open_session(struct span folder, struct span id)
{
	char mem[PATH_TEXT_MAX + PHP_ID_MAX + 8];
	struct sink path;

	sink_init(&path, mem, sizeof(mem));
	sink_say(&path, "%v/sess_%v", folder, id);
	sink_byte(&path, '\0');
	if (path.full) {
		errno = ENAMETOOLONG;
		return -1;
	}
	/* A pipe of that name must not make anybody wait. */
	return open(mem, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static bool
is_ours(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_uid == geteuid() &&
	       st->st_nlink == 1 && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* The length of what is there; one byte more is asked for. */
static size_t
read_all(int fd, unsigned char *room, size_t cap)
{
	size_t n = 0;

	while (n < cap) {
		ssize_t got = pread(fd, room + n, cap - n, (off_t)n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	return n;
}

static enum php_found
read_open(int fd, unsigned char *room, size_t cap, struct php_session_file *out)
{
	struct stat before, after;
	size_t n;

	if (fstat(fd, &before) != 0 || !is_ours(&before) ||
	    before.st_size > (off_t)cap)
		return PHP_FOUND_UNTRUSTED;
	n = read_all(fd, room, cap);
	if (fstat(fd, &after) != 0)
		return PHP_FOUND_UNTRUSTED;
	if ((off_t)n != before.st_size || after.st_size != before.st_size ||
	    !same_time(before.st_mtim, after.st_mtim))
		return PHP_FOUND_TORN;
	out->text = (struct span){ room, n };
	out->changed = (long long)before.st_mtim.tv_sec;
	return PHP_FOUND;
}

static enum php_found
read_session(struct php_sessions *self, struct span folder, struct span id,
    unsigned char *room, size_t cap, struct php_session_file *out)
{
	int fd = open_session(folder, id);
	enum php_found found;

	(void)self;
	if (fd < 0)
		return errno == ELOOP || errno == ENXIO ? PHP_FOUND_UNTRUSTED
							: PHP_FOUND_NOTHING;
	found = read_open(fd, room, cap, out);
	close(fd);
	return found;
}

struct php_sessions php_files = { read_session };
