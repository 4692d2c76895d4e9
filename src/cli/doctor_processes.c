#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/peek.h"
#include "cli/process.h"

static const char group[] = "processes";

/* Web servers, and what starts programs for them. */
static const char *const servers[] = { "apache2", "httpd", "lighttpd", "nginx",
	"caddy", "h2o", "fcgiwrap" };

#define STRANGERS_SHOWN 16 /* anybody can start any number */

#define SERVERS (sizeof(servers) / sizeof(servers[0]))

struct scan {
	struct doctor *d;
	size_t servers[SERVERS]; /* processes of each */
	uid_t users[SERVERS];    /* who runs them: not root, if there is one */
	size_t ours, strangers;  /* of other users than root and --user */
};

/*
 * The kernel tells only root which program a process that is not dumpable
 * runs; the first word of its command line is there for all.
 */
static bool
is_signpost(const struct process *p)
{
	const char *program = p->exe[0] != '\0' ? p->exe : process_word(p, 0);
	struct span_cut cut;

	if (program == NULL || p->pid == (long long)getpid() ||
	    p->pid == (long long)getppid())
		return false;
	cut = span_cut_last(span_of(program), '/');
	return span_is(cut.found ? cut.tail : cut.head, "signpost") ||
	       peek_same(program, peek_endpoint());
}

static const char *
config_of(const struct process *p)
{
	static const struct span option = SPAN_INIT("--config=");
	const char *word;

	for (size_t i = 1; (word = process_word(p, i)) != NULL; i++)
		if (span_starts(span_of(word), option))
			return word + option.n;
	return NULL;
}

/*
 * Was its program replaced since it was started? The kernel says it to root;
 * for others the file's last change must do.
 */
static bool
is_old(const struct process *p)
{
	const char *program = process_word(p, 0);
	struct stat st;

	if (p->exe[0] != '\0')
		return p->deleted;
	return program != NULL && program[0] == '/' && p->started > 0 &&
	       stat(program, &st) == 0 &&
	       (long long)st.st_ctim.tv_sec > p->started + 1;
}

static void
say_socket(struct doctor *d, const char *name, const char *socket)
{
	struct stat st;

	if (socket[0] != '/' || lstat(socket, &st) != 0 ||
	    !S_ISSOCK(st.st_mode))
		return;
	if ((st.st_mode & S_IWOTH) == 0) {
		finding_add(d->found, FINDING_OK, group, socket,
		    "the socket of %s: not everybody can write to it", name);
		return;
	}
	finding_add(d->found, FINDING_WARNING, group, socket,
	    "the socket of %s: everybody who gets there can write to it, and "
	    "then claim any address and origin",
	    name);
	finding_mend(d->found, "chmod o-w %s", finding_word(d->found, socket));
}

static void
say_input(struct doctor *d, const struct process *p, const char *name)
{
	char socket[PATH_TEXT_MAX];

	switch (process_input(p->pid, socket, sizeof(socket))) {
	case INPUT_UNIX:
		say_socket(d, name, socket);
		break;
	case INPUT_INTERNET:
		finding_add(d->found, FINDING_WARNING, group, name,
		    "it listens on TCP: every user of this machine can "
		    "connect, and then claim any address and origin: use a "
		    "Unix socket");
		break;
	case INPUT_UNKNOWN:
	case INPUT_OTHER:
	default:
		break;
	}
}

static void
look_ours(struct scan *s, const struct process *p)
{
	const char *config = config_of(p);
	struct doctor *d = s->d;
	bool stranger = p->uid != 0 && p->uid != d->as.uid;
	struct account who;
	char name[64];

	if (config == NULL &&
	    process_input(p->pid, (char[2]){ 0 }, 2) < INPUT_UNIX)
		return; /* somebody's command, as this one */
	s->ours++;
	if (stranger && ++s->strangers > STRANGERS_SHOWN)
		return;
	account_of(p->uid, &who);
	sink_string(name, sizeof(name), "process %d", p->pid);
	if (is_old(p)) {
		finding_add(d->found, FINDING_WARNING, group, name,
		    "it still runs a program that was replaced on the disk");
		finding_mend(d->found, "kill -TERM %d", p->pid);
	} else {
		finding_add(d->found, FINDING_OK, group, name,
		    "signpost as %s, with %s", who.name,
		    config == NULL ? "the configuration of its environment"
				   : config);
	}
	/* A stranger's process may say anything, and root would believe it. */
	if (!stranger)
		say_input(d, p, name);
}

static void
take(void *self, const struct process *p)
{
	struct scan *s = self;

	for (size_t i = 0; i < SERVERS; i++) {
		if (strcmp(p->name, servers[i]) != 0)
			continue;
		if (s->servers[i]++ == 0 || p->uid != 0)
			s->users[i] = p->uid;
	}
	if (is_signpost(p))
		look_ours(s, p);
}

void
doctor_processes(struct doctor *d)
{
	struct scan s = { .d = d };
	struct account who;
	size_t n = 0;

	process_each(take, &s);
	for (size_t i = 0; i < SERVERS; i++) {
		if (s.servers[i] == 0)
			continue;
		n++;
		account_of(s.users[i], &who);
		finding_add(d->found, FINDING_OK, group, servers[i],
		    "it runs, as %s", who.name);
	}
	if (n == 0)
		finding_add(d->found, FINDING_WARNING, group, "",
		    "no web server that is known here runs on this machine, "
		    "or you may not see it");
	if (s.strangers > STRANGERS_SHOWN)
		finding_add(d->found, FINDING_OK, group, "",
		    "and %d more that are called signpost",
		    (long long)(s.strangers - STRANGERS_SHOWN));
	if (s.ours == 0)
		finding_add(d->found, FINDING_OK, group, "",
		    "no process of signpost's waits for requests: as CGI, or "
		    "before the first request, there is none");
}
