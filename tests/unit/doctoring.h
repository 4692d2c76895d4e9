/*
 * A doctor of a fresh sandbox, for tests of its single looks. Root and others
 * alike look as themselves.
 */
#ifndef TESTS_DOCTORING_H
#define TESTS_DOCTORING_H

#include "cli/doctor.h"
#include "sandbox.h"

static struct findings findings;
static struct watch watch;
static struct doctor doctor;
static struct sandbox box;
static char guest[SEGMENT_MAX + 1];

static inline void
doctoring_open(const char *text)
{
	sandbox_open(&box);
	sandbox_file(&box, "signpost.conf", text, 0600);
	findings_init(&findings);
	doctor = (struct doctor){ .found = &findings,
		.conf = box.conf,
		.rule = "as it was named",
		.root = geteuid() == 0,
		.watch = &watch,
		.guest = guest };
	guest[0] = '\0';
	account_self(&doctor.as);
	watch_clear(&watch);
}

/* What was found is forgotten, and looked for again. */
static inline void
doctoring_again(void (*look)(struct doctor *))
{
	findings_init(&findings);
	look(&doctor);
}

static inline void
doctoring_close(void)
{
	config_free(doctor.config);
	doctor.config = NULL;
	sandbox_close(&box);
}

/* The path of a name in the sandbox; valid up to the next call. */
static inline const char *
doctoring_path(const char *name)
{
	static char path[320];

	snprintf(path, sizeof(path), "%s/%s", box.dir, name);
	return path;
}

/* Is there such a finding, which says this? */
static inline const struct finding *
doctoring_found(enum finding_state state, const char *what, const char *says)
{
	for (size_t i = 0; i < findings.n; i++) {
		const struct finding *one = &findings.list[i];
		char text[8192];

		snprintf(text, sizeof(text), "%.*s", (int)one->says.n,
		    (const char *)one->says.p);
		if (one->state == state && span_is(one->what, what) &&
		    strstr(text, says) != NULL)
			return one;
	}
	for (size_t i = 0; i < findings.n; i++)
		fprintf(stderr, "%d %.*s: %.*s\n", findings.list[i].state,
		    (int)findings.list[i].what.n,
		    (const char *)findings.list[i].what.p,
		    (int)findings.list[i].says.n,
		    (const char *)findings.list[i].says.p);
	return NULL;
}

#endif
