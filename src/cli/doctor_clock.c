#define _GNU_SOURCE /* O_TMPFILE */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/peek.h"

#define SLACK_SECONDS 60 /* as little as a file's time may be ahead */
#define APART_SECONDS 5  /* between this clock and a file system's */

/*
 * Does the kernel know of somebody who keeps its clock right? In a container
 * it is the host's kernel and clock, so that the answer is the same.
 */
static bool
synchronised(long long *error_ms)
{
	struct timex t = { .modes = 0 };
	int state = adjtimex(&t);

	*error_ms = t.esterror / 1000;
	return state >= 0 && state != TIME_ERROR &&
	       (t.status & STA_UNSYNC) == 0;
}

static void
look_kernel(struct doctor *d, bool sync, long long error_ms)
{
	if (sync) {
		finding_add(d->found, FINDING_OK, "clock", "",
		    "the kernel says it is synchronised, to about %d ms",
		    error_ms);
		return;
	}
	finding_add(d->found, FINDING_WARNING, "clock", "",
	    "nothing keeps it right, says the kernel: where it is minutes "
	    "wrong, Cloudinary refuses every signature, and sessions end at "
	    "the wrong time");
	finding_mend(
	    d->found, "%stimedatectl set-ntp true", d->root ? "" : "sudo ");
}

/* A file of the past can't be newer than now. */
static void
look_file(struct doctor *d, const char *path, bool sync)
{
	struct stat st;
	long long ahead;

	if (stat(path, &st) != 0)
		return;
	ahead = (long long)st.st_mtim.tv_sec - (long long)time(NULL);
	if (ahead <= SLACK_SECONDS)
		return;
	finding_add(d->found, FINDING_FAULT, "clock", path,
	    "it was written %d s after now: the clock is behind, or was ahead "
	    "then",
	    ahead);
	if (sync)
		finding_mend(
		    d->found, "touch -c %s", finding_word(d->found, path));
	else
		finding_mend(d->found,
		    "date -u; # where that is right: touch -c %s",
		    finding_word(d->found, path));
}

static const char *
probe_folder(const struct doctor *d)
{
	const struct config *config = d->config;
	const char *place;

	if (config != NULL && config->store.kind == STORE_FILE) {
		place = (const char *)config->store.place.p;
		if (access(place, W_OK) == 0)
			return place;
	}
	return "/tmp";
}

/* Another machine's clock, where the folder is on its disk. */
static void
look_folder(struct doctor *d)
{
	const char *folder = probe_folder(d);
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct stat st;
	long long apart;

	if (fd < 0)
		return;
	if (write(fd, "", 1) == 1 && fstat(fd, &st) == 0) {
		apart =
		    llabs((long long)st.st_mtim.tv_sec - (long long)time(NULL));
		finding_add(d->found,
		    apart > APART_SECONDS ? FINDING_WARNING : FINDING_OK,
		    "clock", folder,
		    "what is written here now bears a time %d s from this "
		    "clock's",
		    apart);
	}
	close(fd);
}

void
doctor_clock(struct doctor *d)
{
	long long error_ms;
	bool sync = synchronised(&error_ms);

	look_kernel(d, sync, error_ms);
	look_file(d, peek_self(), sync);
	for (size_t i = 0; i < d->watch->n; i++)
		look_file(d, d->watch->file[i].path, sync);
	look_folder(d);
}
