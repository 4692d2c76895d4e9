#define _GNU_SOURCE

#include "test.h"

#include "cli/suexec.h"
#include "folder.h"

static struct suexec_rules rules;
static struct suexec_verdict v;
static struct account who;

static void
judge(const char *path)
{
	suexec_judge(&rules, path, &who, &v);
}

static bool
says(int code)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.codes[i] == code)
			return true;
	return false;
}

/* A file and a folder of ours, as whoever has a number that suexec takes. */
static void
begin(void)
{
	suexec_rules(&rules, "/nonexistent");
	snprintf(rules.doc_root, sizeof(rules.doc_root), "%s", folder);
	rules.uid_min = 0;
	account_self(&who);
	if (geteuid() == 0)
		account_named("54321:54321", &who);
	rules.gid_min = 0;
}

static const char *
put(const char *name, mode_t folder_mode, mode_t mode)
{
	char path[128];
	const char *dir = put_folder(name, folder_mode), *file;

	snprintf(path, sizeof(path), "%s/sign.cgi", name);
	file = put_file(path, mode, SPAN_LIT("#!/bin/true\n"));
	if (geteuid() == 0) {
		give(dir, who.uid, who.gid);
		give(file, who.uid, who.gid);
		if (chmod(dir, folder_mode) != 0 || chmod(file, mode) != 0)
			abort();
	}
	return file;
}

TEST(one_rule_each)
{
	static const struct {
		const char *name;
		mode_t dir, file;
		int code;
	} rows[] = {
		{ "g1", 0755, 0755, 0 },
		{ "g2", 0711, 0700, 0 },
		{ "w1", 0775, 0755, SUEXEC_FOLDER_WRITABLE },
		{ "w2", 0757, 0755, SUEXEC_FOLDER_WRITABLE },
		{ "f1", 0755, 0775, SUEXEC_FILE_WRITABLE },
		{ "f2", 0755, 0757, SUEXEC_FILE_WRITABLE },
		{ "s1", 0755, 04755, SUEXEC_FILE_SETID },
		{ "s2", 0755, 02755, SUEXEC_FILE_SETID },
		{ "x1", 0755, 0644, SUEXEC_NOT_EXECUTABLE },
		{ "x2", 0755, 0655, SUEXEC_NOT_EXECUTABLE },
	};

	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		judge(put(rows[i].name, rows[i].dir, rows[i].file));
		assert_int_equal(v.n, rows[i].code != 0);
		if (v.n > 0)
			assert_int_equal(v.codes[0], rows[i].code);
	}
}

TEST(users_and_places)
{
	const char *file;

	begin();
	file = put("u", 0755, 0755);
	rules.uid_min = who.uid;
	rules.gid_min = who.gid;
	judge(file);
	assert_int_equal(v.n, 0);
	rules.uid_min = who.uid + 1;
	rules.gid_min = who.gid + 1;
	judge(file);
	assert_int_equal(v.n, 2);
	assert_int_equal(v.codes[0], SUEXEC_UID_LOW);
	assert_int_equal(v.codes[1], SUEXEC_GID_LOW);
	begin();
	who.uid++;
	judge(file);
	assert_true(v.n == 1 && says(SUEXEC_OWNER));
	who.uid--;
	who.gid++;
	judge(file);
	assert_true(v.n == 1 && says(SUEXEC_OWNER));
	who.uid = who.gid = 0;
	judge(file);
	assert_true(says(SUEXEC_UID_LOW) && says(SUEXEC_GID_LOW));
}

TEST(links_and_roots)
{
	begin();
	put("l", 0755, 0755);
	assert_int_equal(symlink("sign.cgi", in_folder("l/link.cgi")), 0);
	judge(in_folder("l/link.cgi"));
	assert_true(v.n == 1 && says(SUEXEC_FILE_MISSING));
	judge(in_folder("l/none.cgi"));
	assert_true(v.n == 1 && says(SUEXEC_FILE_MISSING));
	judge(in_folder("none/sign.cgi"));
	assert_true(v.n == 1 && says(SUEXEC_FOLDER_MISSING));
	/* A link on the way is no matter: suexec asks where it is. */
	assert_int_equal(symlink("l", in_folder("way")), 0);
	judge(in_folder("way/sign.cgi"));
	assert_int_equal(v.n, 0);
	assert_string_equal(v.folder, in_folder("l"));
	strcpy(rules.doc_root, in_folder("l"));
	judge(in_folder("l/sign.cgi"));
	assert_int_equal(v.n, 0);
	judge(put("ll", 0755, 0755));
	assert_true(v.n == 1 && says(SUEXEC_NOT_IN_ROOT));
	/* The user's own folder is another root. */
	snprintf(who.home, sizeof(who.home), "%s", folder);
	snprintf(rules.userdir, sizeof(rules.userdir), "ll");
	judge(in_folder("ll/sign.cgi"));
	assert_int_equal(v.n, 0);
	rules.userdir[0] = '\0';
	judge(in_folder("ll/sign.cgi"));
	assert_true(says(SUEXEC_NOT_IN_ROOT));
}

TEST(customs)
{
	static const int codes[] = { 107, 108, 114, 115, 116, 117, 118, 119,
		120, 121 };

	suexec_rules(&rules, in_folder("none"));
	assert_string_equal(rules.doc_root, "/var/www");
	assert_string_equal(rules.userdir, "public_html");
	assert_int_equal(rules.uid_min, 100);
	suexec_rules(
	    &rules, put_file("custom", 0644, SPAN_LIT("/srv\nweb\n# more\n")));
	assert_string_equal(rules.doc_root, "/srv");
	assert_string_equal(rules.userdir, "web");
	for (size_t i = 0; i < SUEXEC_CODES; i++)
		assert_string_not_equal(
		    suexec_meaning(codes[i]), "it is refused");
	assert_string_equal(suexec_meaning(1), "it is refused");
}

GROUP(folder_setup, folder_teardown);
