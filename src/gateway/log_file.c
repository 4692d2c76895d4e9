#include "gateway/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "gateway/serve.h"

#define LOOK_MS 1000 /* between two looks at the path */
#define SAY_MS 60000 /* between two complaints */

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

	if (now_ms < f->next_say)
		return;
	f->next_say = now_ms + SAY_MS;
	sink_init(&text, mem, sizeof(mem));
	if (reason != NULL)
		sink_say(&text, "%s: %s", f->path, reason);
	else
		sink_say(&text, "%s: error %d", f->path, (long long)error);
	serve_log("log", sink_view(&text));
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
	if (f->path == NULL || now_ms < f->next_look)
		return;
	f->next_look = now_ms + LOOK_MS;
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
