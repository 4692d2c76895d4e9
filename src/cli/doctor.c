#define _GNU_SOURCE /* MAP_ANONYMOUS */

#include "cli/doctor.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/peek.h"
#include "cli/say.h"

static const char usage[] =
    "usage: signpost doctor [--user NAME] [--document-root DIR]\n"
    "                       [--control FILE] [--json] [CONF]\n"
    "\n"
    "What would bite: the configuration, files and their modes and owners,\n"
    "what signpost@.service hands on, the clock, the counters, libraries,\n"
    "web servers, suexec; each with the command that mends it. Nothing is\n"
    "changed. As root, say --user with the user who runs the program\n"
    "(www-data), and files are looked at as that user; with\n"
    "signpost@.service leave it out. --control is the control file\n"
    "(sign.cgi), --document-root what the web server publishes; without\n"
    "them the usual places are tried.\n"
    "Exit code 1 when there is a fault.\n";

/* A command that is pasted elsewhere must still mean the same file. */
static const char *
absolute(const char *path, char mem[static PATH_TEXT_MAX])
{
	char here[PATH_TEXT_MAX];

	if (path == NULL || path[0] == '/' || path[0] == '\0' ||
	    getcwd(here, sizeof(here)) == NULL)
		return path;
	return sink_string(mem, PATH_TEXT_MAX, "%s/%s", here, path) ? mem
								    : path;
}

#define CHILD_MS 10000 /* Redis is given up before that */

/* What a child finds lies in memory that it shares with us. */
struct shared {
	struct findings found;
	struct watch watch;
	char guest[SEGMENT_MAX + 1];
	bool done;
};

/*
 * Where nobody but root can read a secret, and signpost.socket is there, a
 * service runs the program, which systemd hands copies to.
 */
static bool
is_service(const struct watch *w)
{
	struct stat st;

	if (access("/run/signpost/signpost.sock", F_OK) != 0)
		return false;
	for (size_t i = 1; i < w->n; i++)
		if (stat(w->file[i].path, &st) != 0 || st.st_uid != 0 ||
		    (st.st_mode & 077) != 0)
			return false;
	return w->n > 1;
}

/* Root sees what it may, and that says nothing about the program. */
static void
say_root(struct doctor *d)
{
	d->copies = is_service(d->watch);
	if (d->copies) {
		finding_add(d->found, FINDING_OK, "files", "root",
		    "the secrets are root's alone, and signpost@.service "
		    "gets copies: new ones when it is restarted");
		return;
	}
	finding_add(d->found, FINDING_WARNING, "files", "root",
	    "files are looked at as root, and the program will not run as "
	    "root: name its user");
	finding_mend(d->found, "%s doctor --user www-data %s",
	    finding_word(d->found, peek_self()),
	    finding_word(d->found, d->conf));
}

/* All that another user would see with other eyes. */
static void
look_as_user(struct doctor *d)
{
	doctor_configuration(d);
	doctor_files(d);
	if (d->root && d->as.uid == 0)
		say_root(d);
	doctor_units(d, "");
	doctor_log(d);
	doctor_published(d);
	doctor_store(d);
	doctor_clock(d);
}

/* The configuration ends with the child, and nothing after needs it. */
static void
look_in_child(struct doctor *d, struct shared *shared)
{
	int ends[2];
	pid_t child = pipe(ends) == 0 ? fork() : -1;

	if (child == 0) {
		if (!account_become(&d->as))
			_exit(1);
		look_as_user(d);
		shared->done = true;
		config_free(d->config);
		_exit(0);
	}
	if (child > 0) {
		struct pollfd end = { .fd = ends[0] };

		/* It ends with the child, which its user may have stopped. */
		close(ends[1]);
		poll(&end, 1, CHILD_MS);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		close(ends[0]);
	}
	if (!shared->done)
		finding_add(d->found, FINDING_FAULT, "files", d->as.name,
		    "what this user would see could not be looked at");
}

static void
look(struct doctor *d, struct shared *shared)
{
	if (d->root && d->as.uid != 0)
		look_in_child(d, shared);
	else
		look_as_user(d);
	doctor_libraries(d);
	doctor_control(d);
	doctor_processes(d);
}

/* -1, or the exit code of a mistake. */
static int
settle_user(const char *name, struct account *as)
{
	account_self(as);
	if (name == NULL)
		return -1;
	if (!account_named(name, as)) {
		fprintf(
		    stderr, "signpost: doctor: there is no user %s\n", name);
		return 2;
	}
	if (geteuid() != 0 && as->uid != geteuid()) {
		fputs("signpost: doctor: only root can look as another user\n",
		    stderr);
		return 2;
	}
	return -1;
}

static const char *
rule_of(const char *word)
{
	const char *environment = getenv("SIGNPOST_CONFIG");

	if (word != NULL)
		return "as it was named";
	return environment != NULL && environment[0] != '\0'
		   ? "by SIGNPOST_CONFIG"
		   : "beside the program";
}

int
cli_doctor(int argc, char **argv)
{
	enum { USER, ROOT, CONTROL, JSON, COUNT };
	struct option_value o[COUNT] = { { .name = "user" },
		{ .name = "document-root" }, { .name = "control" },
		{ .name = "json", .flag = true } };
	static char paths[3][PATH_TEXT_MAX];
	static struct doctor d;
	struct shared *shared;
	const char *word = NULL;
	size_t n;
	int code = options_read(argc, argv, usage, o, COUNT, &word, 1, &n);

	if (code < 0)
		code = settle_user(option_or(&o[USER], NULL), &d.as);
	if (code >= 0)
		return code;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		fputs("signpost: doctor: there is no memory\n", stderr);
		return 1;
	}
	findings_init(&shared->found);
	d.found = &shared->found;
	d.watch = &shared->watch;
	d.guest = shared->guest;
	d.config = NULL;
	d.conf = absolute(command_config(word), paths[0]);
	d.rule = rule_of(word);
	d.document_root = absolute(option_or(&o[ROOT], NULL), paths[1]);
	d.control = absolute(option_or(&o[CONTROL], NULL), paths[2]);
	d.root = geteuid() == 0;
	d.copies = false;
	look(&d, shared);
	if (o[JSON].n > 0)
		doctor_print_json(&d);
	else
		doctor_print(&d);
	config_free(d.config);
	code = d.found->times[FINDING_FAULT] == 0 ? 0 : 1;
	munmap(shared, sizeof(*shared));
	return code;
}
