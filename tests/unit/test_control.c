#define _DEFAULT_SOURCE /* mkdtemp, symlink, readlink */

#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/control.h"
#include "guard.h"

static struct control control;
static char dir[32], script[64], program[4096], beside[4200];

FIXTURE(set_up)
{
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	struct span_cut cut;

	assert_true(n > 0);
	program[n] = '\0';
	cut = span_cut_last(span_of(program), '/');
	cut = span_cut_last(cut.head, '/');
	snprintf(beside, sizeof(beside), "%.*s/etc/signpost.conf",
	    (int)cut.head.n, (const char *)cut.head.p);
	strcpy(dir, "/tmp/signpost-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(script, sizeof(script), "%s/sign.cgi", dir);
	memset(&control, 0x55, sizeof(control));
}

FIXTURE(tear_down)
{
	unlink(script);
	rmdir(dir);
}

/* A script that begins with "#!", the interpreter and the rest. */
static void
write_script(const char *interpreter, const char *rest, mode_t mode)
{
	char text[8192];
	int n = snprintf(text, sizeof(text), "#!%s%s", interpreter, rest);
	int fd = open(script, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, (size_t)n), n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static const char *
fastcgi(const char *first, const char *second, const char *environment)
{
	char *argv[] = { (char[]){ "signpost" }, (char *)(uintptr_t)first,
		(char *)(uintptr_t)second, NULL };
	int argc = 1 + (first != NULL) + (second != NULL);

	control_fastcgi(argc, argv, environment, &control);
	return control.path;
}

TEST_WITH(test_fastcgi, set_up, tear_down)
{
	assert_string_equal(fastcgi("--config=/a", NULL, "/env"), "/a");
	assert_string_equal(
	    fastcgi("--config=/a b", "/srv/sign.fcgi", NULL), "/a b");
	assert_string_equal(
	    fastcgi("/srv/sign.fcgi", "--config=/a", NULL), "/a");
	assert_string_equal(fastcgi(NULL, NULL, "/env"), "/env");
	assert_string_equal(fastcgi("/srv/sign.fcgi", NULL, "/env"), "/env");
	assert_string_equal(fastcgi(NULL, NULL, NULL), beside);
	assert_string_equal(fastcgi(NULL, NULL, ""), beside);
	assert_int_equal(control.why.n, 0);
	control_fastcgi(0, (char *[]){ NULL }, NULL, &control);
	assert_string_equal(control.path, beside);
}

/* A mistake in the web server's configuration is no other configuration. */
TEST_WITH(test_fastcgi_mistakes, set_up, tear_down)
{
	static const char *const wrong[] = { "--config",
		"--config=", "--conf=/a", "-c", "--config =/a", "--Config=/a",
		"-" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_string_equal(fastcgi(wrong[i], NULL, "/env"), "");
		assert_true(control.why.n > 0);
	}
	assert_string_equal(fastcgi("--config=/a", "--config=/a", NULL), "");
	assert_true(control.why.n > 0);
}

TEST_WITH(test_path_limit, set_up, tear_down)
{
	char path[PATH_TEXT_MAX + 2];

	memset(path, '/', sizeof(path));
	path[PATH_TEXT_MAX] = '\0';
	assert_string_equal(fastcgi(NULL, NULL, path), path);
	path[PATH_TEXT_MAX] = '/';
	path[PATH_TEXT_MAX + 1] = '\0';
	assert_string_equal(fastcgi(NULL, NULL, path), "");
	assert_true(control.why.n > 0);
}

static struct span
line(const char *text, struct span *interpreter)
{
	static struct span copy;
	struct span path;

	if (copy.p != NULL)
		guard_free(copy);
	copy = guarded(span_of(text));
	path = control_line(copy, interpreter);
	return path;
}

TEST_WITH(test_line, set_up, tear_down)
{
	static const char *const good[] = { "#!/bin/p --config=/a\n",
		"#!/bin/p --config=/a", "#! /bin/p --config=/a\n",
		"#!\t/bin/p\t --config=/a \t\n", "#!/bin/p --config=/a\nx\0" };
	static const char *const bad[] = { "", "#", "#!", "#!\n", "#!/bin/p\n",
		"#!/bin/p \n", "#!/bin/p config=/a\n",
		"#!/bin/p -x --config=/a\n", "#!/bin/p --confi=/a\n",
		"#!/bin/p\n--config=/a\n", " #!/bin/p --config=/a\n",
		"!#/bin/p --config=/a\n", "#!--config=/a\n" };
	struct span interpreter;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct span path = line(good[i], &interpreter);

		assert_true(span_is(path, "/a"));
		assert_true(span_is(interpreter, "/bin/p"));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(line(bad[i], &interpreter).p);
	assert_true(
	    span_is(line("#!/bin/p --config=/a b\n", &interpreter), "/a b"));
	assert_null(
	    control_line(SPAN_LIT("#!/bin/p --config=/a\0b\n"), &interpreter)
		.p);
}

TEST_WITH(test_line_limit, set_up, tear_down)
{
	char text[300];
	struct span interpreter;

	for (size_t n = 254; n <= 256; n++) {
		memset(text, 'a', sizeof(text));
		memcpy(text, "#!/bin/p --config=/", 19);
		text[n] = '\n';
		text[n + 1] = '\0';
		assert_int_equal(line(text, &interpreter).p != NULL, n <= 255);
	}
}

static const char *
cgi(const char *filename, const char *environment)
{
	control_cgi(filename, environment, &control);
	return control.path;
}

TEST_WITH(test_cgi, set_up, tear_down)
{
	write_script(program, " --config=/from/script\n", 0755);
	assert_string_equal(cgi(script, "/env"), "/from/script");
	assert_string_equal(cgi(program, "/env"), "/env");
	assert_string_equal(cgi(NULL, "/env"), "/env");
	assert_string_equal(cgi("", "/env"), "/env");
	assert_string_equal(cgi(NULL, NULL), beside);
	assert_string_equal(cgi("/nowhere/sign.cgi", "/env"), "/env");
	assert_string_equal(cgi("/tmp", "/env"), "/env");
}

/* The program by another name is the program, not a control file. */
TEST_WITH(test_cgi_link, set_up, tear_down)
{
	assert_int_equal(symlink(program, script), 0);
	assert_string_equal(cgi(script, "/env"), "/env");
	assert_int_equal(control.why.n, 0);
}

/* A script of another program does not choose, nor one that others write. */
TEST_WITH(test_cgi_not_ours, set_up, tear_down)
{
	write_script("/bin/sh", " --config=/x\n", 0755);
	assert_string_equal(cgi(script, "/env"), "/env");
	write_script(program, "x --config=/x\n", 0755);
	assert_string_equal(cgi(script, "/env"), "/env");
	write_script(program, "\n", 0755);
	assert_string_equal(cgi(script, "/env"), "/env");
	for (mode_t bit = 02; bit <= 020; bit <<= 3) {
		write_script(program, " --config=/x\n", 0755 | bit);
		assert_string_equal(cgi(script, "/env"), "");
		assert_true(control.why.n > 0);
	}
	write_script(program, " --config=/x\n", 0700);
	assert_string_equal(cgi(script, "/env"), "/x");
}

/* What the log says where no configuration is found, "" for nothing. */
static const char *
why(void)
{
	static char text[DETAIL_MAX + 1];

	assert_false(control.why.full);
	memcpy(text, control.text, control.why.n);
	text[control.why.n] = '\0';
	return text;
}

/* Saved by an editor of Windows, wrapped by one, or by a mail. */
TEST_WITH(test_line_ends, set_up, tear_down)
{
	static const struct {
		const char *rest, *path, *why;
	} cases[] = {
		{ " --config=/x\n", "/x", "" },
		{ " --config=/x", "/x", "" },
		{ " --config=/x\n\n", "/x", "" },
		{ " --config=/x\r\n", "", "ends with a carriage return" },
		{ " --config=/x\r", "", "ends with a carriage return" },
		{ "\n--config=/x\n", "/env", "only the first line counts" },
		{ " \r\n --config=/x\r\n", "/env",
		    "only the first line counts" },
		{ " --config=/x\ny/z\n", "/x", "only the first line counts" },
		{ "\n", "/env", "only the first line counts" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *config = strstr(cases[i].rest, " --config=");
		char *argv[] = { program, script, script, NULL };
		char argument[64] = "";

		write_script(program, cases[i].rest, 0755);
		assert_string_equal(cgi(script, "/env"), cases[i].path);
		assert_non_null(strstr(why(), cases[i].why));
		assert_int_equal(why()[0] == '\0', cases[i].why[0] == '\0');
		/* As the kernel makes arguments of it. */
		if (config == cases[i].rest) {
			snprintf(argument, sizeof(argument), "%.*s",
			    (int)strcspn(config + 1, "\n"), config + 1);
			argv[1] = argument;
		}
		control_fastcgi(3, argv, "/env", &control);
		assert_string_equal(control.path, cases[i].path);
		assert_non_null(strstr(why(), cases[i].why));
	}
}

TEST_WITH(test_cgi_empty_path, set_up, tear_down)
{
	write_script(program, " --config=\n", 0755);
	assert_string_equal(cgi(script, "/env"), "");
	assert_true(control.why.n > 0);
}
