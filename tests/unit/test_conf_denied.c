#include "test.h"

#include "sandbox.h"

static struct bench b;

static struct span
read_list(void)
{
	bench_read(&b, "\ndeny_users_file = \"denied.users\";");
	conf_denied(&b.l, b.root);
	return b.config.deny_users_file;
}

static void
wrong(const char *said)
{
	read_list();
	assert_true(sandbox_said(&b.box, "error 2: deny_users_file: "));
	assert_true(sandbox_said(&b.box, said));
	assert_int_equal(b.box.report.errors, 1);
}

static void
put(const char *text, mode_t mode)
{
	sandbox_file(&b.box, "denied.users", text, mode);
}

TEST(test_right)
{
	char want[128];
	struct span path;

	bench_read(&b, "");
	conf_denied(&b.l, b.root);
	assert_string_equal(b.box.said, "");
	assert_int_equal(b.config.deny_users_file.n, 0);
	put("mallory\nbob\n", 0644);
	path = read_list();
	assert_string_equal(b.box.said, "");
	snprintf(want, sizeof(want), "%s/denied.users", b.box.dir);
	assert_true(span_is(path, want));
	assert_int_equal(path.p[path.n], '\0');
	put("", 0600);
	assert_true(read_list().n > 0);
	assert_string_equal(b.box.said, "");
}

TEST(test_wrong)
{
	put("a\nb\n c\n", 0600);
	wrong("/denied.users: line 3: it begins or ends with a blank");
	put("a\n", 0666);
	wrong("others than its owner can write to it");
	sandbox_file(&b.box, "denied.users", "", 0600);
	read_list();
	assert_string_equal(b.box.said, "");
	bench_read(&b, "\ndeny_users_file = \"nowhere\";");
	conf_denied(&b.l, b.root);
	assert_true(sandbox_said(&b.box, "nowhere: there is no such file"));
	bench_read(&b, "\ndeny_users_file = [ \"mallory\" ];");
	conf_denied(&b.l, b.root);
	assert_true(sandbox_said(&b.box, "must be a string"));
	bench_read(&b, "\ndeny_users_file = \".\";");
	conf_denied(&b.l, b.root);
	assert_int_equal(b.box.report.errors, 1);
}

/* Who serves looks after the list: it may be mended without a restart. */
TEST(test_served)
{
	put("a\n b\n", 0600);
	bench_read(&b, "\ndeny_users_file = \"denied.users\";");
	b.box.report.serves = true;
	conf_denied(&b.l, b.root);
	b.box.report.serves = false;
	assert_string_equal(b.box.said, "");
	assert_true(b.config.deny_users_file.n > 0);
	assert_int_equal(b.config.n_private, 1);
	assert_true(
	    span_eq(b.config.private_paths[0], b.config.deny_users_file));
}

TEST(test_length)
{
	static unsigned char text[DENIED_FILE_MAX + 1];

	memset(text, '\n', sizeof(text));
	for (size_t n = DENIED_FILE_MAX - 1; n <= DENIED_FILE_MAX; n++) {
		sandbox_bytes(
		    &b.box, "denied.users", (struct span){ text, n }, 0600);
		read_list();
		assert_string_equal(b.box.said, "");
	}
	sandbox_bytes(&b.box, "denied.users",
	    (struct span){ text, DENIED_FILE_MAX + 1 }, 0600);
	wrong("it is longer than 1048576 bytes");
}

TEST(test_many)
{
	static unsigned char text[2 * (DENIED_MAX + 1)];

	for (size_t i = 0; i < sizeof(text); i += 2) {
		text[i] = 'a';
		text[i + 1] = '\n';
	}
	sandbox_bytes(&b.box, "denied.users",
	    (struct span){ text, sizeof(text) - 2 }, 0600);
	read_list();
	assert_string_equal(b.box.said, "");
	sandbox_bytes(
	    &b.box, "denied.users", (struct span){ text, sizeof(text) }, 0600);
	wrong("line 65537: these are more than 65536 users");
}

AROUND(bench_open(&b), bench_close(&b));
