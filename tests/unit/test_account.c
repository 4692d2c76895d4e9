#define _GNU_SOURCE /* setgroups */

#include "test.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/account.h"

static struct account a;

/* As the C library reads the same files. */
TEST(by_name_and_number)
{
	const struct passwd *pw = getpwnam("nobody");
	const struct group *gr;

	assert_non_null(pw);
	assert_true(account_named("nobody", &a));
	assert_int_equal(a.uid, pw->pw_uid);
	assert_int_equal(a.gid, pw->pw_gid);
	assert_string_equal(a.home, pw->pw_dir);
	gr = getgrgid(a.gid);
	assert_non_null(gr);
	assert_string_equal(a.group, gr->gr_name);
	assert_true(account_named("0", &a));
	assert_string_equal(a.name, "root");
	assert_true(account_named("54321:54322", &a));
	assert_int_equal(a.uid, 54321);
	assert_int_equal(a.gid, 54322);
	assert_string_equal(a.name, "54321");
	assert_string_equal(a.group, "54322");
	assert_string_equal(a.home, "");
	account_of(54321, &a);
	assert_string_equal(a.name, "54321");
	assert_int_equal(a.n_groups, 0);
}

TEST(there_is_none)
{
	static const char *const names[] = { "", "no-such-user-here", "-1",
		"01", "4294967295", "1:", ":1", "1:x", "1:4294967295", "1 " };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(account_named(names[i], &a));
	assert_true(account_named("4294967294", &a));
}

TEST(groups)
{
	char name[ACCOUNT_NAME_MAX];

	a = (struct account){ .gid = 5, .n_groups = 2, .groups = { 7, 9 } };
	assert_true(account_in(&a, 5));
	assert_true(account_in(&a, 9));
	assert_false(account_in(&a, 8));
	group_name(0, name);
	assert_string_equal(name, "root");
	group_name(4294967294, name);
	assert_string_equal(name, "4294967294");
	account_self(&a);
	assert_int_equal(a.uid, geteuid());
	assert_int_equal(a.gid, getegid());
	assert_int_equal(a.n_groups, getgroups(0, NULL));
}

/* For good, with its groups: in a child. */
TEST(becoming)
{
	int status;
	pid_t child;

	if (geteuid() != 0)
		skip(); /* root alone can */
	a = (struct account){
		.uid = 54321, .gid = 54322, .n_groups = 1, .groups = { 54323 }
	};
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		gid_t all[4];

		_exit(account_become(&a) && getuid() == 54321 &&
			      getegid() == 54322 && getgroups(4, all) == 1 &&
			      all[0] == 54323 && setuid(0) != 0 &&
			      !account_become(&(struct account){ .uid = 0 })
			  ? 0
			  : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}
