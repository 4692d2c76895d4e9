#define _GNU_SOURCE /* realpath */

#include "cli/suexec.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/peek.h"

static const struct meaning {
	int code;
	const char *text;
} meanings[] = {
	{ SUEXEC_UID_LOW, "the user's number is too low for suexec: CGI must "
			  "run as an ordinary user" },
	{ SUEXEC_GID_LOW, "the group's number is too low for suexec: CGI must "
			  "run in an ordinary group" },
	{ SUEXEC_NOT_IN_ROOT, "it does not lie below a folder that suexec "
			      "runs programs from" },
	{ SUEXEC_FOLDER_MISSING, "its folder can't be looked at" },
	{ SUEXEC_FOLDER_WRITABLE,
	    "its folder can be written to by the group or by everybody" },
	{ SUEXEC_FILE_MISSING, "it is not there, or is a symbolic link" },
	{ SUEXEC_FILE_WRITABLE,
	    "it can be written to by the group or by everybody" },
	{ SUEXEC_FILE_SETID, "it is setuid or setgid" },
	{ SUEXEC_OWNER, "it and its folder must both be the user's and the "
			"user's group's" },
	{ SUEXEC_NOT_EXECUTABLE, "its owner can't execute it" },
};

const char *
suexec_meaning(int code)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].code == code)
			return meanings[i].text;
	return "it is refused";
}

void
suexec_custom(struct suexec_rules *rules, struct span text)
{
	struct span_cut first = span_cut(text, '\n');

	if (span_starts(first.head, SPAN_LIT("/")))
		sink_string(rules->doc_root, PATH_TEXT_MAX, "%v",
		    span_trim(first.head));
	sink_string(rules->userdir, PATH_TEXT_MAX, "%v",
	    span_trim(span_cut(first.tail, '\n').head));
}

void
suexec_rules(struct suexec_rules *rules, const char *custom)
{
	unsigned char mem[2 * PATH_TEXT_MAX];
	struct span text;

	*rules = (struct suexec_rules){ .doc_root = "/var/www",
		.userdir = "public_html",
		.uid_min = 100,
		.gid_min = 100 };
	if (peek_file(custom, mem, sizeof(mem), &text))
		suexec_custom(rules, text);
}

/* Whole names, as suexec compares them. */
static bool
is_below(const char *folder, const char *root)
{
	struct span own = span_of(folder), above;
	char real[PATH_MAX];

	if (realpath(root, real) == NULL)
		return false;
	above = span_of(real[1] == '\0' ? "" : real);
	return span_starts(own, above) &&
	       (own.n == above.n || own.p[above.n] == '/');
}

bool
suexec_in_root(const struct suexec_rules *rules, const char *folder,
    const struct account *who)
{
	char mem[2 * PATH_TEXT_MAX];

	if (is_below(folder, rules->doc_root))
		return true;
	if (rules->userdir[0] == '\0' || who->home[0] != '/')
		return false;
	return sink_string(
		   mem, sizeof(mem), "%s/%s", who->home, rules->userdir) &&
	       is_below(folder, mem);
}

static void
add(struct suexec_verdict *out, int code, bool refused)
{
	if (refused)
		out->codes[out->n++] = code;
}

static void
judge_folder(const struct suexec_rules *rules, const struct account *who,
    struct stat *dir, struct suexec_verdict *out)
{
	add(out, SUEXEC_UID_LOW, who->uid == 0 || who->uid < rules->uid_min);
	add(out, SUEXEC_GID_LOW, who->gid == 0 || who->gid < rules->gid_min);
	add(out, SUEXEC_NOT_IN_ROOT, !suexec_in_root(rules, out->folder, who));
	if (lstat(out->folder, dir) != 0 || !S_ISDIR(dir->st_mode))
		add(out, SUEXEC_FOLDER_MISSING, true);
	else
		add(out, SUEXEC_FOLDER_WRITABLE,
		    (dir->st_mode & (S_IWOTH | S_IWGRP)) != 0);
}

/* False where the rest can't be said. */
static bool
find_names(const char *path, struct suexec_verdict *out)
{
	struct span_cut cut = span_cut_last(span_of(path), '/');
	char folder[PATH_TEXT_MAX], real[PATH_MAX];

	if (!peek_folder(path, folder, sizeof(folder)) ||
	    realpath(folder, real) == NULL || strlen(real) >= PATH_TEXT_MAX)
		return false;
	sink_string(out->folder, PATH_TEXT_MAX, "%s", real);
	return sink_string(out->file, sizeof(out->file), "%s/%v",
	    real[1] == '\0' ? "" : real, cut.found ? cut.tail : cut.head);
}

void
suexec_judge(const struct suexec_rules *rules, const char *path,
    const struct account *who, struct suexec_verdict *out)
{
	struct stat dir = { 0 }, st;

	*out = (struct suexec_verdict){ .n = 0 };
	if (!find_names(path, out)) {
		add(out, SUEXEC_FOLDER_MISSING, true);
		return;
	}
	judge_folder(rules, who, &dir, out);
	if (lstat(out->file, &st) != 0 || S_ISLNK(st.st_mode)) {
		add(out, SUEXEC_FILE_MISSING, true);
		return;
	}
	add(out, SUEXEC_FILE_WRITABLE, (st.st_mode & (S_IWOTH | S_IWGRP)) != 0);
	add(out, SUEXEC_FILE_SETID, (st.st_mode & (S_ISUID | S_ISGID)) != 0);
	add(out, SUEXEC_OWNER,
	    dir.st_uid != who->uid || dir.st_gid != who->gid ||
		st.st_uid != who->uid || st.st_gid != who->gid);
	add(out, SUEXEC_NOT_EXECUTABLE, (st.st_mode & S_IXUSR) == 0);
}
