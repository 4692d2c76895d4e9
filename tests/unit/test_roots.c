#define _GNU_SOURCE

#include "test.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "cli/roots.h"
#include "folder.h"

TEST(lines)
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

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span root = roots_line(span_of(rows[i].line));

		if (!span_is(root, rows[i].root))
			fail_msg("%s", rows[i].line);
	}
}

TEST(a_file)
{
	static struct roots r;
	char text[1024];
	const char *conf;

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

/* Under a server's name, this program waits until it is killed. */
__attribute__((constructor)) static void
be_a_server(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[0], "nginx") == 0)
		pause();
}

static pid_t
start_server(uid_t user, const char *program, const char *conf)
{
	char byte;
	int ends[2];
	pid_t child;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (setgroups(0, NULL) == 0 && setgid(user) == 0 &&
		    setuid(user) == 0)
			execl(program, "nginx", "-c", conf, (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 0); /* it is that by now */
	close(ends[0]);
	return child;
}

static bool
is_found(uid_t user, const char *program, const char *conf)
{
	static struct roots r;
	pid_t child = start_server(user, program, conf);
	bool found = false;

	memset(&r, 0, sizeof(r));
	roots_find(&r);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	for (size_t i = 0; i < r.n; i++)
		found = found || strcmp(r.list[i].from, conf) == 0;
	return found;
}

/* A stranger's is none, also where its files in /proc are root's. */
TEST(a_server)
{
	char text[8192];
	const char *program, *conf;
	struct stat st;
	void *mem;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	need_root();
	assert_int_equal(fstat(fd, &st), 0);
	mem = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	assert_true(mem != MAP_FAILED);
	program =
	    put_file("nginx", 0711, (struct span){ mem, (size_t)st.st_size });
	munmap(mem, (size_t)st.st_size);
	put_folder("site", 0755);
	snprintf(text, sizeof(text), "root %s;\n", in_folder("site"));
	conf = put_file("nginx.conf", 0644, span_of(text));
	assert_true(is_found(0, program, conf));
	assert_false(is_found(NOBODY, program, conf));
	assert_int_equal(chmod(program, 0755), 0);
	assert_false(is_found(NOBODY, program, conf));
}

GROUP(folder_setup, folder_teardown);
