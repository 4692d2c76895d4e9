/*
 * Policies read from a text, at one account and for one site: what tests of
 * the policy's configuration share.
 */
#ifndef TESTS_POLICIES_H
#define TESTS_POLICIES_H

#include "sandbox.h"

/* Two texts that differ in little; what is said of the wrong one. */
struct twin {
	const char *right, *wrong, *said;
};

/* An account without a label, and the site's origins. */
static inline void
policies_site(struct config *config)
{
	static const struct cloud cloud = { .cloud_name = SPAN_INIT("demo") };
	static const struct span origins[] = {
		SPAN_INIT("https://www.example.com"),
		SPAN_INIT("https://app.example.com"),
	};

	config->clouds = &cloud;
	config->n_clouds = 1;
	config->origins = (struct origins){ 2, origins };
}

/* Reads this text as the whole file; how many mistakes it has. */
static inline unsigned
policies_read(struct bench *b, const char *text)
{
	bench_read(b, text);
	policies_site(&b->config);
	conf_policies(&b->l, b->root);
	return b->box.report.errors;
}

/* The same, and the walk over what signatures serve as. */
static inline unsigned
policies_owned(struct bench *b, const char *text)
{
	if (policies_read(b, text) == 0)
		owner_check(&b->l);
	return b->box.report.errors;
}

/* Each right text is taken, each wrong one has the one mistake. */
static inline bool
policies_twins(struct bench *b, unsigned (*read)(struct bench *, const char *),
    const char *before, const struct twin *twins, size_t n, const char *after)
{
	static char text[65536];
	bool right = true;

	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%s%s%s", before, twins[i].right,
		    after);
		if (read(b, text) != 0) {
			fprintf(stderr, "not taken: %s\n%s", text, b->box.said);
			right = false;
		}
		snprintf(text, sizeof(text), "%s%s%s", before, twins[i].wrong,
		    after);
		if (read(b, text) != 1 ||
		    !sandbox_said(&b->box, twins[i].said)) {
			fprintf(stderr, "%u mistakes: %s\n%s",
			    b->box.report.errors, text, b->box.said);
			right = false;
		}
	}
	return right;
}

#define TWINS_COUNT(t) (sizeof(t) / sizeof((t)[0]))

#endif
