#include "cli/init.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/digest.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/say.h"

static const char usage[] =
    "usage: signpost init [--dir DIR] [--cloud-name NAME] [--api-key KEY]\n"
    "                     [--api-secret-file FILE] [--format FORMAT]\n"
    "                     [--cookie NAME] [--user-path PATH]\n"
    "                     [--session-key-file FILE] [--folder PREFIX]\n"
    "                     [--origin ORIGIN]... [--server SERVER]\n"
    "                     [--user NAME] [--replace] [--yes]\n"
    "\n"
    "A configuration that works, from at most five questions, with the\n"
    "secrets in files of their own; then the lines for the web server. In\n"
    "DIR (as root /etc/signpost, else ~/private/signpost), for the user who\n"
    "runs the program (as root; www-data where there is one). --yes takes\n"
    "what is in brackets. A CLOUDINARY_URL in the environment is offered.\n"
    "Nothing is written over, and on a failure nothing is left; --replace\n"
    "keeps a signpost.conf that is there as signpost.conf.old.\n"
    "FORMAT is what sets the session (see signpost.conf(5)), or none: nobody\n"
    "logs in, and guests may upload a few files in an hour.\n"
    "SERVER is apache, apache-proxy, htaccess, lighttpd, lighttpd-cgi,\n"
    "nginx, nginx-fcgiwrap, caddy or h2o.\n";

int
init_mistake(const char *text, const char *value)
{
	fprintf(stderr, "signpost: init: %s%s%s\n", text,
	    value[0] == '\0' ? "" : ": ", say_plain(value));
	return 2;
}

int
init_needs(const struct init *i, enum init_option option, const char *why)
{
	fprintf(stderr, "signpost: init: --%s is needed: %s\n",
	    i->option[option].name, why);
	return 2;
}

bool
init_for_other(const struct init *i)
{
	return i->root && i->as.uid != 0;
}

int
init_text(struct init *i, enum init_option option, const char *question,
    const char *otherwise, char *out, size_t cap)
{
	const char *given = option_or(&i->option[option], NULL);

	if (given == NULL && i->yes)
		given = otherwise;
	if (given != NULL)
		return sink_string(out, cap, "%s", given)
			   ? -1
			   : init_mistake("this is too long", given);
	if (!i->terminal)
		return init_needs(i, option,
		    otherwise != NULL
			? "nobody can be asked here (or --yes for what is "
			  "usual)"
			: "nobody can be asked here");
	return ask_line(question, otherwise, out, cap)
		   ? -1
		   : init_mistake("no answer: nothing was made", "");
}

int
init_file(const char *path, char *out, size_t cap)
{
	FILE *from = fopen(path, "re"); /* a pipe, too: <(pass show site) */
	struct span text = { (const unsigned char *)out, 0 };
	bool read;

	if (from != NULL) {
		setvbuf(from, NULL, _IONBF, 0); /* no copy of it stays */
		text.n = fread(out, 1, cap, from);
	}
	read = from != NULL && ferror(from) == 0;
	if (from != NULL)
		fclose(from);
	if (!read)
		return init_mistake("this file can't be read", path);
	if (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	if (text.n > 0 && text.p[text.n - 1] == '\r')
		text.n--;
	if (text.n == 0 || text.n + 1 >= cap || span_has(text, '\n') ||
	    span_has(text, '\0')) {
		wipe(out, cap);
		return init_mistake("a secret's file holds one line", path);
	}
	out[text.n] = '\0';
	return -1;
}

/* Who runs the program, where root sets it up. */
static int
settle_user(struct init *i)
{
	static const char *const usual[] = { "www-data", "apache", "nginx",
		"http", "www" };
	const char *name = option_or(&i->option[INIT_USER], NULL);

	i->root = geteuid() == 0;
	account_self(&i->as);
	if (name != NULL && !account_named(name, &i->as))
		return init_mistake("there is no user", name);
	if (!i->root && i->as.uid != geteuid())
		return init_mistake("only root can make files for", name);
	if (!i->root || name != NULL)
		return -1;
	for (size_t k = 0; k < sizeof(usual) / sizeof(usual[0]); k++)
		if (account_named(usual[k], &i->as))
			return -1;
	account_self(&i->as);
	return init_needs(i, INIT_USER, "the user who runs the program");
}

/* It goes into other programs' configurations, each with its own quotes. */
static bool
is_plain(const char *path)
{
	for (; *path != '\0'; path++)
		if ((unsigned char)*path <= ' ' || *path == '\x7f' ||
		    strchr("\"'\\$;{}()<>|&#*?`", *path) != NULL)
			return false;
	return true;
}

static int
settle_dir(struct init *i)
{
	const char *given = option_or(&i->option[INIT_DIR], NULL);
	char here[PATH_TEXT_MAX];
	struct sink text;

	sink_init(&text, i->dir, sizeof(i->dir) - 1);
	if (given == NULL && i->root)
		sink_text(&text, "/etc/signpost");
	else if (given == NULL && i->as.home[0] == '/')
		sink_say(&text, "%s/private/signpost", i->as.home);
	else if (given == NULL)
		return init_needs(i, INIT_DIR, "you have no home folder here");
	else if (given[0] == '/')
		sink_text(&text, given);
	else if (getcwd(here, sizeof(here)) != NULL)
		sink_say(&text, "%s/%s", here, given);
	while (text.n > 1 && i->dir[text.n - 1] == '/')
		text.n--;
	i->dir[text.n] = '\0';
	if (text.full || text.n < 2 || !is_plain(i->dir))
		return init_mistake("a folder's name has neither blanks nor "
				    "quotes, and is not too long",
		    i->dir);
	return -1;
}

static int
run(struct init *i)
{
	static int (*const steps[])(struct init *) = { settle_user, settle_dir,
		init_account, init_session, init_folder, init_origins,
		init_server, init_write };
	int code = -1;

	for (size_t k = 0; code < 0 && k < sizeof(steps) / sizeof(steps[0]);
	     k++)
		code = steps[k](i);
	if (code == 0)
		init_print(i);
	return code;
}

int
cli_init(int argc, char **argv)
{
	static const char *const names[INIT_OPTIONS] = { "dir", "cloud-name",
		"api-key", "api-secret-file", "format", "cookie", "user-path",
		"session-key-file", "folder", "origin", "server", "user",
		"replace", "yes" };
	static struct init i;
	size_t n;
	int code;

	i = (struct init){ .row = NULL };
	for (size_t k = 0; k < INIT_OPTIONS; k++)
		i.option[k].name = names[k];
	i.option[INIT_ORIGIN].many = true;
	i.option[INIT_REPLACE].flag = true;
	i.option[INIT_YES].flag = true;
	code = options_read(
	    argc, argv, usage, i.option, INIT_OPTIONS, NULL, 0, &n);
	if (code >= 0)
		return code;
	i.replace = i.option[INIT_REPLACE].n > 0;
	i.yes = i.option[INIT_YES].n > 0;
	i.terminal = ask_possible();
	code = run(&i);
	wipe(&i, sizeof(i));
	return code;
}
