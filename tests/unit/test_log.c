#define _GNU_SOURCE /* pwritev2, memfd_create */

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "guard.h"
#include "hooks.h"

/*
 * The log's calls come here, by hooks: what they are made to do, and what they
 * did.
 */
static struct {
	int calls, interruptions, error;
	size_t part;    /* takes only so many bytes; 0: all */
	bool old;       /* a kernel without RWF_NOWAIT for pipes */
	size_t longest; /* write */
} writes;

static ssize_t
falter(size_t n)
{
	writes.calls++;
	if (n > writes.longest)
		writes.longest = n;
	errno = writes.interruptions > 0 ? EINTR : writes.error;
	if (writes.interruptions > 0)
		writes.interruptions--;
	return errno == 0 ? 0 : -1;
}

static ssize_t
spoilt_write(int fd, const void *bytes, size_t n)
{
	if (falter(n) < 0)
		return -1;
	if (writes.part > 0 && writes.part < n)
		n = writes.part;
	return syscall(SYS_write, fd, bytes, n);
}

static ssize_t
spoilt_pwritev2(int fd, const struct iovec *v, int n, off_t offset, int flags)
{
	assert_int_equal(n, 1);
	assert_int_equal(flags, RWF_NOWAIT);
	if (writes.old) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (falter(v->iov_len) < 0)
		return -1;
	return syscall(SYS_pwritev2, fd, v, 1L, (long)offset, -1L, (long)flags);
}

static struct log_line line;
static int log_fd;
static char text[1 << 20];

/* What the file holds, and nothing from then on. */
static const char *
read_file(int fd)
{
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	assert_int_equal(ftruncate(fd, 0), 0);
	return text;
}

static const char *
read_stream(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	size_t have = 0;

	while (poll(&ready, 1, 0) == 1) {
		ssize_t n = read(fd, text + have, sizeof(text) - 1 - have);

		if (n <= 0)
			break;
		have += (size_t)n;
	}
	text[have] = '\0';
	return text;
}

static void
start(void)
{
	memset(&line, 0xa5, sizeof(line));
	log_start(&line, 1767225600, "test");
}

static int
new_file(void)
{
	int fd = memfd_create("log", MFD_CLOEXEC);

	if (fd < 0 || fcntl(fd, F_SETFL, O_APPEND) != 0)
		abort();
	return fd;
}

FIXTURE(set_up)
{
	memset(&writes, 0, sizeof(writes));
	log_fd = new_file();
	log_to(log_fd);
	log_to_file(-1);
	log_file_error();
	start();
}

FIXTURE(tear_down)
{
	memset(&writes, 0, sizeof(writes));
	/* A line that goes out ends the count of lost ones. */
	log_to(log_fd);
	log_to_file(-1);
	log_end(&line);
	close(log_fd);
}

#define BEGIN "time=2026-01-01T00:00:00Z event=test"

static const char *
end(void)
{
	log_end(&line);
	return read_file(log_fd);
}

/* Is the line, with this value in it, the one expected? */
static bool
value_is(struct span value, const char *expected)
{
	struct span copy = guarded(value);
	char whole[LOG_LINE_MAX];

	start();
	log_field(&line, "v", copy);
	guard_free(copy);
	snprintf(whole, sizeof(whole), BEGIN " v=%s\n", expected);
	return strcmp(end(), whole) == 0;
}

#define VALUE_IS(value, expected) value_is(SPAN_LIT(value), expected)

TEST_WITH(a_line, set_up, tear_down)
{
	log_field(&line, "user", SPAN_LIT("alice"));
	log_number(&line, "us", 17);
	log_number(&line, "skew", -3);
	assert_string_equal(end(), BEGIN " user=alice us=17 skew=-3\n");
	assert_int_equal(writes.calls, 1);
	log_start(&line, 1767225600, NULL);
	log_field(&line, "user", SPAN_LIT("alice"));
	assert_string_equal(end(), "time=2026-01-01T00:00:00Z user=alice\n");
}

TEST_WITH(values, set_up, tear_down)
{
	assert_true(VALUE_IS("alice", "alice"));
	assert_true(VALUE_IS("a/b:c-d_e.f,g", "a/b:c-d_e.f,g"));
	assert_true(VALUE_IS("a\\b", "a\\b"));
	assert_true(VALUE_IS("", "\"\""));
	assert_true(VALUE_IS(" ", "\" \""));
	assert_true(VALUE_IS("a b", "\"a b\""));
	assert_true(VALUE_IS("a=b", "\"a=b\""));
	assert_true(VALUE_IS("a\"b", "\"a\\\"b\""));
	assert_true(VALUE_IS("a \\b", "\"a \\\\b\""));
	assert_true(VALUE_IS("a\\\"", "\"a\\\\\\\"\""));
	assert_true(VALUE_IS("a\nb", "\"a\\x0ab\""));
	assert_true(VALUE_IS("\0", "\"\\x00\""));
	assert_true(VALUE_IS("\x1b[0m", "\"\\x1b[0m\""));
	assert_true(VALUE_IS("\xc3\xbc", "\"\\xc3\\xbc\""));
	assert_true(VALUE_IS("x\" user=root", "\"x\\\" user=root\""));
	assert_true(value_is((struct span){ NULL, 0 }, "\"\""));
}

/* Whatever a client sends, the line stays one line of printable ASCII. */
TEST_WITH(every_byte, set_up, tear_down)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char value[] = { 'a', (unsigned char)c, 'b' };
		bool plain = c > ' ' && c < 0x7f && c != '=' && c != '"';
		const char *got;

		start();
		log_field(&line, "v", (struct span){ value, 3 });
		got = end();
		for (size_t i = 0; got[i + 1] != '\0'; i++)
			assert_in_range(got[i], 0x20, 0x7e);
		assert_int_equal(got[strlen(got) - 1], '\n');
		assert_int_equal(strstr(got, " v=\"") == NULL, plain);
	}
}

TEST_WITH(long_values, set_up, tear_down)
{
	unsigned char value[258];
	char expected[300];

	memset(value, 'x', sizeof(value));
	memset(expected, 'x', sizeof(expected));
	for (size_t n = 255; n <= 258; n++) {
		expected[n < 256 ? n : 256] = '\0';
		assert_true(value_is((struct span){ value, n }, expected));
		expected[255] = expected[256] = 'x';
	}
	/* What was cut off does not count. */
	value[256] = ' ';
	expected[256] = '\0';
	assert_true(value_is((struct span){ value, 258 }, expected));
	start();
	log_value(&line, "a", SPAN_LIT("12"), 3);
	log_value(&line, "b", SPAN_LIT("123"), 3);
	log_value(&line, "c", SPAN_LIT("123 "), 3);
	log_value(&line, "d", SPAN_LIT("\n1"), 3);
	log_value(&line, "e", SPAN_LIT("\n1"), 4);
	log_value(&line, "f", SPAN_LIT("\n1"), 5);
	log_value(&line, "g", SPAN_LIT("1 \""), 3);
	log_value(&line, "h", SPAN_LIT("1 \""), 4);
	assert_string_equal(end(),
	    BEGIN " a=12 b=123 c=123 d=\"\" e=\"\\x0a\" f=\"\\x0a1\" "
		  "g=\"1 \" h=\"1 \\\"\"\n");
}

/* A sentence of any length goes on in the next field. */
TEST_WITH(long_text, set_up, tear_down)
{
	unsigned char value[600];
	char expected[700];

	memset(value, 'x', sizeof(value));
	for (size_t n = 255; n <= 257; n++) {
		start();
		log_text(&line, "text", (struct span){ value, n });
		snprintf(expected, sizeof(expected), BEGIN " text=%.*s%s\n",
		    n < 256 ? (int)n : 256, (const char *)value,
		    n == 257 ? " more=x" : "");
		assert_string_equal(end(), expected);
		value[599] = '\0';
	}
}

static size_t
occurrences(const char *in, const char *of)
{
	size_t n = 0;

	while ((in = strstr(in, of)) != NULL) {
		in += strlen(of);
		n++;
	}
	return n;
}

/* What does not fit is left out whole, and takes nothing else with it. */
TEST_WITH(long_lines, set_up, tear_down)
{
	unsigned char value[256];
	const char *got;

	memset(value, '\n', sizeof(value));
	for (int i = 0; i < 5; i++)
		log_field(&line, "v", (struct span){ value, sizeof(value) });
	log_number(&line, "last", 1);
	got = end();
	assert_int_equal(writes.calls, 1);
	assert_int_equal(occurrences(got, " v="), 3);
	assert_int_equal(occurrences(got, "\\x0a"), 3 * 256);
	assert_string_equal(got + strlen(got) - 18, "\" last=1 cut=true\n");
}

/* Around the end of the line, byte by byte: whole and ended, or marked. */
TEST_WITH(every_length, set_up, tear_down)
{
	unsigned char value[256];
	size_t longest = 0;

	memset(value, 'x', sizeof(value));
	for (size_t n = 1; n <= 250; n++) {
		const char *got;
		size_t length;

		start();
		for (int i = 0; i < 15; i++)
			log_field(&line, "v", (struct span){ value, 256 });
		log_field(&line, "w", (struct span){ value, n });
		got = end();
		length = strlen(got);
		assert_true(length < LOG_LINE_MAX);
		assert_int_equal(got[length - 1], '\n');
		assert_int_equal(occurrences(got, " v="), 15);
		assert_int_equal(occurrences(got, "\n"), 1);
		assert_int_equal(
		    occurrences(got, " w=") + occurrences(got, " cut=true"), 1);
		if (length > longest)
			longest = length;
	}
	assert_in_range(longest, LOG_LINE_MAX - LOG_LINE_SPARE, LOG_LINE_MAX);
}

TEST_WITH(no_such_date, set_up, tear_down)
{
	log_start(&line, INT64_MAX, "test");
	assert_string_equal(end(), " event=test cut=true\n");
}

TEST_WITH(interrupted, set_up, tear_down)
{
	writes.interruptions = 2;
	assert_string_equal(end(), BEGIN "\n");
	assert_int_equal(writes.calls, 3);
}

/* What nobody took is counted, and the longest line has room to say so. */
TEST_WITH(lost_lines, set_up, tear_down)
{
	unsigned char value[256];
	const char *got;

	writes.error = EIO;
	for (int i = 0; i < 3; i++)
		log_end(&line);
	assert_int_equal(writes.calls, 3);
	writes.error = 0;
	memset(value, 'x', sizeof(value));
	for (int i = 0; i < 17; i++)
		log_field(&line, "v", (struct span){ value, 256 });
	got = end();
	assert_string_equal(got + strlen(got) - 17, " cut=true lost=3\n");
	assert_true(writes.longest < LOG_LINE_MAX);
	start();
	assert_string_equal(end(), BEGIN "\n");
}

/* A disk that fills up takes a part; the next line still is a line. */
TEST_WITH(torn, set_up, tear_down)
{
	writes.part = 9;
	log_end(&line);
	writes.part = 0;
	assert_string_equal(end(), "time=2026\n" BEGIN " lost=1\n");
	assert_string_equal(end(), BEGIN "\n");
}

TEST_WITH(file_first, set_up, tear_down)
{
	int file = new_file();

	log_to_file(file);
	assert_string_equal(end(), "");
	assert_string_equal(read_file(file), BEGIN "\n");
	assert_int_equal(log_file_error(), 0);
	log_to_file(-1);
	assert_string_equal(end(), BEGIN "\n");
	assert_int_equal(log_file_error(), 0);
	close(file);
}

/* A file that takes nothing: the line goes on, whole, and why is known. */
TEST_WITH(file_fails, set_up, tear_down)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	assert_true(full >= 0);
	log_to_file(full);
	assert_string_equal(end(), BEGIN "\n");
	assert_int_equal(log_file_error(), ENOSPC);
	assert_int_equal(log_file_error(), 0);
	close(full);
	assert_string_equal(end(), BEGIN "\n");
	assert_int_equal(log_file_error(), EBADF);
}

TEST_WITH(file_takes_a_part, set_up, tear_down)
{
	int file = new_file();

	writes.part = 9;
	log_to_file(file);
	log_to(open("/dev/null", O_WRONLY | O_CLOEXEC));
	log_end(&line);
	assert_int_equal(log_file_error(), 0);
	writes.part = 0;
	log_end(&line);
	assert_string_equal(read_file(file), "time=2026\n" BEGIN "\n");
	close(file);
}

static void
assert_never_waits(int out, int in)
{
	int flags = fcntl(out, F_GETFL), n = 0;
	char last[64];

	log_to(out);
	while (n < 100000) {
		start();
		log_number(&line, "n", n++);
		log_end(&line);
	}
	assert_int_equal(fcntl(out, F_GETFL), flags);
	n = (int)occurrences(read_stream(in), "\n");
	assert_in_range(n, 10, 99999);
	assert_null(strstr(text, "lost="));
	snprintf(last, sizeof(last), " n=%d\n", n - 1);
	assert_string_equal(text + strlen(text) - strlen(last), last);
	log_end(&line);
	snprintf(last, sizeof(last), " lost=%d\n", 100000 - n);
	read_stream(in);
	assert_string_equal(text + strlen(text) - strlen(last), last);
	assert_int_equal(occurrences(text, "\n"), 1);
	close(out);
	close(in);
}

TEST_WITH(full_pipe, set_up, tear_down)
{
	int ends[2];

	for (int old = 0; old <= 1; old++) {
		writes.old = old == 1;
		assert_int_equal(pipe(ends), 0);
		assert_never_waits(ends[1], ends[0]);
	}
}

TEST_WITH(full_socket, set_up, tear_down)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_never_waits(ends[1], ends[0]);
}

/* No signal: each would end this program. */
TEST_WITH(reader_gone, set_up, tear_down)
{
	int ends[2];

	for (int i = 0; i < 3; i++) {
		writes.old = i == 1;
		assert_int_equal(
		    i < 2 ? pipe(ends)
			  : socketpair(AF_UNIX, SOCK_STREAM, 0, ends),
		    0);
		close(ends[0]);
		log_to(ends[1]);
		log_end(&line);
		close(ends[1]);
		log_end(&line);
	}
	log_to(log_fd);
	assert_string_equal(end(), BEGIN " lost=6\n");
}

#define LINES 20000

/* Lines of 50 to 3000 bytes. */
static void
write_lines(char who)
{
	unsigned char value[256];

	memset(value, who, sizeof(value));
	for (int i = 0; i < LINES; i++) {
		start();
		log_field(&line, "who", (struct span){ value, 1 });
		log_number(&line, "n", i);
		for (int j = 0; j < (i % 100 == 0 ? 11 : i % 3); j++)
			log_field(&line, "v", (struct span){ value, 256 });
		log_field(&line, "end", (struct span){ value, 1 });
		log_end(&line);
	}
	_exit(0);
}

static void
fork_writers(pid_t pid[static 2])
{
	for (int i = 0; i < 2; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] == 0)
			write_lines((char)('a' + i));
	}
}

static void
wait_for_writers(const pid_t pid[static 2])
{
	for (int i = 0; i < 2; i++) {
		int status = -1;

		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
}

/*
 * Each line whole, in its writer's order, and each gap as large as lost says.
 * Returns how many lines there are.
 */
static int
check_lines(FILE *in)
{
	static char got[2 * LOG_LINE_MAX];
	int next[2] = { 0, 0 }, lines = 0;

	while (fgets(got, sizeof(got), in) != NULL) {
		int who, n, lost = 0, expected, i = 0;
		char tail[32];
		const char *p;

		assert_memory_equal(got, BEGIN " who=", sizeof(BEGIN) + 4);
		who = got[sizeof(BEGIN) + 4] - 'a';
		assert_in_range(who, 0, 1);
		n = atoi(got + sizeof(BEGIN) + 8);
		p = strstr(got, " lost=");
		if (p != NULL)
			lost = atoi(p + 6);
		assert_int_equal(n, next[who] + lost);
		next[who] = n + 1;
		expected = n % 100 == 0 ? 11 : n % 3;
		for (p = got; (p = strstr(p, " v=")) != NULL; i++) {
			assert_int_equal(
			    strspn(p + 3, who == 0 ? "a" : "b"), LOG_VALUE_MAX);
			p += 3;
		}
		assert_int_equal(i, expected);
		snprintf(tail, sizeof(tail), " end=%c", 'a' + who);
		if (lost > 0)
			snprintf(tail + 6, sizeof(tail) - 6, " lost=%d", lost);
		strcat(tail, "\n");
		assert_string_equal(got + strlen(got) - strlen(tail), tail);
		lines++;
	}
	return lines;
}

TEST_WITH(two_processes_one_file, set_up, tear_down)
{
	pid_t pid[2];
	FILE *in;

	log_to(-1);
	log_to_file(log_fd);
	fork_writers(pid);
	wait_for_writers(pid);
	in = fdopen(dup(log_fd), "r");
	rewind(in);
	assert_int_equal(check_lines(in), 2 * LINES);
	fclose(in);
}

TEST_WITH(two_processes_one_pipe, set_up, tear_down)
{
	for (int old = 0; old <= 1; old++) {
		int ends[2];
		pid_t pid[2];
		FILE *in;

		writes.old = old == 1;
		assert_int_equal(pipe(ends), 0);
		log_to(ends[1]);
		fork_writers(pid);
		close(ends[1]);
		in = fdopen(ends[0], "r");
		assert_in_range(check_lines(in), 2, 2 * LINES);
		wait_for_writers(pid);
		fclose(in);
	}
}

FIXTURE(open_group)
{
	hooks.write = spoilt_write;
	hooks.pwritev2 = spoilt_pwritev2;
	signal(SIGPIPE, SIG_IGN);
}

GROUP(open_group, NULL);
