#define _GNU_SOURCE /* realpath */

#include <limits.h>
#include <stdlib.h>

#include "cli/doctor.h"
#include "cli/path_mend.h"
#include "cli/roots.h"

const char *const doctor_homes[] = { "public_html", "www", "htdocs", "httpdocs",
	NULL };

struct look {
	struct doctor *d;
	const struct root *root;
	enum finding_state state;
	size_t n; /* found below this root */
};

static bool
is_below(struct span path, struct span root)
{
	while (root.n > 0 && root.p[root.n - 1] == '/')
		root.n--;
	return span_starts(path, root) && path.n > root.n &&
	       path.p[root.n] == '/';
}

static void
say_source(struct look *l)
{
	const char *from = l->root->from;

	if (l->d->document_root == NULL && from[0] != '\0')
		finding_add(l->d->found, l->state, "published", l->root->path,
		    "published, as %s says", from);
}

/* Out of the published folder, beside it. */
static void
mend(struct look *l, const char *from)
{
	struct span above = span_cut_last(span_of(l->root->path), '/').head;
	char to[PATH_TEXT_MAX + 16];
	char make[ACCOUNT_NAME_MAX + 32];
	struct findings *f = l->d->found;

	if (above.n == 0 || !sink_string(to, sizeof(to), "%v/private", above) ||
	    (l->d->root && !path_rooted(to)))
		return;
	if (l->d->root && l->d->as.uid != 0)
		sink_string(make, sizeof(make), "install -d -m 750 -g %s",
		    l->d->as.group);
	else
		sink_string(make, sizeof(make), "mkdir -p -m 700");
	finding_mend(f, "%s %s && mv %s %s/ # and name the new place", make,
	    finding_word(f, to), finding_word(f, from), finding_word(f, to));
}

static void
look_path(struct look *l, const char *path, const char *is)
{
	char real[PATH_MAX];

	if (realpath(path, real) == NULL ||
	    !is_below(span_of(real), span_of(l->root->path)))
		return;
	if (l->n++ == 0)
		say_source(l);
	finding_add(l->d->found, l->state, "published", path,
	    "%s lies below %s, which %s", is, l->root->path,
	    l->d->document_root != NULL ? "is published: whoever guesses its "
					  "name can fetch it"
					: "is probably published (a guess: "
					  "--document-root says it for sure)");
	mend(l, real);
}

static void
look_root(struct look *l)
{
	const struct config *config = l->d->config;
	const struct watch *w = l->d->watch;

	for (size_t i = 0; i < w->n; i++)
		look_path(l, w->file[i].path,
		    i > 0 ? "a secret" : "the configuration");
	for (size_t i = 0; config != NULL && i < config->n_private; i++)
		look_path(l, (const char *)config->private_paths[i].p,
		    "what is private");
	if (l->n == 0)
		finding_add(l->d->found, FINDING_OK, "published", l->root->path,
		    "nothing private lies below it");
}

static void
add_common(struct roots *r, const struct doctor *d)
{
	static const char *const common[] = { "/var/www/html", "/srv/http",
		"/usr/share/nginx/html" };
	char path[PATH_TEXT_MAX + 16];

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		roots_add(r, span_of(common[i]), "");
	for (size_t i = 0; d->as.home[0] == '/' && doctor_homes[i] != NULL; i++)
		if (sink_string(path, sizeof(path), "%s/%s", d->as.home,
			doctor_homes[i]))
			roots_add(r, span_of(path), "");
}

void
doctor_published(struct doctor *d)
{
	struct roots *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return;
	if (d->document_root != NULL) {
		roots_add(r, span_of(d->document_root), "");
		if (r->n == 0)
			finding_add(d->found, FINDING_WARNING, "published",
			    d->document_root,
			    "there is no such folder, or it can't be got "
			    "into: is --document-root right?");
	} else {
		roots_find(r);
		add_common(r, d);
	}
	for (size_t i = 0; i < r->n; i++) {
		struct look look = { .d = d, .root = &r->list[i] };

		look.state =
		    d->document_root != NULL || look.root->from[0] != '\0'
			? FINDING_FAULT
			: FINDING_WARNING;
		look_root(&look);
	}
	free(r);
}
