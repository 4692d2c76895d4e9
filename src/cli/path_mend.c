#define _GNU_SOURCE /* realpath, S_ISVTX, AT_EACCESS */

#include "cli/path_mend.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/finding.h"
#include "cli/peek.h"

/* A link can lead on from a folder where others can write, sticky or not. */
static bool
is_roots(const char *folder, bool last)
{
	struct stat st;

	return stat(folder, &st) == 0 && st.st_uid == 0 &&
	       ((st.st_mode & S_IWOTH) == 0 &&
			   ((st.st_mode & S_IWGRP) == 0 || st.st_gid == 0)
		       ? true
		       : !last && (st.st_mode & S_ISVTX) != 0);
}

static bool
all_roots(const char *folder)
{
	char part[PATH_MAX];
	size_t n = strlen(folder);

	for (size_t i = 1; i <= n; i++) {
		if (i > 1 && folder[i] != '/' && folder[i] != '\0')
			continue;
		memcpy(part, folder, i);
		part[i] = '\0';
		if (!is_roots(part, i == n))
			return false;
	}
	return n > 0;
}

bool
path_rooted(const char *path)
{
	char folder[PATH_MAX], real[PATH_MAX];

	return path[0] == '/' && peek_folder(path, folder, sizeof(folder)) &&
	       realpath(folder, real) != NULL && all_roots(folder) &&
	       all_roots(real);
}

struct mend {
	const struct account *as;
	bool root;
	enum path_kind kind;
	struct sink *out;
	bool hopeless; /* no command is good here */
};

static bool
is_ours(const struct mend *m, uid_t owner)
{
	return owner == 0 || owner == m->as->uid;
}

/* The next command's words, up to a path. */
static void
next(struct mend *m, const char *words)
{
	sink_say(m->out, "%s%s", m->out->n > 0 ? " && " : "", words);
}

static void
say_path(struct mend *m, const char *path)
{
	shell_word(m->out, span_of(path));
}

/* Who is not root can't mend what is somebody else's. */
static void
begin(struct mend *m, uid_t owner)
{
	next(m, "");
	if (!m->root && owner != m->as->uid)
		sink_text(m->out, "sudo ");
}

static void
command(
    struct mend *m, const struct stat *st, const char *words, const char *path)
{
	begin(m, st->st_uid);
	sink_text(m->out, words);
	say_path(m, path);
}

static void
chown_to(struct mend *m, const char *path)
{
	next(m, m->root ? "chown -h " : "sudo chown -h ");
	sink_say(m->out, "%s ", m->root ? "root" : m->as->name);
	say_path(m, path);
}

/* Its group becomes the account's, which gets these rights besides. */
static void
let_in(
    struct mend *m, const struct stat *st, const char *rights, const char *path)
{
	if (st->st_uid == m->as->uid) {
		next(m, "chmod u+");
		sink_say(m->out, "%s ", rights);
		say_path(m, path);
		return;
	}
	begin(m, st->st_uid);
	sink_say(m->out, "chgrp -h %s ", m->as->group);
	say_path(m, path);
	begin(m, st->st_uid);
	sink_say(m->out, "chmod g+%s ", rights);
	say_path(m, path);
}

static bool
allows(const struct mend *m, const struct stat *st, mode_t bit)
{
	if (st->st_uid == m->as->uid)
		return (st->st_mode & (bit << 6)) != 0;
	if (account_in(m->as, st->st_gid))
		return (st->st_mode & (bit << 3)) != 0;
	return (st->st_mode & bit) != 0;
}

/* Somebody's home is not to be given to others: nothing private lies there. */
static bool
is_home(const struct mend *m, const char *folder, const struct stat *st)
{
	struct account owner;

	if (st->st_uid == m->as->uid)
		return false;
	account_of(st->st_uid, &owner);
	return strcmp(owner.home, folder) == 0;
}

static void
mend_folder(struct mend *m, const char *folder)
{
	bool shut;
	struct stat st;

	if (stat(folder, &st) != 0)
		return;
	shut = m->as->uid != 0 && !allows(m, &st, S_IXOTH);
	if ((shut || !is_ours(m, st.st_uid)) && is_home(m, folder, &st)) {
		m->hopeless = true;
		return;
	}
	if (shut)
		let_in(m, &st, "x", folder);
	if (!is_ours(m, st.st_uid))
		chown_to(m, folder);
	if ((st.st_mode & S_ISVTX) != 0)
		return;
	if ((st.st_mode & S_IWOTH) != 0)
		command(m, &st, "chmod o-w ", folder);
	if ((st.st_mode & S_IWGRP) != 0 && st.st_gid != 0 &&
	    !account_in(m->as, st.st_gid))
		command(m, &st, "chmod g-w ", folder);
}

/* From the root down, so that a command can get where the next one works. */
static void
mend_folders(struct mend *m, const char *real)
{
	char part[PATH_MAX];
	size_t n = strlen(real);

	for (size_t i = 1; i <= n; i++) {
		if (i > 1 && real[i] != '/' && real[i] != '\0')
			continue;
		memcpy(part, real, i);
		part[i] = '\0';
		mend_folder(m, part);
	}
}

/* A secret that is not there yet: typed, and seen by nobody meanwhile. */
static void
mend_missing(struct mend *m, const char *path)
{
	if (m->kind != PATH_SECRET)
		return;
	next(m, "(umask 077; cat >");
	say_path(m, path);
	sink_text(m->out, ")");
	if (!m->root || m->as->uid == 0)
		return;
	sink_say(m->out, " && chgrp -h %s ", m->as->group);
	say_path(m, path);
	sink_text(m->out, " && chmod 640 ");
	say_path(m, path);
}

/* The file itself in the link's place. */
static void
mend_link(struct mend *m, const char *path)
{
	if (m->root && !path_rooted(path))
		return; /* it would be read by root for whoever made the link */
	if (m->root && m->as->uid != 0) {
		next(m, "install -m 640 -g ");
		sink_text(m->out, m->as->group);
	} else {
		next(m, "install -m 600");
	}
	sink_text(m->out, " \"$(readlink -f ");
	say_path(m, path);
	sink_text(m->out, ")\" ");
	say_path(m, path);
	sink_text(m->out, ".new && mv -f ");
	say_path(m, path);
	sink_text(m->out, ".new ");
	say_path(m, path);
}

static void
mend_modes(struct mend *m, const struct stat *st, const char *path)
{
	bool secret = m->kind == PATH_SECRET;
	bool by_group =
	    account_in(m->as, st->st_gid) && (st->st_mode & S_IRGRP) != 0;

	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		command(m, st, "chmod go-w ", path);
	if (secret && (st->st_mode & S_IRWXO) != 0)
		command(m, st, "chmod o= ", path);
	if (secret && (st->st_mode & S_IRGRP) != 0 &&
	    !account_in(m->as, st->st_gid)) {
		if (st->st_uid == m->as->uid)
			command(m, st, "chmod g= ", path);
		else
			let_in(m, st, "r", path);
		return;
	}
	/* What was everybody's to read may be ours by that right alone. */
	if (m->as->uid != 0 &&
	    (!allows(m, st, S_IROTH) ||
		(secret && st->st_uid != m->as->uid && !by_group)))
		let_in(m, st, "r", path);
}

static void
mend_file(struct mend *m, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		if (errno == ENOENT)
			mend_missing(m, path);
		return;
	}
	if (S_ISLNK(st.st_mode)) {
		mend_link(m, path);
		return;
	}
	if (!S_ISREG(st.st_mode))
		return;
	if (!is_ours(m, st.st_uid)) {
		chown_to(m, path);
		st.st_uid = m->root ? 0 : m->as->uid;
	}
	mend_modes(m, &st, path);
}

void
path_mend(const char *path, enum path_kind kind, const struct account *as,
    bool root, struct sink *out)
{
	struct mend m = { as, root, kind, out, false };
	char folder[PATH_MAX], real[PATH_MAX];

	if (!peek_folder(path, folder, sizeof(folder)))
		return;
	if (realpath(folder, real) == NULL) {
		/* What we can't get into ends where the first refuses. */
		if (errno == EACCES && folder[0] == '/')
			mend_folders(&m, folder);
	} else {
		mend_folders(&m, real);
		mend_file(&m, path);
	}
	if (m.hopeless)
		out->n = 0;
}
