#include "test.h"

#include "sandbox.h"

static struct bench b;

#define SECRET_16 "0123456789abcdef"

static bool
read_one(const char *name, enum encoding encoding, struct span *out)
{
	*out = SPAN_LIT("old");
	return conf_secret(&b.l, b.root, name, encoding, out);
}

TEST(test_right)
{
	struct span out;
	char path[64];

	sandbox_file(&b.box, "hex", "30313233343536373839616263646566", 0600);
	bench_read(&b, "a = \"session.key\"; b = \"hex\";");
	assert_true(read_one("a", ENCODING_TEXT, &out));
	assert_true(span_is(out, SANDBOX_KEY));
	assert_true(read_one("b", ENCODING_HEX, &out));
	assert_true(span_is(out, SECRET_16));
	assert_string_equal(b.box.said, "");
	assert_int_equal(b.config.n_secret_paths, 2);
	snprintf(path, sizeof(path), "%s/session.key", b.box.dir);
	assert_true(span_is(b.config.secret_paths[0], path));
	assert_int_equal(b.config.n_named, 2);
	assert_true(span_is(b.config.named[1].text, "hex"));
	assert_true(b.config.named[1].secret);
}

TEST(test_missing)
{
	struct span out;

	bench_read(&b, "a = \"nowhere\"; c = 1;");
	assert_false(read_one("a", ENCODING_TEXT, &out));
	assert_true(sandbox_said(&b.box, "error 1: a: "));
	assert_true(sandbox_said(&b.box, "nowhere"));
	assert_false(read_one("b", ENCODING_TEXT, &out));
	assert_true(sandbox_said(&b.box, "b is missing"));
	assert_false(read_one("c", ENCODING_TEXT, &out));
	assert_true(sandbox_said(&b.box, "c must be a string"));
	assert_int_equal(b.box.report.errors, 3);
	assert_int_equal(b.config.n_secret_paths, 0);
	assert_true(span_is(out, "old"));
}

/* Others may not read it; and what is said never holds a byte of it. */
TEST(test_open_to_others)
{
	struct span out;

	sandbox_file(&b.box, "open", SECRET_16, 0604);
	bench_read(&b, "a = \"open\";");
	assert_false(read_one("a", ENCODING_TEXT, &out));
	assert_int_equal(b.box.report.errors, 1);
	assert_null(strstr(b.box.said, SECRET_16));
	sandbox_file(&b.box, "open", SECRET_16, 0600);
	bench_read(&b, "a = \"open\";");
	assert_true(read_one("a", ENCODING_TEXT, &out));
}

TEST(test_length)
{
	struct span out;

	sandbox_file(&b.box, "s15", "0123456789abcde\n", 0600);
	sandbox_file(&b.box, "s16", SECRET_16 "\n", 0600);
	bench_read(&b, "a = \"s15\";\nb = \"s16\";");
	assert_true(read_one("b", ENCODING_TEXT, &out));
	assert_false(read_one("a", ENCODING_TEXT, &out));
	assert_true(sandbox_said(&b.box,
	    "error 1: a: this secret has 15 bytes, and 16 are the "
	    "least"));
}

TEST(test_twice)
{
	struct span out;

	sandbox_file(&b.box, "one", SECRET_16, 0600);
	sandbox_file(&b.box, "two", SECRET_16 "\n", 0600);
	sandbox_file(&b.box, "near", "0123456789abcdeg", 0600);
	sandbox_file(&b.box, "longer", SECRET_16 "0", 0600);
	sandbox_file(&b.box, "hex", "30313233343536373839616263646566", 0600);
	bench_read(&b, "\na = \"one\";\nb = \"two\";\nc = \"near\";\n"
		       "d = \"longer\";\ne = \"hex\";\nf = \"one\";");
	assert_true(read_one("a", ENCODING_TEXT, &out));
	assert_true(read_one("c", ENCODING_TEXT, &out));
	assert_true(read_one("d", ENCODING_TEXT, &out));
	assert_string_equal(b.box.said, "");
	assert_false(read_one("b", ENCODING_TEXT, &out));
	assert_true(sandbox_said(
	    &b.box, "error 3: this is the same secret as the one of line 2"));
	assert_false(read_one("e", ENCODING_HEX, &out));
	assert_true(sandbox_said(&b.box, "error 6: this is the same secret"));
	assert_false(read_one("f", ENCODING_TEXT, &out));
	assert_true(sandbox_said(&b.box, "error 7: f: "));
	assert_true(sandbox_said(&b.box, "/one is named before already"));
	assert_int_equal(b.box.report.errors, 3);
}

AROUND(bench_open(&b), bench_close(&b));
