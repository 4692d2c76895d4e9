#define _GNU_SOURCE /* pwritev2 */

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/date.h"

/* What stands behind a descriptor. */
enum kind {
	KIND_OTHER = 0, /* a pipe, a terminal, a device; not known yet */
	KIND_FILE,
	KIND_SOCKET
};

struct outlet {
	int fd; /* -1: none */
	enum kind kind;
	bool torn; /* it ends in a part of a line */
};

static struct outlet stream = { 2, KIND_OTHER, false };
static struct outlet file = { -1, KIND_FILE, false };
static int file_error;
static long long lost; /* lines that nothing took since the last one */

void
log_to(int fd)
{
	struct stat st;

	stream = (struct outlet){ fd, KIND_OTHER, false };
	if (fstat(fd, &st) != 0)
		return;
	if (S_ISREG(st.st_mode))
		stream.kind = KIND_FILE;
	else if (S_ISSOCK(st.st_mode))
		stream.kind = KIND_SOCKET;
}

void
log_to_file(int fd)
{
	file = (struct outlet){ fd, KIND_FILE, false };
}

int
log_file_error(void)
{
	int error = file_error;

	file_error = 0;
	return error;
}

/*
 * A field is in the line whole or not at all: one that does not fit must not
 * take the line, or the fields behind it, with it. out.full remembers that
 * something is missing.
 */
static struct sink
field_begin(const struct log_line *line)
{
	struct sink field = line->out;

	field.full = false;
	return field;
}

static void
field_end(struct log_line *line, const struct sink *field)
{
	if (field->full)
		line->out.full = true;
	else
		line->out.n = field->n;
}

/* The first byte is for the end of a line that was torn: see put(). */
void
log_start(struct log_line *line, long long now, const char *event)
{
	struct sink time;

	line->mem[0] = '\n';
	sink_init(
	    &line->out, line->mem + 1, sizeof(line->mem) - LOG_LINE_SPARE);
	time = field_begin(line);
	sink_text(&time, "time=");
	date_time_write(now, &time);
	field_end(line, &time);
	if (event != NULL)
		log_field(line, "event", span_of(event));
}

static bool
is_plain(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '=' && c != '"';
}

/* What c takes in quotes. */
static size_t
cost_of(unsigned char c)
{
	if (c < 0x20 || c > 0x7e)
		return 4;
	return c == '"' || c == '\\' ? 2 : 1;
}

/* As much of s as takes no more than room. It needs quotes unless plain. */
static struct span
head_for(struct span s, size_t room, bool *plain)
{
	size_t n = 0;

	*plain = true;
	for (; n < s.n && cost_of(s.p[n]) <= room; n++) {
		room -= cost_of(s.p[n]);
		*plain = *plain && is_plain(s.p[n]);
	}
	*plain = *plain && n > 0;
	return span_head(s, n);
}

/* quoted = DQUOTE *(printable / "\" DQUOTE / "\\" / "\x" 2HEXDIG) DQUOTE */
static void
quoted(struct span s, struct sink *out)
{
	sink_byte(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (c < 0x20 || c > 0x7e) {
			sink_text(out, "\\x");
			sink_hex(out, (struct span){ &c, 1 });
			continue;
		}
		if (c == '"' || c == '\\')
			sink_byte(out, '\\');
		sink_byte(out, c);
	}
	sink_byte(out, '"');
}

void
log_value(
    struct log_line *line, const char *name, struct span value, size_t room)
{
	struct sink field = field_begin(line);
	bool plain;
	struct span head = head_for(value, room, &plain);

	sink_byte(&field, ' ');
	sink_text(&field, name);
	sink_byte(&field, '=');
	if (plain)
		sink_span(&field, head);
	else
		quoted(head, &field);
	field_end(line, &field);
}

void
log_field(struct log_line *line, const char *name, struct span value)
{
	if (value.n > LOG_VALUE_MAX)
		value = span_head(value, LOG_VALUE_MAX);
	log_value(line, name, value, 4 * LOG_VALUE_MAX);
}

void
log_number(struct log_line *line, const char *name, long long value)
{
	struct sink field = field_begin(line);

	sink_say(&field, " %s=%d", name, value);
	field_end(line, &field);
}

void
log_text(struct log_line *line, const char *name, struct span text)
{
	while (text.n > LOG_VALUE_MAX) {
		log_field(line, name, span_head(text, LOG_VALUE_MAX));
		text = span_skip(text, LOG_VALUE_MAX);
		name = "more";
	}
	log_field(line, name, text);
}

/* write(2) for what may be full and has no flag of its own for that. */
static ssize_t
write_if_room(int fd, unsigned char *p, size_t n)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	if (poll(&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0) {
		errno = EAGAIN;
		return -1;
	}
	return write(fd, p, n);
}

/*
 * O_NONBLOCK would be the other processes' too, so each write says for itself
 * that it does not wait. Where the kernel knows no such write (terminals; with
 * older ones, pipes), there is a look before it; then only a process that
 * takes a pipe's last page between the two could make this one wait.
 */
static ssize_t
write_now(const struct outlet *to, unsigned char *p, size_t n)
{
	struct iovec bytes = { p, n };
	ssize_t written;

	if (to->kind == KIND_FILE)
		return write(to->fd, p, n);
	if (to->kind == KIND_SOCKET)
		return send(to->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	written = pwritev2(to->fd, &bytes, 1, -1, RWF_NOWAIT);
	if (written < 0 && errno != EAGAIN && errno != EINTR)
		written = write_if_room(to->fd, p, n);
	return written;
}

/*
 * A second write would let another process's line in between. A disk that is
 * full may take a part; then the next line begins with an LF, for which there
 * is a byte before p.
 */
static bool
put(struct outlet *to, unsigned char *p, size_t n)
{
	size_t before = to->torn ? 1 : 0;
	ssize_t written;

	do
		written = write_now(to, p - before, n + before);
	while (written < 0 && errno == EINTR);
	if (written < 0)
		return false;
	to->torn = (size_t)written < n + before;
	errno = 0; /* why it took a part, the next write will say */
	return !to->torn;
}

static bool
put_file(unsigned char *p, size_t n)
{
	bool taken;

	if (file.fd < 0)
		return false;
	taken = put(&file, p, n);
	if (!taken)
		file_error = errno;
	return taken;
}

void
log_end(struct log_line *line)
{
	struct sink end = field_begin(line);

	end.cap = sizeof(line->mem) - 1;
	if (line->out.full)
		sink_text(&end, " cut=true");
	if (lost > 0)
		sink_say(&end, " lost=%d", lost);
	sink_byte(&end, '\n');
	if (put_file(end.p, end.n) || put(&stream, end.p, end.n))
		lost = 0;
	else
		lost++;
}

void
log_event(const char *event, struct span reason)
{
	struct log_line line;

	log_start(&line, clock_seconds(), event);
	if (reason.n > 0)
		log_text(&line, "reason", reason);
	log_end(&line);
}

void
log_file_init(struct log_file *f, struct span path)
{
	*f = (struct log_file){
		.path = path.n > 0 ? (const char *)path.p : NULL,
		.fd = -1,
		.next_look = LLONG_MIN,
		.next_say = LLONG_MIN,
	};
}

/* What is wrong, and what would be right. */
static const char *
reason_of(int error)
{
	switch (error) {
	case ELOOP:
		return "this is a symbolic link: name the file itself";
	case EISDIR:
	case ENXIO: /* a FIFO without a reader, a socket */
		return "this is not a regular file: name one";
	case ENOENT:
	case ENOTDIR:
		return "its folder is not there: make it";
	case EACCES:
	case EPERM:
	case EROFS:
		return "the user who runs this can't write to it, or can't "
		       "make it in its folder";
	case ENOSPC:
	case EDQUOT:
		return "there is no room on its disk";
	case EFBIG:
		return "it is as large as a file may be here: rotate it";
	default:
		return NULL;
	}
}

/* Fallen back to standard error: why. */
static void
complain(struct log_file *f, long long now_ms, const char *reason, int error)
{
	unsigned char mem[PATH_TEXT_MAX + DETAIL_MAX];
	struct sink text;

	if (!clock_due(&f->next_say, now_ms, CLOCK_SAY_MS))
		return;
	sink_init(&text, mem, sizeof(mem));
	if (reason != NULL)
		sink_say(&text, "%s: %s", f->path, reason);
	else
		sink_say(&text, "%s: error %d", f->path, (long long)error);
	log_event("log", sink_view(&text));
}

/* NULL when it may be written to. */
static const char *
fault_of(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return reason_of(ENXIO);
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "it belongs to another user: chown it to root or to the "
		       "user who runs this";
	if ((st->st_mode & S_IWOTH) != 0)
		return "everybody can write to it: chmod o-w";
	return NULL;
}

/* O_NONBLOCK: a FIFO would wait for its other end. */
static void
open_file(struct log_file *f, long long now_ms)
{
	int fd = open(f->path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
		O_NONBLOCK | O_NOCTTY,
	    S_IRUSR | S_IWUSR);
	const char *fault = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		fault = reason_of(errno);
	else if ((fault = fault_of(&st)) == NULL) {
		f->fd = fd;
		f->device = st.st_dev;
		f->inode = st.st_ino;
		log_to_file(fd);
		return;
	}
	complain(f, now_ms, fault, errno);
	if (fd >= 0)
		close(fd);
}

static bool
is_there(const struct log_file *f)
{
	struct stat st;

	return lstat(f->path, &st) == 0 && st.st_dev == f->device &&
	       st.st_ino == f->inode;
}

void
log_file_close(struct log_file *f)
{
	log_to_file(-1);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

void
log_file_look(struct log_file *f, long long now_ms)
{
	if (f->path == NULL || !clock_due(&f->next_look, now_ms, CLOCK_LOOK_MS))
		return;
	if (f->fd >= 0 && is_there(f))
		return;
	log_file_close(f);
	open_file(f, now_ms);
}

/* The complaint may well meet the same error: that is no news. */
void
log_file_check(struct log_file *f, long long now_ms)
{
	int error = log_file_error();

	if (error == 0 || f->path == NULL)
		return;
	complain(f, now_ms, reason_of(error), error);
	log_file_error();
}
