#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/path_mend.h"
#include "cli/peek.h"
#include "cli/suexec.h"
#include "gateway/control.h"

#define PRISTINE "/usr/lib/apache2/suexec-pristine"
#define CUSTOM "/etc/apache2/suexec/www-data" /* apache2-suexec-custom */

/* Where README.md and the ready files put it. */
static const char *const usual[] = {
	"/usr/local/lib/signpost/sign.cgi",
	"/usr/local/lib/signpost/sign.fcgi",
	"/usr/lib/cgi-bin/sign.cgi",
	"/var/www/html/api/sign.cgi",
	"/var/www/html/api/sign.fcgi",
	"/var/www/cgi-bin/sign.cgi",
};
static const char *const beside[] = { "api/sign.cgi", "api/sign.fcgi",
	"cgi-bin/sign.cgi", "cgi-bin/sign.fcgi" };

static void
suexec_mend(struct doctor *d, const struct suexec_verdict *v, int code,
    const struct account *who)
{
	struct findings *f = d->found;
	const char *folder = finding_word(f, v->folder);
	const char *file = finding_word(f, v->file);
	const char *sudo = d->root ? "" : "sudo ";
	char as[ACCOUNT_NAME_MAX + 16] = "";
	struct stat st;

	/* The user's own links lead root nowhere. */
	if (d->root && who->uid != 0) {
		sink_string(as, sizeof(as), "runuser -u %s -- ", who->name);
		if (lstat(v->file, &st) != 0 || st.st_nlink > 1)
			return;
	}
	switch (code) {
	case SUEXEC_FOLDER_WRITABLE:
		finding_mend(f, "chmod go-w %s", folder);
		break;
	case SUEXEC_FILE_MISSING:
		if (access(v->file, F_OK) == 0)
			finding_mend(f,
			    "%sinstall -m 755 \"$(readlink -f %s)\" %s.new && "
			    "%smv -f %s.new %s",
			    as, file, file, as, file, file);
		break;
	case SUEXEC_FILE_WRITABLE:
		finding_mend(f, "chmod go-w %s", file);
		break;
	case SUEXEC_FILE_SETID:
		finding_mend(f, "chmod u-s,g-s %s", file);
		break;
	case SUEXEC_OWNER:
		finding_mend(f, "%schown -h %s:%s %s %s", sudo, who->name,
		    who->group, folder, file);
		break;
	case SUEXEC_NOT_EXECUTABLE:
		finding_mend(f, "chmod u+x %s", file);
		break;
	default:
		break;
	}
}

/* The user that the file is to run as: --user, ourselves, or its folder's. */
static void
settle_user(const struct doctor *d, const char *path, struct account *who)
{
	char folder[PATH_TEXT_MAX];
	struct stat st;

	*who = d->as;
	if (d->as.uid != 0 || !peek_folder(path, folder, sizeof(folder)) ||
	    stat(folder, &st) != 0)
		return;
	account_of(st.st_uid, who);
}

/* Is that the folder which the path names, without a link on the way? */
static bool
is_plainly(const char *path, const char *real)
{
	char folder[PATH_TEXT_MAX];

	return peek_folder(path, folder, sizeof(folder)) &&
	       strcmp(folder, real) == 0;
}

/*
 * Where no web server changes users, suexec's rules mean nothing: a control
 * file outside of its folders that nobody named to us belongs to such a one.
 */
static void
look_suexec(struct doctor *d, const char *path, const struct account *who)
{
	static struct suexec_verdict verdict;
	struct suexec_verdict *v = &verdict;
	struct suexec_rules rules;

	suexec_rules(&rules, CUSTOM);
	suexec_judge(&rules, path, who, v);
	if (v->n == 0) {
		finding_add(d->found, FINDING_OK, "suexec", path,
		    "suexec would run it as %s:%s", who->name, who->group);
		return;
	}
	if (v->folder[0] != '\0' && !suexec_in_root(&rules, v->folder, who) &&
	    (d->control == NULL || d->root)) {
		finding_add(d->found, FINDING_OK, "suexec", path,
		    "outside of %s and of users' %s: it runs as the web "
		    "server's user, and suexec is not asked",
		    rules.doc_root, rules.userdir);
		return;
	}
	for (size_t i = 0; i < v->n; i++) {
		/* Where a host's own suexec runs programs, only it knows. */
		bool sure = v->codes[i] != SUEXEC_NOT_IN_ROOT ||
			    access(PRISTINE, F_OK) == 0 ||
			    access(CUSTOM, F_OK) == 0;

		finding_add(d->found, sure ? FINDING_FAULT : FINDING_WARNING,
		    "suexec", path, "%s%s (as %s:%s; suexec's exit code %d)",
		    suexec_meaning(v->codes[i]),
		    i == 0 ? ": a 500 without a reason" : "", who->name,
		    who->group, (long long)v->codes[i]);
		finding_code(d->found, v->codes[i]);
		if (!d->root || is_plainly(path, v->folder))
			suexec_mend(d, v, v->codes[i], who);
	}
}

static void
look_program(struct doctor *d, const char *path, struct span program)
{
	char name[PATH_TEXT_MAX];
	struct stat st;

	if (program.n == 0 || !sink_string(name, sizeof(name), "%v", program))
		return;
	if (stat(name, &st) != 0) {
		finding_add(d->found, FINDING_FAULT, "control", path,
		    "its first line names %s, which is not there", name);
	} else if ((st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) {
		finding_add(d->found, FINDING_FAULT, "control", path,
		    "%s can't be executed", name);
		if (!d->root || path_rooted(path))
			finding_mend(d->found, "chmod +x %s",
			    finding_word(d->found, name));
	} else if (peek_same(name, peek_self()) &&
		   !peek_same(name, peek_endpoint())) {
		finding_add(d->found, FINDING_FAULT, "control", path,
		    "its first line names the command line: %s is the "
		    "endpoint",
		    peek_endpoint());
	}
}

static void
look_line(struct doctor *d, const char *path)
{
	unsigned char mem[512];
	struct span text, program, conf;

	if (!peek_file(path, mem, sizeof(mem), &text))
		return;
	conf = control_line(text, &program);
	look_program(d, path, program);
	if (conf.p == NULL)
		finding_add(d->found, FINDING_FAULT, "control", path,
		    "its first line is not \"#!PROGRAM --config=FILE\" (with "
		    "Unix line ends, within 255 bytes)");
	else if (span_ends(conf, SPAN_LIT("\r"))) {
		finding_add(d->found, FINDING_FAULT, "control", path,
		    "its first line ends as Windows ends lines");
		finding_mend(d->found, "sed -i 's/\\r$//' %s",
		    finding_word(d->found, path));
	} else if (!span_is(conf, d->conf))
		finding_add(d->found, FINDING_WARNING, "control", path,
		    "it names another configuration than the one that was "
		    "looked at: %v",
		    conf);
	else
		finding_add(d->found, FINDING_OK, "control", path,
		    "it names the program and the configuration");
}

static void
look(struct doctor *d, const char *path)
{
	unsigned char mem[4 * PATH_TEXT_MAX];
	struct account who;
	struct sink out;
	struct stat st;

	settle_user(d, path, &who);
	if (stat(path, &st) != 0) {
		finding_add(d->found, FINDING_FAULT, "control", path,
		    "there is no such file");
		return;
	}
	look_line(d, path);
	sink_init(&out, mem, sizeof(mem));
	path_mend(path, PATH_READ, &who, d->root, &out);
	if (out.n > 0 && lstat(path, &st) == 0 && !S_ISLNK(st.st_mode)) {
		finding_add(d->found, FINDING_FAULT, "control", path,
		    "others than root and %s can change it, or it can't be "
		    "read: the program would answer 503",
		    who.name);
		finding_mend(d->found, "%v", sink_view(&out));
	}
	look_suexec(d, path, &who);
}

static void
look_home(struct doctor *d, const char *folder)
{
	char mem[2 * PATH_TEXT_MAX];

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if (sink_string(mem, sizeof(mem), "%s/%s/%s", d->as.home,
			folder, beside[i]) &&
		    access(mem, F_OK) == 0)
			look(d, mem);
}

void
doctor_control(struct doctor *d)
{
	if (d->control != NULL) {
		look(d, d->control);
		return;
	}
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (access(usual[i], F_OK) == 0)
			look(d, usual[i]);
	for (size_t i = 0; d->as.home[0] == '/' && doctor_homes[i] != NULL; i++)
		look_home(d, doctor_homes[i]);
}
