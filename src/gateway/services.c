#include "gateway/services.h"

#include "store/store.h"

static struct span
path_of(const char *path)
{
	return path == NULL ? (struct span){ NULL, 0 } : span_of(path);
}

static void
change_log(struct serve *s, struct span path)
{
	if (path.n > 0 && span_eq(path_of(s->log.path), path)) {
		s->log.path = (const char *)path.p;
		return;
	}
	log_file_close(&s->log);
	log_file_init(&s->log, path);
	log_file_look(&s->log, serve_milliseconds());
}

static void
change_denied(struct serve *s, struct span path, bool probe)
{
	if (path.n > 0 && span_eq(path_of(s->denied.path), path)) {
		s->denied.path = (const char *)path.p;
		return;
	}
	denied_free(&s->denied);
	denied_init(&s->denied, path);
	if (probe)
		denied_now(&s->denied, serve_milliseconds());
}

static void
change_counters(struct serve *s, const struct config *config, bool probe)
{
	const char *reason = NULL;

	if (s->world.counters != NULL)
		s->world.counters->close(s->world.counters);
	s->world.counters = NULL;
	if (config == NULL || !config->counts)
		return;
	s->world.counters = store_new(&config->store);
	if (s->world.counters == NULL)
		reason = "there is no memory for the limits' counters";
	else if (probe)
		reason = s->world.counters->probe(s->world.counters);
	if (reason != NULL)
		serve_log("start", span_of(reason));
}

void
services_change(struct serve *s, const struct config *config, bool probe)
{
	struct span none = { NULL, 0 };

	change_log(s, config == NULL ? none : config->log);
	change_denied(
	    s, config == NULL ? none : config->deny_users_file, probe);
	change_counters(s, config, probe);
	s->config = config;
}
