#define _GNU_SOURCE

#include "test.h"

#include "capture.h"
#include "cli/cli.h"
#include "folder.h"
#include "session/formats.h"

static struct capture caught;

/* Whatever sets the session, check takes what init makes for it. */
TEST(each_format)
{
	char secret[4200], dir[4200], conf[4300], me[16];

	snprintf(me, sizeof(me), "%u", (unsigned)geteuid());
	snprintf(secret, sizeof(secret), "%s",
	    put_file("s", 0600, SPAN_LIT("abcdefghijklmnopqrstuvwxyz1\n")));
	for (const struct format_row *row = formats; row->name != NULL; row++) {
		const char *words[20] = { "init", "--dir", dir,
			"--cloud-name=demo", "--api-key=1234",
			"--api-secret-file", secret, "--server=caddy", "--user",
			me, "--format", row->name, "--yes" };
		size_t n = 13;

		if ((row->takes & TAKES_COOKIE) != 0 && row->cookie == NULL)
			words[n++] = "--cookie=session";
		if ((row->takes & TAKES_USER) != 0 && row->user == NULL)
			words[n++] = "--user-path=id";
		snprintf(dir, sizeof(dir), "%s", in_folder(row->name));
		snprintf(conf, sizeof(conf), "%s/signpost.conf", dir);
		if (capture_run(&caught, cli_init, words) != 0)
			fail_msg("%s: %s", row->name, caught.err);
		assert_int_equal(CAPTURE(&caught, cli_check, "check", conf), 0);
		assert_non_null(strstr(caught.out, "avatar"));
		assert_non_null(strstr(caught.out, "widget"));
		assert_non_null(strstr(caught.out, "remove"));
		assert_non_null(strstr(caught.out, "thumb"));
	}
}

GROUP(folder_setup, folder_teardown);
