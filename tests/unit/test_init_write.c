#define _GNU_SOURCE

#include "test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "folder.h"
#include "initing.h"

static void
fill(const char *dir)
{
	initing_begin(true);
	strcpy(init.dir, in_folder(dir));
	strcpy(init.cloud_name, "demo");
	strcpy(init.api_key, "874837483274837");
	strcpy(init.secret, "abcdefghijklmnopqrstuvwxyz1");
	strcpy(init.folder, "users/{user}");
	strcpy(init.cookie, "session");
	strcpy(init.key, "correct-horse-battery-staple-0001");
	init.row = format_named(SPAN_LIT("jwt"));
}

static unsigned
mode_of(const char *name)
{
	struct stat st;

	if (lstat(in_folder(name), &st) != 0)
		return 0;
	return (unsigned)st.st_mode & 07777;
}

TEST(everything)
{
	fill("a/b");
	umask(022);
	assert_int_equal(initing_run(init_write), 0);
	assert_int_equal(mode_of("a/b"), 0700);
	assert_int_equal(mode_of("a/b/counters"), 0700);
	assert_int_equal(mode_of("a/b/signpost.conf"), 0600);
	assert_int_equal(mode_of("a/b/cloudinary.secret"), 0600);
	assert_int_equal(mode_of("a/b/session.key"), 0600);
	assert_int_equal(umask(022), 022);
	/* Not twice. */
	assert_int_equal(initing_run(init_write), 1);
	assert_non_null(strstr(caught.err, "this is there already"));
	assert_int_equal(mode_of("a/b/signpost.conf"), 0600);
}

static bool
holds(const char *name, const char *text)
{
	char got[16384];
	FILE *f = fopen(in_folder(name), "r");
	size_t n;

	if (f == NULL)
		return false;
	n = fread(got, 1, sizeof(got) - 1, f);
	fclose(f);
	got[n] = '\0';
	return strcmp(got, text) == 0;
}

TEST(replaced)
{
	fill("r");
	mkdir(in_folder("r"), 0700);
	put_file("r/signpost.conf", 0600, SPAN_LIT("the sample"));
	assert_int_equal(initing_run(init_write), 1);
	assert_non_null(strstr(caught.err, "--replace keeps"));
	init.replace = true;
	assert_int_equal(initing_run(init_write), 0);
	assert_true(holds("r/signpost.conf.old", "the sample"));
	assert_false(holds("r/signpost.conf", "the sample"));
	/* What is secret is never replaced, nor an older .old. */
	assert_int_equal(initing_run(init_write), 1);
	assert_non_null(strstr(caught.err, "cloudinary.secret: this is there"));
	unlink(in_folder("r/cloudinary.secret"));
	unlink(in_folder("r/session.key"));
	assert_int_equal(initing_run(init_write), 1);
	assert_non_null(strstr(caught.err, "signpost.conf.old: this is there"));
	assert_true(holds("r/signpost.conf.old", "the sample"));
	assert_int_equal(mode_of("r/cloudinary.secret"), 0);
}

TEST(behind_units)
{
	fill("units");
	init.units = true;
	assert_int_equal(initing_run(init_write), 0);
	assert_int_equal(mode_of("units/cloudinary.secret"), 0600);
	assert_int_equal(mode_of("units/counters"), 0);
}

/* What fails later brings the old one back. */
TEST(replaced_back)
{
	fill("back");
	mkdir(in_folder("back"), 0700);
	put_file("back/signpost.conf", 0600, SPAN_LIT("the sample"));
	init.replace = true;
	strcpy(init.folder, "users/{nobody}");
	assert_int_equal(initing_run(init_write), 1);
	assert_true(holds("back/signpost.conf", "the sample"));
	assert_int_equal(mode_of("back/signpost.conf.old"), 0);
	assert_int_equal(mode_of("back/cloudinary.secret"), 0);
	assert_int_equal(mode_of("back/counters"), 0);
}

TEST(nothing)
{
	struct rlimit none = { 0, RLIM_INFINITY }, before;

	fill("c/d");
	strcpy(init.secret, "short");
	assert_int_equal(initing_run(init_write), 1);
	assert_non_null(strstr(caught.err, "nothing was made"));
	assert_int_equal(mode_of("c"), 0);
	/* What was there stays: a folder, and a link in a file's place. */
	put_folder("e", 0700);
	assert_int_equal(symlink("elsewhere", in_folder("e/session.key")), 0);
	fill("e");
	assert_int_equal(initing_run(init_write), 1);
	assert_int_equal(mode_of("e"), 0700);
	assert_int_equal(mode_of("e/counters"), 0);
	assert_int_equal(mode_of("e/elsewhere"), 0);
	assert_int_equal(mode_of("e/session.key"), 0777);
	/* The first byte does not fit. */
	fill("f");
	getrlimit(RLIMIT_FSIZE, &before);
	none.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &none);
	initing_step = init_write;
	assert_int_equal(init_write(&init), 1);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(mode_of("f"), 0);
}

/* A signal that comes meanwhile ends it, and nothing is left. */
TEST(interrupted)
{
	int status;
	pid_t child;

	fill("g");
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		sigset_t held;

		/* Held, it is pending from the first moment on. */
		sigemptyset(&held);
		sigaddset(&held, SIGTERM);
		sigprocmask(SIG_BLOCK, &held, NULL);
		raise(SIGTERM);
		_exit(init_write(&init));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	assert_int_equal(mode_of("g"), 0);
}

TEST(for_another)
{
	struct stat st;

	need_root();
	fill("roots");
	assert_true(account_named("54321:54322", &init.as));
	assert_int_equal(initing_run(init_write), 0);
	assert_int_equal(mode_of("roots"), 0750);
	assert_int_equal(mode_of("roots/session.key"), 0640);
	assert_int_equal(lstat(in_folder("roots/session.key"), &st), 0);
	assert_int_equal(st.st_uid, 0);
	assert_int_equal(st.st_gid, 54322);
	assert_int_equal(lstat(in_folder("roots/counters"), &st), 0);
	assert_int_equal(st.st_uid, 54321);
}

GROUP(folder_setup, folder_teardown);
