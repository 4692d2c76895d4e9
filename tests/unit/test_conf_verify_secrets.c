#include "test.h"

#include "sandbox.h"

static struct bench b;

#define THREE                                                                  \
	"cloud_name = \"demo\"; api_key = \"123\"; api_secret_file = "         \
	"\"cloudinary.secret\";\n"
#define FILES(list) "verify_secret_files = " list "; "
#define CLOUD(more) "cloudinary = { " THREE more "};"
#define ONE "0ABCDEFGHIJ-KLMNOPQRS_TUVW1"
#define TWO "0ABCDEFGHIJ-KLMNOPQRS_TUVW2"

static void
read_clouds(const char *text)
{
	bench_read(&b, text);
	conf_clouds(&b.l, b.root);
}

static void
right(const char *text, size_t n)
{
	read_clouds(text);
	assert_string_equal(b.box.said, "");
	assert_int_equal(b.box.report.errors, 0);
	assert_int_equal(b.config.clouds[0].n_verify_secrets, n);
}

/* One mistake, this one, and nothing of a secret in it. */
static void
wrong(const char *text, const char *said)
{
	read_clouds(text);
	assert_true(sandbox_said(&b.box, said));
	assert_int_equal(b.box.report.errors, 1);
	assert_null(strstr(b.box.said, "ABCDEFGHIJ"));
}

TEST(test_files)
{
	const struct cloud *cloud;

	right(CLOUD(FILES("[ \"a.secret\", \"b.secret\" ]")), 2);
	cloud = &b.config.clouds[0];
	assert_true(span_is(cloud->api_secret, SANDBOX_SECRET));
	assert_true(span_is(cloud->verify_secrets[0], ONE));
	assert_true(span_is(cloud->verify_secrets[1], TWO));
	assert_int_equal(b.config.n_secret_paths, 3);
	/* A list in round brackets, and one file alone. */
	right(CLOUD(FILES("( \"b.secret\" )")), 1);
	assert_true(span_is(b.config.clouds[0].verify_secrets[0], TWO));
	right(CLOUD(FILES("\"a.secret\"")), 1);
	assert_true(span_is(b.config.clouds[0].verify_secrets[0], ONE));
}

TEST(test_absent)
{
	right(CLOUD(""), 0);
	assert_int_equal(b.config.n_secret_paths, 1);
}

#define FOUR "\"a.secret\", \"b.secret\", \"c.secret\", \"d.secret\""

TEST(test_count)
{
	wrong(CLOUD(FILES("[ ]")),
	    "error 2: verify_secret_files is empty: name the files");
	right(CLOUD(FILES("[ \"a.secret\" ]")), 1);
	right(CLOUD(FILES("[ \"a.secret\", \"b.secret\", \"c.secret\" ]")), 3);
	right(CLOUD(FILES("[ " FOUR " ]")), 4);
	wrong(CLOUD(FILES("[ " FOUR ", \"e.secret\" ]")),
	    "error 2: verify_secret_files");
	assert_int_equal(b.config.clouds[0].n_verify_secrets, 0);
}

TEST(test_kinds)
{
	wrong(CLOUD(FILES("7")), "error 2: verify_secret_files");
	wrong(CLOUD(FILES("[ 7 ]")), "error 2: verify_secret_files");
	wrong(CLOUD(FILES("( \"a.secret\", { } )")),
	    "error 2: verify_secret_files");
	wrong(CLOUD(FILES("[ \"gone.secret\" ]")),
	    "error 2: verify_secret_files: ");
	assert_int_equal(b.config.clouds[0].n_verify_secrets, 0);
}

/* Two keys in one file, or the same file for two. */
TEST(test_once)
{
	wrong(CLOUD(FILES("[ \"a.secret\", \"a.secret\" ]")),
	    "is named before already");
	wrong(CLOUD(FILES("[ \"cloudinary.secret\" ]")),
	    "is named before already");
	sandbox_file(&b.box, "e.secret", ONE "\n", 0600);
	wrong(CLOUD(FILES("[ \"a.secret\", \"e.secret\" ]")),
	    "error 2: this is the same secret as the one of line 2");
	sandbox_file(&b.box, "e.secret", SANDBOX_SECRET, 0600);
	wrong(CLOUD(FILES("[ \"e.secret\" ]")),
	    "error 2: this is the same secret as the one of line 1");
	sandbox_file(&b.box, "e.secret", ONE "0", 0600);
	right(CLOUD(FILES("[ \"a.secret\", \"e.secret\" ]")), 2);
}

/* As an API secret; what is wrong is left out, the rest is read on. */
TEST(test_content)
{
	static const char *const text =
	    CLOUD(FILES("[ \"e.secret\", \"b.secret\" ]"));
	static const char *const characters =
	    "error 2: the API secret must be of the characters";

	sandbox_file(&b.box, "e.secret", ONE "+", 0600);
	wrong(text, characters);
	assert_int_equal(b.config.clouds[0].n_verify_secrets, 1);
	assert_true(span_is(b.config.clouds[0].verify_secrets[0], TWO));
	sandbox_file(&b.box, "e.secret", ONE "=", 0600);
	wrong(text, characters);
	sandbox_file(&b.box, "e.secret", "cloudinary://1:" ONE "@demo\n", 0600);
	wrong(text, characters);
	sandbox_file(&b.box, "e.secret", "abcdefghijklmno\n", 0600);
	wrong(text,
	    "error 2: verify_secret_files: this secret has 15 bytes, and 16");
	sandbox_file(&b.box, "e.secret", "abcdefghijklmnop\n", 0600);
	right(text, 2);
	sandbox_file(&b.box, "e.secret", ONE "\n", 0644);
	wrong(text, "error 2: verify_secret_files: ");
}

static int
setup(void **state)
{
	(void)state;
	bench_open(&b);
	sandbox_file(&b.box, "a.secret", ONE "\n", 0600);
	sandbox_file(&b.box, "b.secret", TWO "\n", 0600);
	sandbox_file(&b.box, "c.secret", "ABCDEFGHIJ-third-secret\n", 0600);
	sandbox_file(&b.box, "d.secret", "ABCDEFGHIJ-fourth-secret\n", 0600);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	bench_close(&b);
	return 0;
}

GROUP(setup, teardown);
