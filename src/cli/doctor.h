/*
 * `signpost doctor`: files, modes, owners, clock, store, web server: what
 * would bite. Each doctor_X() looks at one group and adds what it finds;
 * nothing is changed, no other program is run, and no secret is printed.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "base/watch.h"
#include "cli/account.h"
#include "cli/finding.h"
#include "policy/config.h"

struct doctor {
	struct findings *found;
	const char *conf;                    /* "" when there is none */
	const char *rule;                    /* by which rule it was found */
	const char *document_root, *control; /* options; NULL */
	bool root;             /* who reads this is root, and can chown */
	bool copies;           /* a service runs it, with copies of files */
	struct account as;     /* as whom is looked at files */
	struct watch *watch;   /* the files that the configuration names */
	struct config *config; /* NULL: it is not right */
	char *guest; /* SEGMENT_MAX and a NUL: a policy to try where none asks
			for a session, or "" */
};

/* Where the configuration is, and is it right? Sets watch, config, guest. */
void doctor_configuration(struct doctor *d);

/* The configuration and the secrets that it names: modes and owners. */
void doctor_files(struct doctor *d);

/* The log's own file, where there is one: gateway/log_file.h has the rules. */
void doctor_log(struct doctor *d);

/*
 * Does signpost@.service see all that the configuration names, where it runs
 * with copies of it? Its files are looked for below above, "" but in tests.
 */
void doctor_units(struct doctor *d, const char *above);

/* Does anything private lie below what a web server publishes? */
void doctor_published(struct doctor *d);

/* Counting, as it would be done. */
void doctor_store(struct doctor *d);

/* Is the time right? A signature is good for an hour of it. */
void doctor_clock(struct doctor *d);

/* Versions that run, and what the kernel grants. */
void doctor_libraries(struct doctor *d);

/* Web servers that run, and processes of this program. */
void doctor_processes(struct doctor *d);

/* Control files, by --control or where they usually lie. */
void doctor_control(struct doctor *d);

/* Below a user's home: what hosts publish; a NULL at the end. */
extern const char *const doctor_homes[];

/* What can be tried next, on standard output. */
void doctor_print(const struct doctor *d);
void doctor_print_json(const struct doctor *d);

#endif
