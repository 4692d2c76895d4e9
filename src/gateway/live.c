#include "gateway/live.h"

#include <limits.h>

#include "base/clock.h"
#include "store/store.h"

struct log_report {
	struct report report; /* the first member, so that self is this */
	bool warnings;
};

static void
log_mistake(struct report *self, enum severity severity, const char *file,
    int line, struct span text)
{
	const struct log_report *r = (const struct log_report *)self;
	bool error = severity == SAY_ERROR;
	struct log_line out;

	if (!error && (severity != SAY_WARNING || !r->warnings))
		return;
	log_start(&out, clock_seconds(), "config");
	log_field(
	    &out, "severity", error ? SPAN_LIT("error") : SPAN_LIT("warning"));
	log_field(&out, "file", span_of(file));
	if (line > 0)
		log_number(&out, "line", line);
	log_text(&out, "text", text);
	log_end(&out);
}

struct config *
live_read(const char *path, bool warnings, struct watch *watch)
{
	struct log_report log = { .report = { .say = log_mistake,
				      .serves = true,
				      .watch = watch },
		.warnings = warnings };
	struct config *config = config_load(path, &log.report);
	const char *missing =
	    config == NULL ? NULL : store_missing(&config->store);

	if (missing == NULL)
		return config;
	log.report.say(&log.report, SAY_ERROR, path, 0, span_of(missing));
	config_free(config);
	return NULL;
}

/* Nothing of the old one is kept: its secrets are wiped. */
static void
put_in_force(struct live *l, struct serve *s, struct config *config)
{
	struct config *old = l->config;

	serve_configure(s, config, true);
	l->config = config;
	config_free(old);
}

/* A line with the number of the configuration in force, or without one. */
static void
say(const struct serve *s, const char *text, const char *what)
{
	unsigned char mem[PATH_TEXT_MAX + DETAIL_MAX];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	if (what != NULL)
		sink_say(&out, "%s: ", what);
	sink_say(&out, text, (long long)s->world.generation);
	log_event("config", sink_view(&out));
}

static void
take(struct live *l, struct serve *s, struct config *config, bool news)
{
	put_in_force(l, s, config);
	l->good = l->last;
	l->again = l->good.young;
	l->in_order = true;
	s->world.outdated = false;
	if (!news)
		return;
	if (++s->world.generation > 1)
		say(s, "a changed configuration is in force, generation %d",
		    NULL);
}

/* A deletion is meant; what is only wrong may be a slip. */
static void
keep(struct live *l, struct serve *s, long long now_ms)
{
	const char *gone = l->config == NULL ? NULL : watch_gone(&l->good);

	l->in_order = false;
	l->again = false;
	l->next_try = now_ms + CLOCK_SAY_MS;
	if (gone != NULL) {
		say(s,
		    "it is gone, and with it the configuration: nothing is "
		    "signed until it is back",
		    gone);
		put_in_force(l, s, NULL);
	} else if (l->config != NULL) {
		say(s,
		    "what is there now is not right: generation %d stays in "
		    "force, as it was read before",
		    l->path);
	}
	s->world.outdated = l->config != NULL;
}

/* news: not the same files once more. */
static void
read_all(struct live *l, struct serve *s, bool news, long long now_ms)
{
	struct config *config;

	watch_clear(&l->last);
	config = live_read(l->path, news, &l->last);
	if (config != NULL)
		take(l, s, config, news);
	else
		keep(l, s, now_ms);
}

void
live_start(struct live *l, struct serve *s, const char *path)
{
	*l = (struct live){ .path = path, .next_look = LLONG_MIN };
	s->live = l;
	if (path != NULL)
		read_all(l, s, true, clock_milliseconds());
	l->next_look = clock_milliseconds() + CLOCK_LOOK_MS;
}

static bool
has_lost(const struct live *l)
{
	return !l->in_order && l->config != NULL &&
	       watch_gone(&l->good) != NULL;
}

void
live_look(struct live *l, struct serve *s, long long now_ms)
{
	bool news;

	if (l->path == NULL || !clock_due(&l->next_look, now_ms, CLOCK_LOOK_MS))
		return;
	news = watch_changed(&l->last) || has_lost(l) ||
	       (!l->in_order && now_ms >= l->next_try);
	if (news || l->again)
		read_all(l, s, news, now_ms);
}

void
live_end(struct live *l, struct serve *s)
{
	serve_end(s);
	config_free(l->config);
	l->config = NULL;
	l->path = NULL;
}
