#define _GNU_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/roots.h"
#include "folder.h"

static void
lines(void **state)
{
	static const struct {
		const char *line, *root; /* "": none */
	} rows[] = {
		{ "DocumentRoot /var/www/html", "/var/www/html" },
		{ "\tDocumentRoot \"/a b/c\"", "/a b/c" },
		{ "documentroot '/a'\r", "/a" },
		{ "server.document-root        = \"/var/www/html\"",
		    "/var/www/html" },
		{ "server.document-root=\"/a\"", "/a" },
		{ "    root /usr/share/nginx/html;", "/usr/share/nginx/html" },
		{ "root * /srv/site", "/srv/site" },
		{ "      file.dir: /srv/h2o", "/srv/h2o" },
		{ "# root /a;", "" },
		{ "root", "" },
		{ "root ", "" },
		{ "root \"", "" },
		{ "rooted /a;", "" },
		{ "root html;", "" },
		{ "root $document_root/a;", "" },
		{ "root /a/$host;", "" },
		{ "DocumentRoot ${ROOT}", "" },
		{ "server.document-root = var.base + \"/a\"", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span root = roots_line(span_of(rows[i].line));

		if (!span_is(root, rows[i].root))
			fail_msg("%s", rows[i].line);
	}
}

static void
a_file(void **state)
{
	static struct roots r;
	char text[1024];
	const char *conf;

	(void)state;
	put_folder("www", 0755);
	put_folder("other", 0755);
	put_file("file", 0600, SPAN_LIT(""));
	assert_int_equal(symlink("www", in_folder("link")), 0);
	snprintf(text, sizeof(text),
	    "root /;\nroot %s;\nroot %s;\nroot %s;\nroot %s;\nroot %s",
	    in_folder("link"), in_folder("www"), in_folder("none"),
	    in_folder("file"), in_folder("other"));
	conf = put_file("conf", 0644, span_of(text));
	roots_file(&r, conf);
	assert_int_equal(r.n, 2);
	assert_string_equal(r.list[0].path, in_folder("www"));
	assert_string_equal(r.list[0].from, conf);
	assert_string_equal(r.list[1].path, in_folder("other"));
	roots_file(&r, in_folder("none"));
	assert_int_equal(r.n, 2);
	for (int i = 0; i < 2 * ROOTS_MAX; i++) {
		snprintf(text, sizeof(text), "more%d", i);
		put_folder(text, 0755);
		roots_add(&r, span_of(in_folder(text)), "");
	}
	assert_int_equal(r.n, ROOTS_MAX);
	memset(&r, 0, sizeof(r));
	roots_find(&r);
	assert_true(r.n <= ROOTS_MAX);
	for (size_t i = 0; i < r.n; i++)
		assert_true(
		    r.list[i].path[0] == '/' && r.list[i].from[0] == '/');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(a_file),
	};

	return cmocka_run_group_tests_name(
	    "roots", tests, folder_setup, folder_teardown);
}
