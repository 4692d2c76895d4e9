#include <stdio.h>
#include <unistd.h>

#include "cli/finding.h"
#include "cli/init.h"
#include "cli/paint.h"
#include "cli/peek.h"

/* What is written next; it is printed at once. */
static unsigned char mem[32768];

static void
print(const struct sink *out)
{
	struct span text = sink_view(out);

	fwrite(text.p, 1, text.n, stdout);
}

static void
head(const char *text)
{
	printf("\n%s%s%s\n\n", paint_on(stdout, PAINT_BOLD), text,
	    paint_off(stdout));
}

static void
print_made(const struct init *i)
{
	if (i->units)
		puts("Made, for root alone; signpost@.service gets copies:");
	else
		printf("Made, for the user %s:\n", i->as.name);
	printf("  %s/signpost.conf      the configuration\n"
	       "  %s/cloudinary.secret  the API secret\n",
	    i->dir, i->dir);
	if (i->key[0] != '\0')
		printf("  %s/session.key        %s\n", i->dir,
		    i->guests ? "a key that nobody uses" : "the session key");
	if (!i->units)
		printf("  %s/counters           for counts\n", i->dir);
	if (i->guests)
		return;
	if (i->new_key && i->row->format == FORMAT_JWT)
		puts("\nThe session key is new: let your login sign with the "
		     "text in it.");
	else if (i->new_key)
		printf("\nThe session key is new. Cookies are signed with %s: "
		       "put that text into the file in its place, or the "
		       "file's text there.\n",
		    i->row->secret);
}

/* What stands in front of the program where root is not its user. */
static void
as_user(const struct init *i, struct sink *out)
{
	if (init_for_other(i))
		sink_say(out, "runuser -u %s -- ", i->as.name);
	shell_word(out, span_of(peek_self()));
}

/* #!PROGRAM --config=CONF */
static void
control_line(const struct init *i, struct sink *out)
{
	sink_say(
	    out, "#!%s --config=%s/signpost.conf", peek_endpoint(), i->dir);
}

/* make install has put one there, which does unless it was for elsewhere. */
static bool
has_control(const struct init *i)
{
	unsigned char own[2 * PATH_TEXT_MAX + 16], there[sizeof(own) + 1];
	struct span text;
	struct sink line;

	sink_init(&line, own, sizeof(own));
	control_line(i, &line);
	sink_byte(&line, '\n');
	return access(init_control(i), X_OK) == 0 &&
	       peek_file(init_control(i), there, sizeof(there), &text) &&
	       span_eq(text, sink_view(&line));
}

static void
say_control(const struct init *i, struct sink *out)
{
	const char *control = init_control(i);

	sink_text(out, "printf '%s\\n' '");
	control_line(i, out);
	sink_text(out, "' >");
	shell_word(out, span_of(control));
	sink_text(out, " && chmod 755 ");
	shell_word(out, span_of(control));
	sink_byte(out, '\n');
}

/*
 * The group to give the socket where the web server's user is not in the one
 * that it would have; else NULL. A user who is not here yet comes with a
 * package, and Debian's joins www-data.
 */
static const char *
own_group(const struct init *i)
{
	static const char debians[] = "www-data"; /* in signpost.socket, too */
	static struct account usual, web;
	const char *name = i->server->user;
	bool there = true;

	if (name == NULL)
		return NULL;
	if (i->units)
		there = account_named(debians, &usual);
	else
		usual = i->as;
	if (!account_named(name, &web))
		return there && strcmp(usual.group, debians) == 0 ? NULL : name;
	return there && account_in(&web, usual.gid) ? NULL : web.group;
}

static void
say_units(const struct init *i, struct sink *out)
{
	const char *group = own_group(i);

	if (group != NULL)
		sink_say(out,
		    "mkdir -p /etc/systemd/system/signpost.socket.d\n"
		    "printf '[Socket]\\nSocketGroup=%s\\n' "
		    ">/etc/systemd/system/signpost.socket.d/group.conf\n",
		    group);
	sink_text(out, "systemctl daemon-reload\n"
		       "systemctl enable --now signpost@1 signpost@2\n");
}

static void
say_socket(const struct init *i, struct sink *out)
{
	const char *sudo = i->root ? "" : "sudo ", *group = own_group(i);

	sink_say(out, "%sinstall -d -m 750 -o %s -g %s /run/signpost\n", sudo,
	    i->as.name, group != NULL ? group : i->as.group);
	sink_say(out,
	    "%sspawn-fcgi -s /run/signpost/signpost.sock -M 0660 -u %s -g %s ",
	    sudo, i->as.name, i->as.group);
	if (group != NULL)
		sink_say(out, "-G %s ", group);
	sink_text(out, "-F 2 -- ");
	shell_word(out, span_of(peek_endpoint()));
	sink_say(out, " --config=%s/signpost.conf\n", i->dir);
}

static void
say_next(const struct init *i, struct sink *out)
{
	as_user(i, out);
	sink_say(out, " check %s/signpost.conf\n", i->dir);
	shell_word(out, span_of(peek_self()));
	if (init_for_other(i))
		sink_say(out, " doctor --user %s", i->as.name);
	else
		sink_text(out, " doctor");
	sink_say(out, " %s/signpost.conf\n", i->dir);
	sink_text(out, "curl 'http://localhost/api/sign?health'\n");
	if (i->guests)
		sink_text(
		    out, "curl 'http://localhost/api/sign?policy=guest'\n");
	if (i->guests || i->row->format == FORMAT_REMOTE_USER)
		return;
	sink_text(out, "curl -b \"$(");
	as_user(i, out);
	sink_say(out,
	    " mint --user alice %s/signpost.conf)\" "
	    "'http://localhost/api/sign?policy=avatar'\n",
	    i->dir);
}

static void
print_processes(const struct init *i)
{
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	if (i->server->control && !has_control(i)) {
		head("The control file:");
		say_control(i, &out);
	} else if (!i->server->control && i->units) {
		head("The processes:");
		say_units(i, &out);
	} else if (!i->server->control && i->server->socket) {
		head("The processes, until your service manager starts them:");
		say_socket(i, &out);
	}
	print(&out);
}

static void
print_server(const struct init *i)
{
	char title[64];
	struct sink out;

	sink_string(title, sizeof(title), "For %s:", i->server->name);
	head(title);
	sink_init(&out, mem, sizeof(mem));
	if (!init_steps(i, &out))
		init_sample(i, &out);
	print(&out);
}

/* What is to be done, in this order. */
void
init_print(const struct init *i)
{
	struct sink out;

	print_made(i);
	print_processes(i);
	print_server(i);
	head("Then:");
	sink_init(&out, mem, sizeof(mem));
	say_next(i, &out);
	print(&out);
	if (i->units)
		puts("\nAfter each change: systemctl restart 'signpost@*', "
		     "since the service has copies.");
}
