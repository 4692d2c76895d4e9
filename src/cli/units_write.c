#include "cli/units_look.h"

void
units_look_store(struct units_look *l, const struct named *named)
{
	const struct config *config = l->d->config;
	const char *path = (const char *)config->store.place.p;
	struct findings *f = l->d->found;

	if (!config->counts)
		return;
	if (span_starts(named->text, SPAN_LIT("/")) &&
	    unit_writes(l->u, config->store.place))
		finding_add(
		    f, FINDING_OK, UNITS_GROUP, path, "the service's own");
	else if (units_look_temporary(l, named->text))
		finding_add(f, FINDING_WARNING, UNITS_GROUP, path,
		    "each worker has a /tmp of its own, and counts in it until "
		    "it ends: write store = \"/var/lib/signpost\"");
	else if (l->u->dynamic || !span_starts(named->text, SPAN_LIT("/")))
		finding_add(f, l->state, UNITS_GROUP, path,
		    "the service can't write there, and answers 503: write "
		    "store = \"/var/lib/signpost\"");
}

/* /var/log/NAME/FILE: the NAME. */
static struct span
logs_folder(struct span path)
{
	const struct span above = SPAN_LIT("/var/log/");
	struct span_cut cut;

	if (!span_starts(path, above))
		return (struct span){ NULL, 0 };
	cut = span_cut(span_skip(path, above.n), '/');
	return cut.found && !span_has(cut.tail, '/') && !span_has(path, '%') &&
		       !span_has(path, ' ')
		   ? cut.head
		   : (struct span){ NULL, 0 };
}

void
units_look_log(struct units_look *l, const struct named *named)
{
	const char *path = (const char *)l->d->config->log.p;
	struct span folder = logs_folder(named->text);
	struct findings *f = l->d->found;
	struct unit_mend m;

	if (span_starts(named->text, SPAN_LIT("/")) &&
	    (!l->u->dynamic || unit_writes(l->u, named->text)))
		return;
	if (units_look_temporary(l, named->text)) {
		finding_add(f, FINDING_WARNING, UNITS_GROUP, path,
		    "each worker has a /tmp of its own: name a file in "
		    "/var/log/signpost");
		return;
	}
	finding_add(f, FINDING_WARNING, UNITS_GROUP, path,
	    "the service can't write there, and its lines go to the journal: "
	    "leave `log` out, or name a file in /var/log/signpost, with "
	    "LogsDirectory=signpost");
	if (folder.n == 0)
		return;
	unit_mend_init(&m);
	unit_mend_logs(&m, folder);
	units_look_mend(l, &m);
}
