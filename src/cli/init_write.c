#define _GNU_SOURCE /* fchown */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/trusted.h"
#include "base/write.h"
#include "cli/init.h"
#include "cli/made.h"
#include "cli/say.h"

#define CONF_MAX 16384

static int
failed(const char *path, int error)
{
	fprintf(stderr, "signpost: init: %s: %s: nothing was made\n", path,
	    error == EEXIST ? "this is there already: move it away, or name "
			      "another --dir (--replace keeps a signpost.conf "
			      "as signpost.conf.old)"
			    : strerror(error));
	return 1;
}

static const char *
below(const struct init *i, const char *name)
{
	static char path[PATH_TEXT_MAX];

	sink_string(path, sizeof(path), "%s/%s", i->dir, name);
	return path;
}

/* Root's files are the account's group's to read, and nobody else's. */
static bool
give_folder(const struct init *i, const char *path, bool counters)
{
	uid_t owner = counters ? i->as.uid : (uid_t)-1;

	if (!init_for_other(i))
		return chmod(path, 0700) == 0;
	return chown(path, owner, i->as.gid) == 0 &&
	       chmod(path, counters ? 0700 : 0750) == 0;
}

/* A folder above the last one is as folders usually are. */
static bool
make_folder(
    struct init *i, struct made *m, const char *path, bool last, bool counters)
{
	struct stat st;

	if (mkdir(path, 0700) != 0) {
		if (errno != EEXIST || stat(path, &st) != 0)
			return false;
		errno = ENOTDIR;
		return S_ISDIR(st.st_mode);
	}
	if (!made_note(m, path, true)) {
		rmdir(path);
		return false;
	}
	if (last)
		return give_folder(i, path, counters);
	return chmod(path, i->root ? 0755 : 0700) == 0;
}

static bool
make_folders(struct init *i, struct made *m)
{
	char part[PATH_TEXT_MAX];
	size_t n = strlen(i->dir);

	for (size_t k = 1; k <= n; k++) {
		if (i->dir[k] != '/' && i->dir[k] != '\0')
			continue;
		memcpy(part, i->dir, k);
		part[k] = '\0';
		if (!make_folder(i, m, part, k == n, false))
			return false;
	}
	return i->units || make_folder(i, m, below(i, "counters"), true, true);
}

static bool
make_file(struct init *i, struct made *m, const char *name, struct span text,
    bool newline)
{
	const char *path = below(i, name);
	bool good;
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	if (!made_note(m, path, false)) {
		close(fd);
		unlink(path);
		return false;
	}
	good = write_all(fd, text) &&
	       (!newline || write_all(fd, SPAN_LIT("\n"))) &&
	       (!init_for_other(i) || (fchown(fd, (uid_t)-1, i->as.gid) == 0 &&
					  fchmod(fd, 0640) == 0)) &&
	       fsync(fd) == 0;
	return close(fd) == 0 && good;
}

/* Read as the program will, by the user who will. */
static bool
is_right(const struct init *i)
{
	pid_t child = fork();
	int status = 1;

	if (child == 0) {
		struct terminal_report say;
		struct config *config;

		if (init_for_other(i) && !account_become(&i->as))
			_exit(1);
		terminal_report_init(&say, true);
		config = config_load(below(i, "signpost.conf"), &say.report);
		fflush(NULL);
		_exit(config == NULL);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return child > 0 && status == 0;
}

/* The path that is there already, or NULL. */
static const char *
find_old(const struct init *i)
{
	static const char *const names[] = { "signpost.conf",
		"cloudinary.secret", "session.key" };
	struct stat st;

	for (size_t k = i->replace ? 1 : 0;
	     k < sizeof(names) / sizeof(names[0]); k++)
		if (lstat(below(i, names[k]), &st) == 0 &&
		    (i->key[0] != '\0' || strcmp(names[k], "session.key") != 0))
			return below(i, names[k]);
	return NULL;
}

/*
 * Could somebody else put a link where something is made, or taken away? Below
 * the last folder that is there already, all is ours.
 */
static bool
is_safe(const struct init *i)
{
	unsigned char mem[4 * PATH_TEXT_MAX];
	char path[PATH_TEXT_MAX], folder[PATH_MAX];
	struct sink why;
	struct stat st;
	char *slash;

	memcpy(path, below(i, "counters"), sizeof(path));
	if (path[0] == '\0')
		return failed(i->dir, ENAMETOOLONG) == 0;
	while ((slash = strrchr(path, '/')) > path) {
		*slash = '\0';
		if (lstat(path, &st) == 0) {
			*slash = '/';
			break;
		}
	}
	sink_init(&why, mem, sizeof(mem));
	if (trusted_folder(path, folder, &why))
		return true;
	fprintf(stderr, "signpost: init: %.*s: nothing was made\n", (int)why.n,
	    (const char *)why.p);
	return false;
}

/* False with errno; true also where there is nothing to move. */
static bool
move_old(const struct init *i, struct made *m)
{
	char from[PATH_TEXT_MAX];
	struct stat st;

	sink_string(from, sizeof(from), "%s/signpost.conf", i->dir);
	return lstat(from, &st) != 0 ||
	       made_move(m, from, below(i, "signpost.conf.old"));
}

static int
make_all(struct init *i, struct made *m)
{
	unsigned char mem[CONF_MAX];
	struct sink conf;
	const char *old = find_old(i);

	sink_init(&conf, mem, sizeof(mem));
	if (old != NULL)
		return failed(old, EEXIST);
	if (!is_safe(i))
		return 1;
	if (!init_conf(i, &conf))
		return failed(i->dir, EFBIG);
	if (!make_folders(i, m))
		return failed(i->dir, errno);
	if (i->replace && !move_old(i, m))
		return failed(below(i, "signpost.conf.old"), errno);
	if (!make_file(i, m, "cloudinary.secret", span_of(i->secret), true))
		return failed(below(i, "cloudinary.secret"), errno);
	if (i->key[0] != '\0' &&
	    !make_file(i, m, "session.key", span_of(i->key), true))
		return failed(below(i, "session.key"), errno);
	if (!make_file(i, m, "signpost.conf", sink_view(&conf), false))
		return failed(below(i, "signpost.conf"), errno);
	if (is_right(i))
		return 0;
	fputs(
	    "signpost: init: that would not work: nothing was made\n", stderr);
	return 1;
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* Ctrl-C waits until there is all, and then takes it away again. */
static bool
was_stopped(void)
{
	sigset_t pending;

	if (sigpending(&pending) != 0)
		return false;
	for (size_t k = 0; k < SIGNALS; k++)
		if (sigismember(&pending, signals[k]) == 1)
			return true;
	return false;
}

int
init_write(struct init *i)
{
	static struct made made;
	struct sigaction ignore = { .sa_handler = SIG_IGN }, too_large;
	sigset_t held, before;
	mode_t mask = umask(077);
	int code;

	sigemptyset(&held);
	for (size_t k = 0; k < SIGNALS; k++)
		sigaddset(&held, signals[k]);
	sigprocmask(SIG_BLOCK, &held, &before);
	sigaction(SIGXFSZ, &ignore, &too_large); /* an error of write(2) */
	made_init(&made);
	code = make_all(i, &made);
	if (code == 0 && was_stopped())
		code = 1;
	if (code != 0)
		made_undo(&made);
	umask(mask);
	sigaction(SIGXFSZ, &too_large, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return code;
}
