#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/path_mend.h"
#include "cli/peek.h"

static void
add(struct doctor *d, const char *path, const char *says)
{
	finding_add(d->found, FINDING_WARNING, "log", path,
	    "%s: lines go to standard error instead", says);
}

static void
mend_owner(struct doctor *d, const char *path)
{
	finding_mend(d->found, "%schown -h %s %s", d->root ? "" : "sudo ",
	    d->as.name, finding_word(d->found, path));
}

/* It will be made, with the first line. */
static void
look_missing(struct doctor *d, const char *path)
{
	char folder[PATH_TEXT_MAX + 1];
	const char *word;

	if (!peek_folder(path, folder, sizeof(folder)))
		return;
	if (access(folder, W_OK | X_OK) == 0) {
		finding_add(d->found, FINDING_OK, "log", path,
		    "it is not there yet and will be made");
		return;
	}
	word = finding_word(d->found, folder);
	if (access(folder, F_OK) != 0) {
		add(d, path, "there is no folder for it");
		if (d->root && !path_rooted(folder))
			return;
		finding_mend(d->found, "%sinstall -d -m 750 -o %s -g %s %s",
		    d->root ? "" : "sudo ", d->as.name, d->as.group, word);
		return;
	}
	add(d, path, "the user who runs this can't make it in its folder");
	/* The file, and not the folder: other things lie there. */
	if (d->root && !path_rooted(path))
		return;
	finding_mend(d->found, "%sinstall -m 600 -o %s -g %s /dev/null %s",
	    d->root ? "" : "sudo ", d->as.name, d->as.group,
	    finding_word(d->found, path));
}

static void
look_open(struct doctor *d, const char *path, const struct stat *st)
{
	if (!S_ISREG(st->st_mode)) {
		add(d, path, "this is not a regular file: name one");
	} else if (st->st_uid != 0 && st->st_uid != d->as.uid) {
		add(d, path, "it belongs to another user");
		mend_owner(d, path);
	} else if ((st->st_mode & S_IWOTH) != 0) {
		add(d, path, "everybody can write to it");
		finding_mend(d->found, "%schmod o-w %s",
		    d->root || st->st_uid == d->as.uid ? "" : "sudo ",
		    finding_word(d->found, path));
	} else {
		finding_add(
		    d->found, FINDING_OK, "log", path, "it can be written to");
	}
}

void
doctor_log(struct doctor *d)
{
	const char *path;
	struct stat st;
	int fd;

	/* Root may write anywhere: see doctor_units() for the service. */
	if (d->config == NULL || d->config->log.n == 0 || d->copies)
		return;
	path = (const char *)d->config->log.p;
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW |
			    O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && fstat(fd, &st) == 0) {
		look_open(d, path, &st);
	} else if (errno == ENOENT || errno == ENOTDIR) {
		look_missing(d, path);
	} else if (errno == EACCES) {
		add(d, path, "the user who runs this can't write to it");
		mend_owner(d, path);
	} else if (errno == ELOOP) {
		add(d, path, "this is a symbolic link: name the file itself");
	} else {
		add(d, path, "it can't be opened");
	}
	if (fd >= 0)
		close(fd);
}
