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

/* Where systemd keeps the service's counts. */
TEST(behind_units)
{
	char text[16384];
	FILE *conf;

	fill("units");
	init.units = true;
	assert_int_equal(initing_run(init_write), 0);
	assert_int_equal(mode_of("units/cloudinary.secret"), 0600);
	assert_int_equal(mode_of("units/counters"), 0);
	conf = fopen(in_folder("units/signpost.conf"), "r");
	assert_non_null(conf);
	text[fread(text, 1, sizeof(text) - 1, conf)] = '\0';
	fclose(conf);
	assert_non_null(strstr(text, "store = \"/var/lib/signpost\";"));
}

/* What was there stays, also a link in a file's place; and on a full disk
 * nothing is left. */
TEST(nothing)
{
	struct rlimit none = { 0, RLIM_INFINITY }, before;

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
	umask(022);
	assert_int_equal(initing_run(init_write), 0);
	assert_int_equal(umask(022), 022);
	assert_int_equal(mode_of("roots"), 0750);
	assert_int_equal(mode_of("roots/session.key"), 0640);
	assert_int_equal(lstat(in_folder("roots/session.key"), &st), 0);
	assert_int_equal(st.st_uid, 0);
	assert_int_equal(st.st_gid, 54322);
	assert_int_equal(lstat(in_folder("roots/counters"), &st), 0);
	assert_int_equal(st.st_uid, 54321);
}

GROUP(folder_setup, folder_teardown);
