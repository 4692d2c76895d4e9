#define _GNU_SOURCE

#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/fastcgi.h"

/* What lies on descriptor 3. */
enum third { LISTENING = 1, CONNECTED, A_FILE, NOTHING };

/* Linux gives a socket that is not bound a name of its own. */
static int
listening(void)
{
	const struct sockaddr any = { .sa_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, &any, sizeof(any.sa_family)) != 0 ||
	    listen(fd, 1) != 0)
		abort();
	return fd;
}

static void
put_third(enum third what)
{
	int pair[2], fd = -1;

	if (what == LISTENING)
		fd = listening();
	if (what == CONNECTED && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0)
		fd = pair[0];
	if (what == A_FILE)
		fd = open("/dev/null", O_RDWR);
	if (what == NOTHING)
		close(3);
	else if (fd < 0 || (fd != 3 && dup2(fd, 3) != 3))
		abort();
}

static bool
is_set(const char *name)
{
	return getenv(name) != NULL;
}

static bool
same(int fd, const struct stat *was)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_dev == was->st_dev &&
	       st.st_ino == was->st_ino;
}

/*
 * In a process of its own, which is named with pid ("" for itself, NULL for
 * none): 0 when what came of it is right. fault: NULL for none, else a word of
 * it; taken: descriptor 3 has become 0.
 */
static int
look(const char *pid, const char *count, enum third what, bool taken,
    const char *fault)
{
	struct stat zero, three;
	char self[32];
	const char *said;
	int null = open("/dev/null", O_RDONLY);

	dup2(null, 0);
	put_third(what);
	fstat(0, &zero);
	fstat(3, &three);
	snprintf(self, sizeof(self), "%d", (int)getpid());
	if (pid != NULL)
		setenv("LISTEN_PID", pid[0] == '\0' ? self : pid, 1);
	if (count != NULL)
		setenv("LISTEN_FDS", count, 1);
	setenv("LISTEN_FDNAMES", "signpost.socket", 1);
	said = fastcgi_take_listener();
	if (is_set("LISTEN_PID") || is_set("LISTEN_FDS") ||
	    is_set("LISTEN_FDNAMES"))
		return 1;
	if ((said == NULL) != (fault == NULL) ||
	    (fault != NULL && strstr(said, fault) == NULL))
		return 2;
	if (!same(0, taken ? &three : &zero) || fastcgi_listens(0) != taken)
		return 3;
	if (what == NOTHING || taken)
		return fcntl(3, F_GETFD) >= 0 ? 4 : 0;
	return same(3, &three) ? 0 : 5;
}

static void
expect(const char *pid, const char *count, enum third what, bool taken,
    const char *fault)
{
	int status = -1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(look(pid, count, what, taken, fault));
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0)
		fail_msg("LISTEN_PID=%s LISTEN_FDS=%s: %d", pid, count,
		    WEXITSTATUS(status));
}

TEST(test_taken)
{
	expect("", "1", LISTENING, true, NULL);
}

/* Not for us: nothing is touched, and nothing is wrong. */
TEST(test_others)
{
	static const char *const pids[] = { NULL, "1", "0", "-1", " ", "x",
		"99999999999999999999999999999999999999999" };
	char text[64];

	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++)
		expect(pids[i], "1", LISTENING, false, NULL);
	/* The parent's. */
	snprintf(text, sizeof(text), "%d", (int)getpid());
	expect(text, "1", LISTENING, false, NULL);
	expect(NULL, NULL, NOTHING, false, NULL);
}

/* Our own number between these two. */
static int
look_alike(const char *before, const char *behind)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%d%s", before, (int)getpid(), behind);
	return look(text, "1", LISTENING, false, NULL);
}

TEST(test_alike)
{
	static const char *const pairs[][2] = { { "0", "" }, { "+", "" },
		{ " ", "" }, { "", " " }, { "", "0" }, { "", "\n" } };

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		int status = -1;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			_exit(look_alike(pairs[i][0], pairs[i][1]));
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
}

TEST(test_count)
{
	static const char *const counts[] = { NULL, "", "0", "2", "10", "01",
		"-1", "1 ", " 1", "x" };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		expect("", counts[i], LISTENING, false, "exactly one");
}

TEST(test_no_listener)
{
	expect("", "1", CONNECTED, false, "Accept=no");
	expect("", "1", A_FILE, false, "not a listening socket");
	expect("", "1", NOTHING, false, "not a listening socket");
}
