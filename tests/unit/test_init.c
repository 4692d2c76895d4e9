#define _GNU_SOURCE

#include "test.h"

#include "capture.h"
#include "cli/cli.h"
#include "folder.h"
#include "initing.h"

TEST(from_start_to_end)
{
	const char *secret =
	    put_file("s", 0600, SPAN_LIT("abcdefghijklmnopqrstuvwxyz1\n"));
	char dir[4200], conf[4300];

	snprintf(dir, sizeof(dir), "%s", in_folder("own//"));
	snprintf(conf, sizeof(conf), "%s", in_folder("own/signpost.conf"));
	assert_int_equal(
	    CAPTURE(&caught, cli_init, "init", "--dir", dir, "--cloud-name",
		"demo", "--api-key", "1234", "--api-secret-file", secret,
		"--server", "caddy", "--user", geteuid() == 0 ? "0" : "nobody",
		"--yes"),
	    geteuid() == 0 || geteuid() == NOBODY ? 0 : 2);
	if (geteuid() != 0 && geteuid() != NOBODY)
		skip(); /* only root makes files for others */
	assert_non_null(strstr(caught.out, "For caddy:"));
	assert_null(strstr(caught.out, "abcdefghijkl"));
	assert_int_equal(CAPTURE(&caught, cli_check, "check", conf), 0);
}

TEST(usage)
{
	assert_int_equal(CAPTURE(&caught, cli_init, "init", "x"), 2);
	assert_int_equal(
	    CAPTURE(&caught, cli_init, "init", "--api-secret=x"), 2);
	assert_int_equal(CAPTURE(&caught, cli_init, "init", "--help"), 0);
	assert_non_null(strstr(caught.out, "usage: signpost init"));
	assert_int_equal(
	    CAPTURE(&caught, cli_init, "init", "--user", "no-such-user"), 2);
	assert_int_equal(
	    CAPTURE(&caught, cli_init, "init", "--dir", "/a;b"), 2);
	assert_int_equal(CAPTURE(&caught, cli_init, "init", "--dir", "/"), 2);
}

TEST(secrets_from_files)
{
	static const char *const bad[] = { "", "\n", "a\nb\n", "a\n\n" };
	char out[8];

	assert_int_equal(
	    init_file(put_file("a", 0600, SPAN_LIT("abc\n")), out, 8), -1);
	assert_string_equal(out, "abc");
	assert_int_equal(
	    init_file(put_file("a", 0600, SPAN_LIT("abcdef")), out, 8), -1);
	assert_string_equal(out, "abcdef");
	assert_int_equal(
	    init_file(put_file("a", 0600, SPAN_LIT("abcdefgh")), out, 8), 2);
	assert_int_equal(out[0], 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    init_file(put_file("a", 0600, span_of(bad[i])), out, 8), 2);
	assert_int_equal(init_file(in_folder("none"), out, 8), 2);
}

GROUP(folder_setup, folder_teardown);
