#include <stdio.h>
#include <unistd.h>

#include "cli/init.h"
#include "cli/peek.h"
#include "cli/process.h"
#include "cli/say.h"
#include "samples.h" /* from etc, by the Makefile */

static const struct server servers[] = {
	{ "apache", sample_apache, true, false, NULL },
	{ "apache-proxy", sample_apache_proxy, false, true, NULL },
	{ "htaccess", sample_htaccess, true, false, NULL },
	{ "lighttpd", sample_lighttpd, false, false, NULL },
	{ "lighttpd-cgi", sample_lighttpd_cgi, true, false, NULL },
	{ "nginx", sample_nginx, false, true, NULL },
	{ "nginx-fcgiwrap", sample_nginx_fcgiwrap, true, true, NULL },
	{ "caddy", sample_Caddyfile, false, true, "caddy" },
	{ "h2o", sample_h2o, false, true, NULL },
};

#define SERVERS (sizeof(servers) / sizeof(servers[0]))

/* How one tells that a server is here: its process, or its folder. */
static const struct sign {
	const char *process, *folder, *server;
} signs[] = {
	{ "apache2", "/etc/apache2", "apache" },
	{ "httpd", "/etc/httpd", "apache" },
	{ "lighttpd", "/etc/lighttpd", "lighttpd" },
	{ "nginx", "/etc/nginx", "nginx" },
	{ "caddy", "/etc/caddy", "caddy" },
	{ "h2o", "/etc/h2o", "h2o" },
};

#define SIGNS (sizeof(signs) / sizeof(signs[0]))

static const struct server *
named(const char *name)
{
	for (size_t k = 0; k < SERVERS; k++)
		if (strcmp(servers[k].name, name) == 0)
			return &servers[k];
	return NULL;
}

static void
take(void *self, const struct process *p)
{
	const char **found = self;

	for (size_t k = 0; *found == NULL && k < SIGNS; k++)
		if (strcmp(p->name, signs[k].process) == 0)
			*found = signs[k].server;
}

/* What is most likely there. */
static const char *
guess(const struct init *i)
{
	const char *found = NULL;
	char path[PATH_TEXT_MAX + 16];

	sink_string(path, sizeof(path), "%s/public_html", i->as.home);
	if (!i->root && access(path, F_OK) == 0)
		return "htaccess";
	process_each(take, &found);
	for (size_t k = 0; found == NULL && k < SIGNS; k++)
		if (access(signs[k].folder, F_OK) == 0)
			found = signs[k].server;
	return found != NULL ? found : "lighttpd";
}

/*
 * Is signpost@.service here, and does it do? It names its files by their
 * paths, and PHP's sessions are read by PHP's user alone.
 */
static bool
has_units(const struct init *i)
{
	static const char *const folders[] = { "/etc/systemd/system",
		"/usr/local/lib/systemd/system", "/lib/systemd/system" };
	char path[128];

	if (!i->root || !i->server->socket || i->server->control ||
	    i->key[0] == '\0' || i->option[INIT_USER].n > 0 ||
	    strcmp(i->dir, "/etc/signpost") != 0 ||
	    access("/run/systemd/system", F_OK) != 0)
		return false;
	for (size_t k = 0; k < sizeof(folders) / sizeof(folders[0]); k++) {
		sink_string(
		    path, sizeof(path), "%s/signpost@.service", folders[k]);
		if (access(path, R_OK) == 0)
			return true;
	}
	return false;
}

/* The secrets are root's alone then: the service gets copies. */
static void
settle_units(struct init *i)
{
	i->units = has_units(i);
	if (i->units)
		account_self(&i->as);
}

int
init_server(struct init *i)
{
	const char *names[SERVERS];
	char answer[INIT_TEXT_MAX];
	int code;

	if (i->option[INIT_SERVER].n == 0 && !i->yes && i->terminal) {
		fputs("5. The web server:", stderr);
		for (size_t k = 0; k < SERVERS; k++)
			fprintf(stderr, " %s", servers[k].name);
		fputs("\n", stderr);
	}
	code = init_text(
	    i, INIT_SERVER, "   Which one", guess(i), answer, sizeof(answer));
	if (code >= 0)
		return code;
	i->server = named(answer);
	if (i->server != NULL) {
		settle_units(i);
		return -1;
	}
	for (size_t k = 0; k < SERVERS; k++)
		names[k] = servers[k].name;
	fprintf(stderr, "signpost: init: there is no server %s here",
	    say_plain(answer));
	say_near(answer, names, SERVERS);
	fputs("\n", stderr);
	return 2;
}

const char *
init_control(const struct init *i)
{
	static char path[PATH_TEXT_MAX];
	struct span program = span_cut_last(span_of(peek_endpoint()), '/').head;

	if (strcmp(i->server->name, "htaccess") == 0)
		sink_string(path, sizeof(path), "%s/public_html/api/sign.cgi",
		    i->as.home);
	else
		sink_string(path, sizeof(path), "%v/sign.cgi", program);
	return path;
}

/* The paths of the ready files, the longest first, and ours in their place. */
bool
init_sample(const struct init *i, struct sink *out)
{
	char conf[PATH_TEXT_MAX + sizeof("/signpost.conf")];
	const char *control = init_control(i);
	struct span rest = span_of(i->server->text);

	sink_string(conf, sizeof(conf), "%s/signpost.conf", i->dir);
	const struct {
		struct span from, to;
	} paths[] = {
		{ SPAN_LIT("/etc/signpost/signpost.conf"), span_of(conf) },
		{ SPAN_LIT("/usr/local/lib/signpost/sign.cgi"),
		    span_of(control) },
		{ SPAN_LIT("/usr/local/lib/signpost/signpost"),
		    span_of(peek_endpoint()) },
		{ SPAN_LIT("/usr/local/lib/signpost"),
		    span_cut_last(span_of(control), '/').head },
	};
	const size_t n = sizeof(paths) / sizeof(paths[0]);

	while (rest.n > 0) {
		size_t k = 0;

		while (k < n && !span_starts(rest, paths[k].from))
			k++;
		if (k < n)
			sink_span(out, paths[k].to);
		else
			sink_byte(out, rest.p[0]);
		rest = span_skip(rest, k < n ? paths[k].from.n : 1);
	}
	return !out->full;
}
