/* The answers of `signpost init`, for tests of its single steps. */
#ifndef TESTS_INITING_H
#define TESTS_INITING_H

#include "capture.h"
#include "cli/init.h"

static struct init init;
static struct capture caught;
static int (*initing_step)(struct init *);

/* Nobody to ask, no option, and what is usual where yes. */
static inline void
initing_begin(bool yes)
{
	static const char *const names[INIT_OPTIONS] = { "dir", "cloud-name",
		"api-key", "api-secret-file", "format", "cookie", "user-path",
		"session-key-file", "folder", "origin", "server", "user",
		"replace", "yes" };

	init = (struct init){ .yes = yes };
	for (size_t k = 0; k < INIT_OPTIONS; k++)
		init.option[k].name = names[k];
	account_self(&init.as);
	init.root = geteuid() == 0;
}

static inline void
initing_give(enum init_option option, const char *value)
{
	struct option_value *o = &init.option[option];

	o->values[o->n++] = value;
}

static inline int
initing_call(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return initing_step(&init);
}

/* What the step returns; what it said is in caught. */
static inline int
initing_run(int (*step)(struct init *))
{
	initing_step = step;
	return CAPTURE(&caught, initing_call, "x");
}

#endif
