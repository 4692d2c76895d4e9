#define _GNU_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "folder.h"
#include "store/lock.h"

static int
opened(void)
{
	int fd = open(in_folder("file"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

static void
test_excludes(void **state)
{
	int a = opened(), b = opened();

	(void)state;
	assert_int_equal(lock_take(a, 0), LOCK_TAKEN);
	assert_int_equal(lock_take(b, 0), LOCK_BUSY);
	assert_int_equal(lock_take(b, 20), LOCK_BUSY);
	assert_int_equal(lock_take(a, 0), LOCK_TAKEN); /* held: no waiting */
	lock_drop(a);
	assert_int_equal(lock_take(b, 0), LOCK_TAKEN);
	assert_int_equal(lock_take(a, 0), LOCK_BUSY);
	close(b);
	assert_int_equal(lock_take(a, 0), LOCK_TAKEN);
	close(a);
}

static void
test_waits_no_longer(void **state)
{
	int a = opened(), b = opened();
	long long start;

	(void)state;
	assert_int_equal(lock_take(a, 0), LOCK_TAKEN);
	start = lock_clock();
	assert_int_equal(lock_take(b, 100), LOCK_BUSY);
	assert_in_range(lock_clock() - start, 100, 60000);
	close(a);
	close(b);
}

/* A child that holds the lock says so, and then waits to be killed. */
static pid_t
holder(void)
{
	int pipes[2];
	pid_t child;
	char c;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (child == 0) {
		int fd = opened();

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (lock_take(fd, 0) == LOCK_TAKEN &&
		    write(pipes[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &c, 1), 1);
	close(pipes[0]);
	return child;
}

static void
test_killed(void **state)
{
	int fd = opened(), status;
	pid_t child = holder();

	(void)state;
	assert_int_equal(lock_take(fd, 0), LOCK_BUSY);
	kill(child, SIGSTOP);
	assert_int_equal(lock_take(fd, 10), LOCK_BUSY);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(lock_take(fd, 0), LOCK_TAKEN);
	close(fd);
}

/* It gets the lock when it is given back meanwhile. */
static void
test_waits(void **state)
{
	int fd = opened(), other = opened(), status;
	pid_t child;

	(void)state;
	assert_int_equal(lock_take(fd, 0), LOCK_TAKEN);
	child = fork();
	if (child == 0) {
		close(fd);
		_exit(lock_take(other, 60000) != LOCK_TAKEN);
	}
	usleep(20000);
	lock_drop(fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(fd);
	close(other);
}

static void
test_fails(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(lock_take(-1, 100), LOCK_FAILED);
	assert_int_equal(errno, EBADF);
	assert_int_equal(lock_take(fd, 100), LOCK_FAILED); /* to read only */
	close(fd);
}

#define CASE(test)                                                             \
	cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_excludes),
		CASE(test_waits_no_longer),
		CASE(test_killed),
		CASE(test_waits),
		CASE(test_fails),
	};

	return cmocka_run_group_tests_name("lock", tests, NULL, NULL);
}
