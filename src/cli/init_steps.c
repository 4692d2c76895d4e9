#include <unistd.h>

#include "cli/finding.h"
#include "cli/init.h"
#include "cli/peek.h"

#define SAMPLE_MAX 16384

/* Where Debian's own configuration of a server takes a file, and then. */
static const struct steps {
	const char *server, *folder, *file, *then;
} all[] = {
	{ "apache", "/etc/apache2/conf-available", "signpost.conf",
	    "apt-get install libapache2-mod-fcgid\n"
	    "a2enmod fcgid    # or, as plain CGI without that package: "
	    "a2enmod cgid\n"
	    "a2enconf signpost\n"
	    "systemctl restart apache2\n" },
	{ "lighttpd", "/etc/lighttpd/conf-available", "50-signpost.conf",
	    "lighty-enable-mod signpost\n"
	    "systemctl restart lighttpd\n" },
	{ "nginx", "/etc/nginx/snippets", "signpost.conf",
	    "# put `include snippets/signpost.conf;` into the server { } of "
	    "your site, then\n"
	    "systemctl reload nginx\n" },
};

/* PREFIX/bin/signpost: make install puts the ready files beside. */
static bool
path_of(const struct init *i, char path[static PATH_TEXT_MAX])
{
	struct span prefix = span_of(peek_self());

	for (size_t k = 0; k < 2; k++)
		prefix = span_cut_last(prefix, '/').head;
	return sink_string(path, PATH_TEXT_MAX,
	    "%v/share/doc/signpost/examples/%s.conf", prefix, i->server->name);
}

/* Does it say what would be printed? */
static bool
is_installed(const struct init *i, const char *path)
{
	static unsigned char mem[SAMPLE_MAX], there[SAMPLE_MAX];
	struct span text;
	struct sink own;

	sink_init(&own, mem, sizeof(mem));
	return init_sample(i, &own) &&
	       peek_file(path, there, sizeof(there), &text) &&
	       span_eq(text, sink_view(&own));
}

bool
init_steps(const struct init *i, struct sink *out)
{
	char path[PATH_TEXT_MAX];

	if (!i->root || !path_of(i, path))
		return false;
	for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
		if (strcmp(all[k].server, i->server->name) == 0 &&
		    access(all[k].folder, F_OK) == 0 && is_installed(i, path)) {
			sink_text(out, "cp ");
			shell_word(out, span_of(path));
			sink_say(out, " %s/%s\n%s", all[k].folder, all[k].file,
			    all[k].then);
			return true;
		}
	return false;
}
