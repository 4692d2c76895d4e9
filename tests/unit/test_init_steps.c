#define _GNU_SOURCE

#include "test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/peek.h"
#include "initing.h"
#include "tree.h"

static char examples[4096]; /* where make install would put the files */

/* The folders of PREFIX/share/doc/signpost/examples, for this program. */
static int
make_examples(void **state)
{
	static const char *const names[] = { "share", "doc", "signpost",
		"examples" };
	size_t n;

	(void)state;
	snprintf(examples, sizeof(examples), "%s", peek_self());
	for (int k = 0; k < 2; k++)
		*strrchr(examples, '/') = '\0';
	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		n = strlen(examples);
		snprintf(examples + n, sizeof(examples) - n, "/%s", names[k]);
		mkdir(examples, 0700);
	}
	return access(examples, W_OK);
}

static int
drop_examples(void **state)
{
	char *share = strstr(examples, "/share/doc/signpost/examples");

	(void)state;
	share[strlen("/share")] = '\0';
	return tree_remove(examples);
}

static bool
steps_of(const char *server, char *text, size_t cap)
{
	struct sink out;
	bool found;

	initing_begin(false);
	strcpy(init.dir, "/x/own");
	initing_give(INIT_SERVER, server);
	assert_int_equal(initing_run(init_server), -1);
	init.root = true;
	sink_init(&out, text, cap - 1);
	found = init_steps(&init, &out);
	text[out.n] = '\0';
	return found;
}

/* The ready file with this site's paths, and what is behind it. */
static void
put(const char *server, const char *more)
{
	static char text[16384], path[8192];
	struct sink out;
	FILE *file;

	initing_begin(false);
	strcpy(init.dir, "/x/own");
	initing_give(INIT_SERVER, server);
	assert_int_equal(initing_run(init_server), -1);
	sink_init(&out, text, sizeof(text) - 1);
	assert_true(init_sample(&init, &out));
	text[out.n] = '\0';
	snprintf(path, sizeof(path), "%s/%s.conf", examples, server);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fprintf(file, "%s%s", text, more) > 0);
	assert_int_equal(fclose(file), 0);
}

TEST(where_the_file_lies)
{
	static const struct {
		const char *server, *folder, *has;
	} rows[] = {
		{ "apache", "/etc/apache2/conf-available",
		    "\na2enconf signpost\n" },
		{ "lighttpd", "/etc/lighttpd/conf-available",
		    "/50-signpost.conf\nlighty-enable-mod signpost\n" },
		{ "nginx", "/etc/nginx/snippets",
		    "\nsystemctl reload nginx\n" },
	};
	static char text[16384];

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		assert_false(steps_of(rows[k].server, text, sizeof(text)));
		put(rows[k].server, "");
		if (access(rows[k].folder, F_OK) != 0) {
			assert_false(
			    steps_of(rows[k].server, text, sizeof(text)));
			continue;
		}
		assert_true(steps_of(rows[k].server, text, sizeof(text)));
		assert_memory_equal(text, "cp /", 4);
		assert_non_null(strstr(text, examples));
		assert_non_null(strstr(text, rows[k].folder));
		assert_non_null(strstr(text, rows[k].has));
		init.root = false;
		assert_false(init_steps(&init, &(struct sink){ .p = NULL }));
		put(rows[k].server, "# changed\n");
		assert_false(steps_of(rows[k].server, text, sizeof(text)));
		assert_string_equal(text, "");
	}
}

TEST(servers_without)
{
	static char text[16384];

	put("h2o", "");
	assert_false(steps_of("h2o", text, sizeof(text)));
}

GROUP(make_examples, drop_examples);
