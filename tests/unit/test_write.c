#define _GNU_SOURCE

#include "test.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/write.h"
#include "hooks.h"

/* How the kernel's answers are to be spoilt; none by default. */
static struct {
	int interruptions, error, calls;
	size_t most;
} spoilt;

/* For hooks.write. */
static ssize_t
spoilt_write(int fd, const void *bytes, size_t n)
{
	spoilt.calls++;
	errno = spoilt.interruptions > 0 ? EINTR : spoilt.error;
	if (errno != 0) {
		spoilt.interruptions--;
		return -1;
	}
	if (spoilt.most != 0 && n > spoilt.most)
		n = spoilt.most;
	return (ssize_t)syscall(SYS_write, fd, bytes, n);
}

/* Room comes with the next wait, or never. */
static bool room;
static int waits;

/* For hooks.poll. */
static int
spoilt_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	assert_int_equal(n, 1);
	assert_int_equal(fds->events, POLLOUT);
	assert_int_equal(timeout, WRITE_SECONDS * 1000);
	waits++;
	if (waits == 1) {
		errno = EINTR;
		return -1;
	}
	spoilt.error = room ? 0 : spoilt.error;
	return room;
}

/* Does a pipe get these bytes, and in how many calls? */
static int
calls(const char *text)
{
	char got[64];
	int ends[2], n;
	bool right;

	assert_int_equal(pipe(ends), 0);
	spoilt.calls = 0;
	right = write_all(ends[1], span_of(text));
	n = spoilt.calls;
	memset(&spoilt, 0, sizeof(spoilt));
	assert_true(right);
	close(ends[1]);
	assert_int_equal(
	    read(ends[0], got, sizeof(got)), (ssize_t)strlen(text));
	assert_memory_equal(got, text, strlen(text));
	close(ends[0]);
	return n;
}

TEST(all)
{
	assert_int_equal(calls(""), 0);
	assert_int_equal(calls("abcdefg"), 1);
	spoilt.most = 3;
	assert_int_equal(calls("abcdefg"), 3);
	spoilt.most = 1;
	spoilt.interruptions = 2;
	assert_int_equal(calls("abc"), 5);
}

TEST(errors)
{
	bool right;
	int error;

	spoilt.error = ENOSPC;
	right = write_all(1, SPAN_LIT("x"));
	error = errno;
	memset(&spoilt, 0, sizeof(spoilt));
	assert_false(right);
	assert_int_equal(error, ENOSPC);
	assert_false(write_all(-1, SPAN_LIT("x")));
	assert_int_equal(errno, EBADF);
}

/* A descriptor that does not wait by itself. */
TEST(no_room)
{
	waits = 0;
	room = true;
	spoilt.error = EAGAIN;
	assert_int_equal(calls("abc"), 2);
	assert_int_equal(waits, 2);
	room = false;
	spoilt.error = EAGAIN;
	assert_false(write_all(1, SPAN_LIT("x")));
	assert_int_equal(errno, ETIMEDOUT);
	memset(&spoilt, 0, sizeof(spoilt));
}

FIXTURE(open_group)
{
	hooks.write = spoilt_write;
	hooks.poll = spoilt_poll;
}

GROUP(open_group, NULL);
