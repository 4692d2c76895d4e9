#define _GNU_SOURCE

#include "test.h"

#include "cli/peek.h"
#include "folder.h"
#include "initing.h"

static int
print(struct init *i)
{
	init_print(i);
	return 0;
}

static void
fill(const char *server, const char *format)
{
	initing_begin(true);
	strcpy(init.dir, "/x/own");
	init.row = format_named(span_of(format));
	strcpy(init.secret, "abcdefghijklmnopqrstuvwxyz1");
	if ((init.row->takes & TAKES_KEYS) != 0)
		strcpy(init.key, "correct-horse-battery-staple-0001");
	initing_give(INIT_SERVER, server);
	assert_int_equal(initing_run(init_server), -1);
	assert_true(account_named("54321:54322", &init.as));
	init.root = true;
}

TEST(for_another)
{
	fill("nginx", "flask");
	initing_run(print);
	assert_non_null(strstr(caught.out, "Made, for the user 54321:\n"));
	assert_non_null(strstr(
	    caught.out, "install -d -m 750 -o 54321 -g 54322 /run/signpost\n"));
	assert_non_null(strstr(caught.out, "runuser -u 54321 -- "));
	assert_non_null(strstr(caught.out, " doctor --user 54321 /x/own/"));
	fill("htaccess", "remote_user");
	init.root = false;
	initing_run(print);
	assert_null(strstr(caught.out, "runuser"));
}

/* What is done already is not said again. */
TEST(a_control_file_that_is_there)
{
	char path[sizeof(folder) + 64], line[sizeof(folder) + 64];
	FILE *file;

	for (int k = 0; k < 3; k++) {
		fill("htaccess", "flask");
		strcpy(init.as.home, folder);
		snprintf(path, sizeof(path), "%s", init_control(&init));
		if (k == 0) {
			assert_int_equal(
			    mkdir(in_folder("public_html"), 0700), 0);
			assert_int_equal(
			    mkdir(in_folder("public_html/api"), 0700), 0);
		}
		snprintf(line, sizeof(line),
		    "#!%s --config=%s/signpost.conf\n%s", peek_endpoint(),
		    init.dir, k == 1 ? "exit\n" : "");
		file = fopen(path, "we");
		assert_non_null(file);
		assert_true(fputs(line, file) >= 0 && fclose(file) == 0);
		assert_int_equal(chmod(path, k == 2 ? 0600 : 0700), 0);
		initing_run(print);
		if (k == 0)
			assert_null(strstr(caught.out, "control file:"));
		else
			assert_non_null(
			    strstr(caught.out, "The control file:"));
	}
}

/* What it prints for a server whose user is this one. */
static void
for_user(const char *user, bool units)
{
	static struct server other;

	fill("caddy", "jwt");
	other = *init.server;
	other.user = user;
	init.server = &other;
	init.units = units;
	if (units)
		account_self(&init.as);
	initing_run(print);
}

/* Said where the web server's user could not connect else. */
TEST(the_sockets_group)
{
	struct account other = { .name = "" };
	char line[256];

	fill("caddy", "jwt");
	assert_string_equal(init.server->user, "caddy");
	assert_true(account_named("nobody", &other));
	for_user("nobody", false);
	snprintf(line, sizeof(line),
	    "install -d -m 750 -o 54321 -g %s /run/signpost\n", other.group);
	assert_non_null(strstr(caught.out, line));
	snprintf(line, sizeof(line), " -u 54321 -g 54322 -G %s -F 2 -- ",
	    other.group);
	assert_non_null(strstr(caught.out, line));
	assert_null(strstr(caught.out, "SocketGroup"));
	for_user("nobody", true);
	snprintf(line, sizeof(line),
	    "printf '[Socket]\\nSocketGroup=%s\\n' "
	    ">/etc/systemd/system/signpost.socket.d/group.conf\n"
	    "systemctl daemon-reload\n",
	    other.group);
	assert_non_null(strstr(caught.out, line));
	/* One of the same group, none, and one that is not here. */
	for_user("1:54322", false);
	assert_null(strstr(caught.out, " -G "));
	for_user(NULL, false);
	assert_null(strstr(caught.out, " -G "));
	for_user("no-such-user", false);
	assert_non_null(strstr(caught.out, " -G no-such-user "));
	if (!account_named("www-data", &other))
		skip();
	for_user("no-such-user", true);
	assert_null(strstr(caught.out, "SocketGroup"));
	for_user("www-data", true);
	assert_null(strstr(caught.out, "SocketGroup"));
}

TEST(behind_units)
{
	fill("nginx", "flask");
	init.units = true;
	account_self(&init.as);
	initing_run(print);
	assert_non_null(strstr(caught.out, "Made, for root alone; "));
	assert_non_null(strstr(caught.out, "enable --now signpost@1 "));
	assert_null(strstr(caught.out, "spawn-fcgi -s"));
	assert_null(strstr(caught.out, "counters"));
	/* In the order of doing. */
	assert_true(strstr(caught.out, "The processes:") <
		    strstr(caught.out, "For nginx:"));
	assert_true(strstr(caught.out, "Then:") <
		    strstr(caught.out, "systemctl restart"));
}

GROUP(folder_setup, folder_teardown);
