#include "base/watch.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/*
 * A file system's clock ticks every few milliseconds, or seconds (FAT, some
 * network ones): a second change may bear the time of the first.
 */
#define YOUNG_SECONDS 2

void
watch_clear(struct watch *w)
{
	w->n = 0;
	w->young = false;
}

static bool
is_young(const struct stat *st)
{
	struct timespec now;
	long long age;

	clock_gettime(CLOCK_REALTIME, &now);
	age = (long long)now.tv_sec - st->st_ctim.tv_sec;
	return age > -YOUNG_SECONDS && age < YOUNG_SECONDS;
}

void
watch_note(struct watch *w, struct span path)
{
	struct watched *f = &w->file[w->n];

	for (size_t i = 0; i < w->n; i++)
		if (span_is(path, w->file[i].path))
			return;
	if (w->n == WATCH_MAX || path.n == 0 || path.n > PATH_TEXT_MAX)
		return;
	memcpy(f->path, path.p, path.n);
	f->path[path.n] = '\0';
	f->error = lstat(f->path, &f->was) == 0 ? 0 : errno;
	w->young |= f->error == 0 && is_young(&f->was);
	w->n++;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool
watch_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size && same_time(a->st_mtim, b->st_mtim) &&
	       same_time(a->st_ctim, b->st_ctim);
}

bool
watch_changed(const struct watch *w)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct watched *f = &w->file[i];
		struct stat now;
		int error = lstat(f->path, &now) == 0 ? 0 : errno;

		if (error != f->error ||
		    (error == 0 && !watch_same(&f->was, &now)))
			return true;
	}
	return false;
}

const char *
watch_gone(const struct watch *w)
{
	struct stat now;

	for (size_t i = 0; i < w->n; i++)
		if (w->file[i].error == 0 &&
		    lstat(w->file[i].path, &now) != 0 &&
		    (errno == ENOENT || errno == ENOTDIR))
			return w->file[i].path;
	return NULL;
}
