#include "gateway/configure.h"

#include "base/log.h"
#include "gateway/serve.h"
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
	log_start(&out, serve_now(), "config");
	log_field(
	    &out, "severity", error ? SPAN_LIT("error") : SPAN_LIT("warning"));
	log_field(&out, "file", span_of(file));
	if (line > 0)
		log_number(&out, "line", line);
	log_text(&out, "text", text);
	log_end(&out);
}

struct config *
configure(const char *path, bool warnings, struct watch *watch)
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
