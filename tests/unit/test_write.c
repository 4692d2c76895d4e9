#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/write.h"

/* How the kernel's answers are to be spoilt; none by default. */
static struct {
	int interruptions, error, calls;
	size_t most;
} spoilt;

/* Called in place of libc's: a program's own name comes first. */
ssize_t
write(int fd, const void *bytes, size_t n)
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

int
poll(struct pollfd *fds, nfds_t n, int timeout)
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

static void
all(void **state)
{
	(void)state;
	assert_int_equal(calls(""), 0);
	assert_int_equal(calls("abcdefg"), 1);
	spoilt.most = 3;
	assert_int_equal(calls("abcdefg"), 3);
	spoilt.most = 1;
	spoilt.interruptions = 2;
	assert_int_equal(calls("abc"), 5);
}

static void
errors(void **state)
{
	bool right;
	int error;

	(void)state;
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
static void
no_room(void **state)
{
	(void)state;
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all),
		cmocka_unit_test(errors),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests_name("write", tests, NULL, NULL);
}
