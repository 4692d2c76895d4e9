#define _GNU_SOURCE /* O_PATH */

#include "cli/peek.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/sink.h"

/* Looked at before it is opened, and the same then, whatever lies there. */
static int
open_regular(const char *path)
{
	int place = open(path, O_PATH | O_CLOEXEC), fd = -1;
	struct stat st;
	char name[64];

	sink_string(name, sizeof(name), "/proc/self/fd/%d", (long long)place);
	if (place >= 0 && fstat(place, &st) == 0 && S_ISREG(st.st_mode))
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (place >= 0)
		close(place);
	return fd;
}

bool
peek_descriptor(int fd, void *mem, size_t cap, struct span *out)
{
	unsigned char *p = mem;
	ssize_t got = 1;
	size_t n = 0;

	while (n < cap && got != 0) {
		got = read(fd, p + n, cap - n);
		if (got < 0 && errno != EINTR)
			break;
		n += got > 0 ? (size_t)got : 0;
	}
	*out = (struct span){ p, n };
	return got >= 0;
}

bool
peek_file(const char *path, void *mem, size_t cap, struct span *out)
{
	int fd = open_regular(path);
	bool done;

	*out = (struct span){ mem, 0 };
	if (fd < 0)
		return false;
	done = peek_descriptor(fd, mem, cap, out);
	close(fd);
	return done;
}

bool
peek_link(const char *path, char *mem, size_t cap)
{
	ssize_t n = readlink(path, mem, cap - 1);

	mem[n > 0 ? n : 0] = '\0';
	return n > 0 && (size_t)n < cap - 1;
}

bool
peek_folder(const char *path, char *mem, size_t cap)
{
	struct span_cut cut = span_cut_last(span_of(path), '/');
	struct span folder = !cut.found        ? SPAN_LIT(".")
			     : cut.head.n == 0 ? SPAN_LIT("/")
					       : cut.head;

	return sink_string(mem, cap, "%v", folder);
}

bool
peek_same(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

const char *
peek_self(void)
{
	static char mem[PATH_TEXT_MAX];

	return peek_link("/proc/self/exe", mem, sizeof(mem)) ? mem : "signpost";
}

const char *
peek_endpoint(void)
{
	static const char *const places[] = { "lib/signpost/signpost",
		"signpost", "cgi-bin/signpost" };
	static char mem[PATH_TEXT_MAX];
	struct span folder = span_cut_last(span_of(peek_self()), '/').head;
	struct span above = span_cut_last(folder, '/').head;
	struct stat st;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (sink_string(mem, sizeof(mem), "%v/%s", above, places[i]) &&
		    stat(mem, &st) == 0 && S_ISREG(st.st_mode))
			return mem;
	return peek_self();
}
