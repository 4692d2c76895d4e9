#include "test.h"

#include "cli/peek.h"
#include "initing.h"

static const struct {
	const char *name, *has; /* of its lines, with our paths */
	bool control, socket;
} servers[] = {
	{ "apache", "ScriptAlias \"/api/sign\" \"%s\"", true, false },
	{ "apache-proxy", "proxy:unix:/run/signpost/signpost.sock", false,
	    true },
	{ "htaccess", "RewriteRule ^sign$ sign.cgi [L]", true, false },
	{ "lighttpd", " --config=/x/own/signpost.conf\"", false, false },
	{ "lighttpd-cgi", "alias.url += ( \"/api/sign\" => \"%s\" )", true,
	    false },
	{ "nginx", "fastcgi_pass unix:/run/signpost/signpost.sock;", false,
	    true },
	{ "nginx-fcgiwrap", "SCRIPT_FILENAME %s;", true, true },
	{ "caddy", "transport fastcgi", false, true },
	{ "h2o", "fastcgi.connect:", false, true },
};

/* The ready files of etc, with the paths of this site. */
TEST(each)
{
	static char text[16384], wanted[PATH_TEXT_MAX];
	struct sink out;

	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		initing_begin(false);
		strcpy(init.dir, "/x/own");
		strcpy(init.as.home, "/home/alice");
		initing_give(INIT_SERVER, servers[i].name);
		assert_int_equal(initing_run(init_server), -1);
		assert_string_equal(init.server->name, servers[i].name);
		assert_int_equal(init.server->control, servers[i].control);
		assert_int_equal(init.server->socket, servers[i].socket);
		sink_init(&out, text, sizeof(text) - 1);
		assert_true(init_sample(&init, &out));
		text[out.n] = '\0';
		assert_null(strstr(text, "/usr/local/lib/signpost"));
		assert_null(strstr(text, "/etc/signpost/signpost.conf"));
		assert_null(strstr(text, "set the"));
		snprintf(wanted, sizeof(wanted), "%.*s%s%s",
		    (int)strcspn(servers[i].has, "%"), servers[i].has,
		    strchr(servers[i].has, '%') ? init_control(&init) : "",
		    strchr(servers[i].has, '%')
			? strchr(servers[i].has, '%') + 2
			: "");
		if (strstr(text, wanted) == NULL)
			fail_msg("%s is not in\n%s", wanted, text);
		sink_init(&out, text, 100);
		assert_false(init_sample(&init, &out));
	}
}

TEST(the_control_file)
{
	initing_begin(false);
	strcpy(init.as.home, "/home/alice");
	initing_give(INIT_SERVER, "htaccess");
	initing_run(init_server);
	assert_string_equal(
	    init_control(&init), "/home/alice/public_html/api/sign.cgi");
	initing_begin(false);
	initing_give(INIT_SERVER, "apache");
	initing_run(init_server);
	assert_non_null(strstr(init_control(&init), "/sign.cgi"));
	assert_true(span_starts(span_of(init_control(&init)),
	    span_cut_last(span_of(peek_self()), '/').head));
}

TEST(guesses_and_slips)
{
	initing_begin(true);
	assert_int_equal(initing_run(init_server), -1);
	assert_non_null(init.server);
	initing_begin(false);
	assert_int_equal(initing_run(init_server), 2);
	assert_non_null(strstr(caught.err, "--server is needed"));
	initing_give(INIT_SERVER, "lightpd");
	assert_int_equal(initing_run(init_server), 2);
	assert_non_null(strstr(caught.err, "did you mean lighttpd?"));
}
