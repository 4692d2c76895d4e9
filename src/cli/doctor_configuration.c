#include "cli/advice.h"
#include "cli/doctor.h"
#include "cli/peek.h"
#include "store/store.h"

/* Counts; the first mistake is kept. */
struct counted {
	struct report report;
	unsigned warnings;
	struct sink first;
	unsigned char mem[2 * DETAIL_MAX];
};

static void
say(struct report *self, enum severity severity, const char *file, int line,
    struct span text)
{
	struct counted *c = (struct counted *)(void *)self;
	size_t before = c->first.n;

	(void)file;
	c->warnings += severity == SAY_WARNING;
	if (severity != SAY_ERROR || before > 0)
		return;
	if (line > 0)
		sink_say(&c->first, "line %d: ", (long long)line);
	sink_span(&c->first, text);
}

/*
 * Mistakes in the list of denied users are not the configuration's own: with
 * these left aside there may be one, and the rest can be looked at.
 */
static void
load_without_list(struct doctor *d)
{
	struct counted c = {
		.report = { .say = say, .serves = true, .advise = advice_say }
	};

	sink_init(&c.first, c.mem, sizeof(c.mem));
	d->config = config_load(d->conf, &c.report);
}

/* Root can't read what is its group's alone: neither can root's check. */
static void
mend(struct doctor *d)
{
	struct findings *f = d->found;
	const char *program = finding_word(f, peek_self());
	const char *conf = finding_word(f, d->conf);

	if (d->root && d->as.uid != 0)
		finding_mend(f, "runuser -u %s -- %s check %s", d->as.name,
		    program, conf);
	else
		finding_mend(f, "%s check %s", program, conf);
}

/* Without a session for anybody, a cookie is nothing to try it with. */
static void
find_guest(struct doctor *d)
{
	const struct policy *found = NULL;

	d->guest[0] = '\0';
	for (size_t k = 0; k < d->config->n_policies; k++) {
		const struct policy *p = &d->config->policies[k];

		if (!p->anonymous)
			return;
		if (found == NULL && !p->webhook)
			found = p;
	}
	if (found != NULL)
		sink_string(d->guest, SEGMENT_MAX + 1, "%v", found->name);
}

static void
say_right(struct doctor *d, unsigned warnings)
{
	struct findings *f = d->found;

	finding_add(f, warnings > 0 ? FINDING_WARNING : FINDING_OK,
	    "configuration", d->conf, "it is right, with %d %s (found %s)",
	    (long long)warnings, warnings == 1 ? "warning" : "warnings",
	    d->rule);
	if (warnings > 0)
		mend(d);
}

void
doctor_configuration(struct doctor *d)
{
	struct counted c = { .report = { .say = say,
				 .watch = d->watch,
				 .advise = advice_say } };
	struct findings *f = d->found;
	const char *missing = NULL;

	watch_clear(d->watch);
	if (d->conf[0] == '\0') {
		finding_add(f, FINDING_FAULT, "configuration", "",
		    "there is none: name its file");
		return;
	}
	sink_init(&c.first, c.mem, sizeof(c.mem));
	d->config = config_load(d->conf, &c.report);
	if (d->config != NULL)
		missing = store_missing(&d->config->store);
	if (d->config != NULL && missing == NULL) {
		say_right(d, c.warnings);
		find_guest(d);
		return;
	}
	if (missing != NULL)
		finding_add(
		    f, FINDING_FAULT, "configuration", d->conf, "%s", missing);
	else
		finding_add(f, FINDING_FAULT, "configuration", d->conf,
		    "%d %s, so that every request gets a 503; the first: %v "
		    "(found %s)",
		    (long long)c.report.errors,
		    c.report.errors == 1 ? "mistake" : "mistakes",
		    sink_view(&c.first), d->rule);
	mend(d);
	if (d->config == NULL)
		load_without_list(d);
}
